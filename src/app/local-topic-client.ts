import type { Duration } from '../base/duration.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Engine } from '../engine/index.ts';
import {
  ArchiveImport,
  checkCatalogue,
  declaredEdges,
  findConsumer,
  findCycles,
  observedEdges,
  parsePosition,
  readArchivePage,
  readCatalogue,
  subscriptionsOf,
  TopicBrowser,
  type DeadLetterQuery,
  type EventsRuntime,
  type NewEvent,
  type PublishedEvent,
  type RedriveOptions,
  type SubscriptionSettings,
  type Topic,
  type TopologyView,
} from '../events/index.ts';
import { findTopic } from './find-topic.ts';
import type { DeadLetterRequest, EventRequest, TopicClient } from './topic-client.ts';

/** How many of the newest events of each partition are looked at for who publishes what. */
const observedPerPartition = 200;

/** The part of the client that is about topics, in the engine's own process. `events` gives the runtime of the moment. */
export function localTopicClient(engine: Engine, events: () => EventsRuntime): TopicClient {
  const browser = new TopicBrowser(engine);
  const archives = new ArchiveImport(engine);
  const topicOf = (name: string): Topic => findTopic(events(), name);
  const consumerOf = (id: string): SubscriptionSettings => findConsumer(events().topics, id);
  const consumers = (): readonly SubscriptionSettings[] => subscriptionsOf(events().topics);
  return {
    publishEvent: async (topic, request) => {
      const { settings } = topicOf(topic);
      const { key, priority, at, ttl } = request;
      return events().publisher.publish(settings, eventOf(topicOf(topic), request), {
        ...(key === undefined ? {} : { key }),
        ...(priority === undefined ? {} : { priority }),
        ...(at === undefined ? {} : { at }),
        ...(ttl === undefined ? {} : { ttl: ttl as Duration }),
      });
    },
    listTopics: () => Promise.all(events().topics.map((topic) => browser.topic(topic))),
    showTopic: async (topic) => browser.topic(topicOf(topic)),
    readEvents: async (topic, query = {}) => browser.events(topicOf(topic).settings, query),
    readArchive: async (topic, query = {}) => readArchivePage(engine.store, topicOf(topic).settings, query),
    checkArchive: async (topic, lines) => archives.check(topicOf(topic).settings, lines),
    importArchive: async (topic, chunk) => archives.publish(topicOf(topic).settings, chunk),
    explainEvent: async (name, request) => {
      const topic = topicOf(name);
      const event = eventOf(topic, request);
      // What could not be published reaches nobody; who asks should be told so.
      await events().publisher.prepare(topic.settings, event, { options: {}, origin: null });
      return topic.explain(event);
    },
    listConsumers: () => Promise.all(consumers().map((settings) => browser.consumer(settings))),
    showConsumer: async (id) => browser.consumer(consumerOf(id)),
    pauseConsumer: async (id) => {
      await events().setPaused(consumerOf(id), true);
      return browser.consumer(consumerOf(id));
    },
    resumeConsumer: async (id) => {
      await events().setPaused(consumerOf(id), false);
      return browser.consumer(consumerOf(id));
    },
    seekConsumer: async (id, to, { dryRun = false } = {}) =>
      events().seek(consumerOf(id), parsePosition(to), { dryRun }),
    replayConsumer: async (id, { from, to = 'tip', as }) => {
      await events().replay(consumerOf(id), { from: parsePosition(from), to: parsePosition(to), as });
      return browser.consumer(consumerOf(id));
    },
    groupDeadLetters: async () =>
      (await Promise.all(consumers().map((settings) => browser.deadLetterGroups(settings)))).flat(),
    listDeadLetters: async (id, query = {}) => events().listDeadLetters(consumerOf(id), queryOf(query)),
    redriveDeadLetters: async (id, request = {}) =>
      // The pattern is checked when it is parsed.
      events().redrive(consumerOf(id), request as RedriveOptions),
    listRedrives: () => events().redrives.list(),
    showRedrive: (id) => events().redrives.show(id),
    stopRedrive: (id) => events().redrives.stop(id),
    discardDeadLetters: async (id, query = {}) => ({
      discarded: await events().discardDeadLetters(consumerOf(id), queryOf(query)),
    }),
    readTopology: () => readTopology(browser, events().topics),
    readCatalogue: () => events().registry.deployed(),
    checkCatalogue: async (declared) =>
      checkCatalogue(readCatalogue(declared, 'What is declared'), await events().registry.deployed()),
  };
}

async function readTopology(browser: TopicBrowser, topics: readonly Topic[]): Promise<TopologyView> {
  const views = await Promise.all(topics.map((topic) => browser.topic(topic)));
  const newest = new Map<string, PublishedEvent[]>();
  for (const [index, { name, partitions }] of views.entries()) {
    const seen: PublishedEvent[] = [];
    for (const { partition, startOffset, nextOffset } of partitions) {
      const from = String(Math.max(startOffset, nextOffset - observedPerPartition));
      const { settings } = topics[index] as Topic;
      seen.push(...(await browser.events(settings, { partition, from, limit: observedPerPartition })).events);
    }
    newest.set(name, seen);
  }
  const observed = observedEdges(newest);
  const names = new Set(views.map(({ name }) => name));
  const subscriptions = subscriptionsOf(topics);
  return {
    producers: [...new Set(observed.map(({ from }) => from).filter((from) => !names.has(from)))].toSorted(),
    topics: views,
    consumers: await Promise.all(subscriptions.map((settings) => browser.consumer(settings))),
    edges: [...declaredEdges(topics), ...observed],
    cycles: findCycles(subscriptions),
  };
}

function eventOf(topic: Topic, request: EventRequest): NewEvent {
  const { type, data, id, source, subject } = request;
  refuseUnknownOptions(
    request,
    ['type', 'data', 'id', 'key', 'priority', 'source', 'subject', 'at', 'ttl'],
    `the event for topic "${topic.name}"`,
  );
  return {
    type,
    data,
    version: topic.settings.events.get(type)?.version ?? 1,
    ...(id === undefined ? {} : { id }),
    ...(source === undefined ? {} : { source }),
    ...(subject === undefined ? {} : { subject }),
  };
}

function queryOf(request: DeadLetterRequest): DeadLetterQuery {
  // The pattern is checked when it is parsed.
  return request as DeadLetterQuery;
}
