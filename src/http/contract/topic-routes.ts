/** The routes about topics, their readers and dead letters; part of the table in routes.ts. */
import type { TopicClient } from '../../app/index.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { FieldSpecs } from './fields.ts';
import type { RouteSpec } from './route-spec.ts';

const topic = 'Name of the topic.';
const consumer = '`topic/subscription`, or the subscription alone where only one topic has it.';
const redrive = 'Id of the redrive.';
const noRedrive: ErrorCode = 'TUTTI_REDRIVE_NOT_FOUND';
const noTopic: ErrorCode = 'TUTTI_TOPIC_NOT_FOUND';
const noConsumer: ErrorCode = 'TUTTI_SUBSCRIPTION_NOT_FOUND';
const eventErrors: readonly ErrorCode[] = [
  noTopic,
  'TUTTI_EVENT_UNKNOWN',
  'TUTTI_EVENT_INVALID',
  'TUTTI_EVENT_TOO_LARGE',
  'TUTTI_INPUT_INVALID',
];

const eventFields: FieldSpecs = {
  type: { type: 'text', required: true, summary: 'Type of the event, as the topic declares it.' },
  data: { type: 'value', summary: "JSON; checked by the event's schema." },
  id: { type: 'text', summary: 'Under which a repeated event is recognised. Default: generated.' },
  key: { type: 'text', summary: "Replaces the topic's key." },
  priority: { type: 'integer', summary: "Replaces the topic's priority, from 0 to 9." },
  source: { type: 'text', summary: 'Where it comes from, a URI reference. Default `tutti`.' },
  subject: { type: 'text', summary: 'What it is about, within the source.' },
  at: { type: 'text', summary: 'Not delivered before this instant, RFC 3339. Default: at once.' },
  ttl: { type: 'text', summary: "After this long no longer delivered, such as `10m`. Default: the topic's." },
};

const letterFields: FieldSpecs = {
  replay: {
    type: 'text',
    summary: 'Those of the replay of this name. Default: those of the live subscription.',
  },
  ids: { type: 'list', summary: 'Only these. Default: all.' },
  cause: { type: 'text', summary: 'Only those that failed for this cause. Default: all.' },
  filter: { type: 'value', summary: 'A pattern over the event: type, key, data. Default: none.' },
  limit: { type: 'integer', summary: 'At most so many. Default: all.' },
};

const archiveFields: FieldSpecs = {
  line: { type: 'integer', summary: 'Number of the first line in the archive, from 1. Default 1.' },
  lines: {
    type: 'list',
    required: true,
    summary: 'Lines of an archive, at most 1,000: CloudEvents in JSON.',
  },
  ids: { type: 'text', values: ['keep', 'new'], summary: 'Default `keep`.' },
  times: { type: 'text', values: ['keep', 'new'], summary: 'Times and expiries. Default `keep`.' },
  skipBad: { type: 'boolean', summary: 'Leave out lines that cannot be published. Default false.' },
  unchecked: { type: 'boolean', summary: 'Do not check data by its schema. Default false.' },
};

type RouteParts = Pick<RouteSpec, 'path' | 'summary' | 'answer'> & Partial<RouteSpec>;

function read(parts: RouteParts): RouteSpec {
  return { method: 'GET', parameters: {}, query: {}, body: null, status: 200, errors: [], ...parts };
}

function write(parts: RouteParts): RouteSpec {
  return { method: 'POST', parameters: {}, query: {}, body: {}, status: 200, errors: [], ...parts };
}

