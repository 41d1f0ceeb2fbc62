/** Routes in formats of others. They have no checked fields of ours, so they stand beside the table in routes.ts. */
import type { ErrorCode } from '../../base/error-codes.ts';

/** One such route. */
export interface EventRouteSpec {
  readonly method: 'GET' | 'POST';
  /** With parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly status: 200 | 201;
  /** Content types of the body; empty for none. */
  readonly takes: readonly string[];
  /** Content type of the answer. */
  readonly gives: string;
  readonly errors: readonly ErrorCode[];
}

type EventRouteName = 'publishCloudEvents' | 'followTopic' | 'describeTopics' | 'receiveWebhook';

/** The routes by name. */
export const eventRoutes: Readonly<Record<EventRouteName, EventRouteSpec>> = {
  publishCloudEvents: {
    method: 'POST',
    path: '/v1/topics/:topic/cloudevents',
    summary:
      'Publishes CloudEvents 1.0 in binary, structured or batch mode, all or none. The answer is sent when they are on disk.',
    status: 201,
    takes: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
    gives: 'application/json',
    errors: [
      'TUTTI_TOPIC_NOT_FOUND',
      'TUTTI_EVENT_UNKNOWN',
      'TUTTI_EVENT_INVALID',
      'TUTTI_EVENT_TOO_LARGE',
      'TUTTI_EVENT_LOOP',
      'TUTTI_INPUT_INVALID',
    ],
  },
  followTopic: {
    method: 'GET',
    path: '/v1/topics/:topic/cloudevents',
    summary:
      'Follows a topic by server-sent events, each a CloudEvent. Query: `from` (position, `tip`, `oldest`, instant), `types`, `filter` (a pattern). ' +
      '`Last-Event-ID` resumes.',
    status: 200,
    takes: [],
    gives: 'text/event-stream',
    errors: [
      'TUTTI_TOPIC_NOT_FOUND',
      'TUTTI_OFFSET_OUT_OF_RANGE',
      'TUTTI_PATTERN_INVALID',
      'TUTTI_OPTION_INVALID',
      'TUTTI_OPTION_UNKNOWN',
    ],
  },
  describeTopics: {
    method: 'GET',
    path: '/v1/asyncapi.json',
    summary: 'Describes the topics as AsyncAPI 3.1.',
    status: 200,
    takes: [],
    gives: 'application/json',
    errors: [],
  },
  receiveWebhook: {
    method: 'POST',
    path: '/hooks/:webhook',
    summary:
      'Takes a webhook from outside, by its signature instead of the token. Answered when it is on disk.',
    status: 200,
    takes: ['application/json'],
    gives: 'application/json',
    errors: [
      'TUTTI_ROUTE_NOT_FOUND',
      'TUTTI_WEBHOOK_REFUSED',
      'TUTTI_PAYLOAD_TOO_LARGE',
      'TUTTI_JSON_MALFORMED',
      'TUTTI_EVENT_INVALID',
      'TUTTI_INPUT_INVALID',
    ],
  },
};
