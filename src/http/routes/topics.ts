import type {
  ArchiveLines,
  ArchiveQuery,
  Catalogue,
  DeadLetterRequest,
  EventQuery,
  EventRequest,
  RedriveRequest,
  ReplayRequest,
  TopicClient,
} from '../../app/index.ts';
import type { Fields } from '../contract/fields.ts';
import { present, type Handlers } from './handlers.ts';

/** Topics, their readers and dead letters. */
export const topicHandlers: Handlers<keyof TopicClient> = {
  publishEvent: ({ client, parameter, body }) => client.publishEvent(parameter('topic'), eventRequest(body)),
  listTopics: ({ client }) => client.listTopics(),
  showTopic: ({ client, parameter }) => client.showTopic(parameter('topic')),
  readEvents: ({ client, parameter, query }) =>
    client.readEvents(
      parameter('topic'),
      present<EventQuery>({
        partition: query.integer('partition'),
        from: query.text('from'),
        limit: query.integer('limit'),
        types: query.list('types'),
      }),
    ),
  readArchive: ({ client, parameter, body }) =>
    client.readArchive(
      parameter('topic'),
      present<ArchiveQuery>({
        partition: body.integer('partition'),
        from: body.text('from'),
        to: body.text('to'),
        types: body.list('types'),
        keys: body.list('keys'),
        limit: body.integer('limit'),
      }),
    ),
  checkArchive: ({ client, parameter, body }) => client.checkArchive(parameter('topic'), archiveLines(body)),
  importArchive: ({ client, parameter, body }) =>
    client.importArchive(parameter('topic'), {
      ...archiveLines(body),
      archive: body.requiredText('archive'),
    }),
  explainEvent: ({ client, parameter, body }) => client.explainEvent(parameter('topic'), eventRequest(body)),
  listConsumers: ({ client }) => client.listConsumers(),
  showConsumer: ({ client, parameter }) => client.showConsumer(parameter('consumer')),
  pauseConsumer: ({ client, parameter }) => client.pauseConsumer(parameter('consumer')),
  resumeConsumer: ({ client, parameter }) => client.resumeConsumer(parameter('consumer')),
  seekConsumer: ({ client, parameter, body }) =>
    client.seekConsumer(parameter('consumer'), body.requiredText('to'), {
      dryRun: body.boolean('dryRun') === true,
    }),
  replayConsumer: ({ client, parameter, body }) =>
    client.replayConsumer(parameter('consumer'), {
      from: body.requiredText('from'),
      as: body.requiredText('as'),
      ...present<Partial<ReplayRequest>>({ to: body.text('to') }),
    }),
  groupDeadLetters: ({ client }) => client.groupDeadLetters(),
  listDeadLetters: ({ client, parameter, body }) =>
    client.listDeadLetters(parameter('consumer'), letterRequest(body)),
  redriveDeadLetters: ({ client, parameter, body }) =>
    client.redriveDeadLetters(parameter('consumer'), {
      ...letterRequest(body),
      dryRun: body.boolean('dryRun') === true,
      ...present<RedriveRequest>({
        rate: body.text('rate'),
        redrivesMax: body.integer('redrivesMax'),
        by: body.text('by'),
      }),
    }),
  listRedrives: ({ client }) => client.listRedrives(),
  showRedrive: ({ client, parameter }) => client.showRedrive(parameter('redrive')),
  stopRedrive: ({ client, parameter }) => client.stopRedrive(parameter('redrive')),
  discardDeadLetters: ({ client, parameter, body }) =>
    client.discardDeadLetters(parameter('consumer'), letterRequest(body)),
  readTopology: ({ client }) => client.readTopology(),
  readCatalogue: ({ client }) => client.readCatalogue(),
  checkCatalogue: ({ client, body }) =>
    // What it holds is checked by the client.
    client.checkCatalogue({ events: body.value('events') as Catalogue['events'] }),
};

function eventRequest(body: Fields): EventRequest {
  return present<EventRequest>({
    type: body.requiredText('type'),
    data: body.value('data'),
    id: body.text('id'),
    key: body.text('key'),
    priority: body.integer('priority'),
    source: body.text('source'),
    subject: body.text('subject'),
    at: body.text('at'),
    ttl: body.text('ttl'),
  });
}

function archiveLines(body: Fields): ArchiveLines {
  return {
    line: body.integer('line') ?? 1,
    lines: body.list('lines') ?? [],
    ...present<Partial<ArchiveLines>>({
      // The route's row allows no other texts.
      ids: body.text('ids') as ArchiveLines['ids'],
      times: body.text('times') as ArchiveLines['times'],
      skipBad: body.boolean('skipBad'),
      unchecked: body.boolean('unchecked'),
    }),
  };
}

function letterRequest(body: Fields): DeadLetterRequest {
  return present<DeadLetterRequest>({
    replay: body.text('replay'),
    ids: body.list('ids'),
    cause: body.text('cause'),
    filter: body.value('filter'),
    limit: body.integer('limit'),
  });
}
