/** Routes that speak formats of others: CloudEvents, server-sent events, webhooks, AsyncAPI. */
import type { Hono } from 'hono';
import { encodeValue } from '../../base/codec.ts';
import type { Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { EventGateway, FollowRequest } from '../../app/index.ts';
import { eventRoutes } from '../contract/event-routes.ts';
import { readBytes } from '../body.ts';
import { eventStream } from './event-stream.ts';
import { readCloudEvents } from './read-cloud-events.ts';

/** What the routes need. */
export interface EventRouteOptions {
  readonly events: EventGateway;
  readonly clock: Clock;
  readonly bodyBytesMax: number;
  readonly version: string;
  /** Aborted when the server stops: streams end then. */
  readonly stopping: AbortSignal;
}

const { publishCloudEvents, followTopic, describeTopics, receiveWebhook } = eventRoutes;

/** Serves them. `/hooks` is outside of the token's reach: there the signature is what counts. */
export function mountEventRoutes(app: Hono, options: EventRouteOptions): void {
  const { events, clock, stopping } = options;
  app.post(publishCloudEvents.path, async (context) => {
    const body = await readBytes(context.req.raw, options.bodyBytesMax);
    const received = readCloudEvents(context.req.raw.headers, body);
    const published = await events.publish(context.req.param('topic') ?? '', received.events);
    return json(received.isBatch ? published : published[0], 201);
  });
  app.get(followTopic.path, async (context) => {
    const query = new URL(context.req.url).searchParams;
    const request = followRequest(query, context.req.header('last-event-id'));
    const feed = await events.follow(context.req.param('topic') ?? '', request);
    return new Response(eventStream({ feed, clock, stopping }), {
      headers: { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' },
    });
  });
  app.get(describeTopics.path, () => json(events.describe(options.version), 200));
  app.post(receiveWebhook.path, async (context) => {
    const name = context.req.param('webhook') ?? '';
    const body = await readBytes(context.req.raw, events.webhookBytesMax(name));
    const { id, isDuplicate } = await events.receive(name, {
      headers: Object.fromEntries(context.req.raw.headers),
      body,
    });
    return json({ id, isDuplicate }, 200);
  });
}

const followFields: readonly string[] = ['from', 'types', 'filter'];

/** @throws TUTTI_OPTION_UNKNOWN */
function followRequest(query: URLSearchParams, lastEventId: string | undefined): FollowRequest {
  const unknown = [...query.keys()].find((name) => !followFields.includes(name));
  if (unknown !== undefined) {
    throw new TuttiError(
      'TUTTI_OPTION_UNKNOWN',
      `The query has "${unknown}"; expected ${followFields.join(', ')}.`,
      { details: { option: unknown } },
    );
  }
  const types = query.getAll('types');
  const filter = query.get('filter');
  // A browser that reconnects repeats the address it was given and adds where it was.
  const from = lastEventId === undefined || lastEventId === '' ? query.get('from') : lastEventId;
  return {
    ...(from === null ? {} : { from }),
    ...(types.length === 0 ? {} : { types }),
    ...(filter === null ? {} : { filter }),
  };
}

function json(value: unknown, status: number): Response {
  const headers = { 'Content-Type': 'application/json' };
  return new Response(encodeValue(value, 'the answer'), { status, headers });
}
