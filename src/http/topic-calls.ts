import type { TopicClient } from '../app/index.ts';

/** How a method of the client asks the engine: the name of its route, and the parts of the request. */
type Ask = <T>(
  name: keyof TopicClient,
  parts?: {
    readonly parameters?: Readonly<Record<string, string>>;
    readonly query?: object;
    readonly body?: object;
  },
) => Promise<T>;

/** The part of the client that is about topics, over HTTP. */
export function topicCalls(call: Ask): TopicClient {
  return {
    publishEvent: (topic, body) => call('publishEvent', { parameters: { topic }, body }),
    listTopics: () => call('listTopics'),
    showTopic: (topic) => call('showTopic', { parameters: { topic } }),
    readEvents: (topic, query = {}) => call('readEvents', { parameters: { topic }, query }),
    readArchive: (topic, query = {}) => call('readArchive', { parameters: { topic }, body: { ...query } }),
    checkArchive: (topic, lines) => call('checkArchive', { parameters: { topic }, body: { ...lines } }),
    importArchive: (topic, chunk) => call('importArchive', { parameters: { topic }, body: { ...chunk } }),
    explainEvent: (topic, body) => call('explainEvent', { parameters: { topic }, body }),
    listConsumers: () => call('listConsumers'),
    showConsumer: (consumer) => call('showConsumer', { parameters: { consumer } }),
    pauseConsumer: (consumer) => call('pauseConsumer', { parameters: { consumer } }),
    resumeConsumer: (consumer) => call('resumeConsumer', { parameters: { consumer } }),
    seekConsumer: (consumer, to, options = {}) =>
      call('seekConsumer', { parameters: { consumer }, body: { to, ...options } }),
    replayConsumer: (consumer, body) =>
      call('replayConsumer', { parameters: { consumer }, body: { ...body } }),
    groupDeadLetters: () => call('groupDeadLetters'),
    listDeadLetters: (consumer, body = {}) => call('listDeadLetters', { parameters: { consumer }, body }),
    redriveDeadLetters: (consumer, body = {}) =>
      call('redriveDeadLetters', { parameters: { consumer }, body }),
    listRedrives: () => call('listRedrives'),
    showRedrive: (redrive) => call('showRedrive', { parameters: { redrive } }),
    stopRedrive: (redrive) => call('stopRedrive', { parameters: { redrive } }),
    discardDeadLetters: (consumer, body = {}) =>
      call('discardDeadLetters', { parameters: { consumer }, body }),
    readTopology: () => call('readTopology'),
    readCatalogue: () => call('readCatalogue'),
    checkCatalogue: ({ events }) => call('checkCatalogue', { body: { events } }),
  };
}