/** The routes about topics, by the name of the method they carry. */
export const topicRoutes: Readonly<Record<keyof TopicClient, RouteSpec>> = {
  publishEvent: write({
    path: '/v1/topics/:topic/events',
    summary: 'Publishes an event. The answer is sent when the event is on disk.',
    parameters: { topic },
    body: eventFields,
    status: 201,
    answer: 'Published',
    errors: eventErrors,
  }),
  listTopics: read({
    path: '/v1/topics',
    summary: 'Lists the topics that the engine has the declaration of.',
    answer: 'TopicView[]',
  }),
  showTopic: read({
    path: '/v1/topics/:topic',
    summary: 'Shows a topic: its events, partitions, rates and rules.',
    parameters: { topic },
    answer: 'TopicView',
    errors: [noTopic],
  }),
  readEvents: read({
    path: '/v1/topics/:topic/events',
    summary: 'Reads events of one partition in order.',
    parameters: { topic },
    query: {
      partition: { type: 'integer', summary: 'Default 0.' },
      from: { type: 'text', summary: 'An offset, `oldest`, `tip`, or an instant. Default `oldest`.' },
      limit: { type: 'integer', summary: 'Default 100, at most 1,000.' },
      types: { type: 'list', summary: 'Only events of these types. Default: all.' },
    },
    answer: 'EventPage',
    errors: [noTopic, 'TUTTI_OFFSET_OUT_OF_RANGE'],
  }),
  readArchive: write({
    path: '/v1/topics/:topic/archive/read',
    summary: 'Reads events of one partition in order, as lines of an archive.',
    parameters: { topic },
    body: {
      partition: { type: 'integer', summary: 'Default 0.' },
      from: { type: 'text', summary: 'An offset, `oldest`, `tip`, or an instant. Default `oldest`.' },
      to: { type: 'text', summary: 'The same, exclusive. Default: the end as it is now.' },
      types: { type: 'list', summary: 'Only events of these types. Default: all.' },
      keys: { type: 'list', summary: 'Only events of these keys. Default: all.' },
      limit: {
        type: 'integer',
        summary: 'Default and at most 1,000, or about 1 MiB; 0 tells the bounds alone.',
      },
    },
    answer: 'ArchivePage',
    errors: [noTopic, 'TUTTI_OFFSET_OUT_OF_RANGE', 'TUTTI_OPTION_INVALID'],
  }),
  checkArchive: write({
    path: '/v1/topics/:topic/archive/check',
    summary: 'Says which lines of an archive could not be published, and why; nothing is published.',
    parameters: { topic },
    body: archiveFields,
    answer: 'CheckedLines',
    errors: [noTopic, 'TUTTI_OPTION_INVALID'],
  }),
  importArchive: write({
    path: '/v1/topics/:topic/archive/import',
    summary: 'Publishes lines of an archive, each once under its name, however often it is called.',
    parameters: { topic },
    body: {
      archive: { type: 'text', required: true, summary: 'Names the import for good.' },
      ...archiveFields,
    },
    answer: 'ImportedChunk',
    errors: [noTopic, 'TUTTI_OPTION_INVALID'],
  }),
  explainEvent: write({
    path: '/v1/topics/:topic/explain',
    summary: 'Says which subscriptions an event would reach, and why not the others; nothing is published.',
    parameters: { topic },
    body: eventFields,
    answer: 'Record<string, Explanation>',
    errors: eventErrors,
  }),
  listConsumers: read({
    path: '/v1/consumers',
    summary: 'Lists the subscriptions: where each stands, and how far behind.',
    answer: 'ConsumerView[]',
  }),
  showConsumer: read({
    path: '/v1/consumers/:consumer',
    summary: 'Shows a subscription, per partition.',
    parameters: { consumer },
    answer: 'ConsumerView',
    errors: [noConsumer],
  }),
  pauseConsumer: write({
    path: '/v1/consumers/:consumer/pause',
    summary: 'Lets no handler of the subscription begin any more, on any worker.',
    parameters: { consumer },
    answer: 'ConsumerView',
    errors: [noConsumer],
  }),
  resumeConsumer: write({
    path: '/v1/consumers/:consumer/resume',
    summary: 'Lets a paused subscription go on.',
    parameters: { consumer },
    answer: 'ConsumerView',
    errors: [noConsumer],
  }),
  seekConsumer: write({
    path: '/v1/consumers/:consumer/seek',
    summary: 'Moves the position of a subscription; what lies between is handled again, or skipped.',
    parameters: { consumer },
    body: {
      to: { type: 'text', required: true, summary: 'An offset, `oldest`, `tip`, or an instant.' },
      dryRun: { type: 'boolean', summary: 'Only tell what would be done. Default false.' },
    },
    answer: 'SeekReport[]',
    errors: [noConsumer, 'TUTTI_OFFSET_OUT_OF_RANGE'],
  }),
  replayConsumer: write({
    path: '/v1/consumers/:consumer/replay',
    summary: 'Handles a range of events once more under a side cursor; the live position is not touched.',
    parameters: { consumer },
    body: {
      from: { type: 'text', required: true, summary: 'An offset, `oldest`, `tip`, or an instant.' },
      to: { type: 'text', summary: 'The same, exclusive. Default: the end as it is now.' },
      as: { type: 'text', required: true, summary: 'Name of the side cursor.' },
    },
    answer: 'ConsumerView',
    errors: [noConsumer, 'TUTTI_OFFSET_OUT_OF_RANGE', 'TUTTI_OPTION_INVALID', 'TUTTI_REQUEST_REFUSED'],
  }),
  groupDeadLetters: read({
    path: '/v1/dead-letters',
    summary: 'Lists dead letters of all subscriptions, grouped by cause.',
    answer: 'DeadLetterGroup[]',
  }),
  listDeadLetters: write({
    path: '/v1/consumers/:consumer/dead-letters/query',
    summary: 'Lists dead letters of a subscription, the oldest first; at most 100 unless told otherwise.',
    parameters: { consumer },
    body: letterFields,
    answer: 'DeadLetter[]',
    errors: [noConsumer, 'TUTTI_PATTERN_INVALID'],
  }),
  redriveDeadLetters: write({
    path: '/v1/consumers/:consumer/dead-letters/redrive',
    summary: 'Hands dead letters to their subscription again.',
    parameters: { consumer },
    body: {
      ...letterFields,
      dryRun: { type: 'boolean', summary: 'Only tell what would be done. Default false.' },
      rate: { type: 'text', summary: 'By a durable job at this pace, such as `50/s`. Default: all at once.' },
      redrivesMax: {
        type: 'integer',
        summary: 'For a job: what was redriven so often over its life is left. Default 5.',
      },
      by: { type: 'text', summary: 'For a job: who asks, for the audit.' },
    },
    answer: 'RedriveReport',
    errors: [noConsumer, 'TUTTI_PATTERN_INVALID', 'TUTTI_OPTION_INVALID'],
  }),
  listRedrives: read({
    path: '/v1/redrives',
    summary: 'Lists redrives that go on by themselves and the newest 100 that ended, the newest first.',
    answer: 'RedriveView[]',
  }),
  showRedrive: read({
    path: '/v1/redrives/:redrive',
    summary: 'Shows a redrive: its progress, and what became of each dead letter.',
    parameters: { redrive },
    answer: 'RedriveView',
    errors: [noRedrive],
  }),
  stopRedrive: write({
    path: '/v1/redrives/:redrive/stop',
    summary: 'Stops a redrive; what it has redriven stays so.',
    parameters: { redrive },
    answer: 'RedriveView',
    errors: [noRedrive],
  }),
  discardDeadLetters: write({
    path: '/v1/consumers/:consumer/dead-letters/discard',
    summary: 'Forgets dead letters.',
    parameters: { consumer },
    body: letterFields,
    answer: '{ discarded: number }',
    errors: [noConsumer, 'TUTTI_PATTERN_INVALID'],
  }),
  readTopology: read({
    path: '/v1/topology',
    summary:
      'Shows how producers, topics and subscriptions hang together, declared and observed, with rates and lag.',
    answer: 'TopologyView',
  }),
  readCatalogue: read({
    path: '/v1/catalogue',
    summary: 'Lists what events look like that were deployed: their versions, with JSON Schemas.',
    answer: 'Catalogue',
  }),
  checkCatalogue: write({
    path: '/v1/catalogue/check',
    summary: 'Compares declared events with what was deployed, by their compatibility; nothing is entered.',
    body: {
      events: { type: 'value', required: true, summary: 'Declared events, in the form of the catalogue.' },
    },
    answer: 'CatalogueCheck',
    errors: ['TUTTI_INPUT_INVALID'],
  }),
};
