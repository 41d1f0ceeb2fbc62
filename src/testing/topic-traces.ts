import { decodeValue, encodeValue } from '../base/codec.ts';
import type { Engine } from '../engine/index.ts';
import { TopicBrowser, type EventsRuntime, type SubscriptionSettings, type Topic } from '../events/index.ts';

/** Events, dead letters and keys looked at. */
const seenMax = 100_000;
const pageMax = 1_000;

/** A process that sees the store. */
export interface TracedProcess {
  readonly events: EventsRuntime;
  readonly engine: Engine;
}

/**
 * What is left in topics, by what it is, for people: how often each event is there, how often each was given up on, what is not
 * handled yet, the state by key. Places do not count: events of different keys may have come in another order.
 */
export async function topicTraces(process: TracedProcess): Promise<ReadonlyMap<string, string>> {
  const traces = new Map<string, string>();
  for (const topic of process.events.topics) {
    for (const event of await eventsIn(topic, process)) count(traces, `topic "${topic.name}" holds ${event}`);
    for (const { settings } of topic.subscriptions) await traceSubscription(traces, settings, process);
  }
  return traces;
}

async function eventsIn({ settings }: Topic, { engine }: TracedProcess): Promise<readonly string[]> {
  const browser = new TopicBrowser(engine);
  const found: string[] = [];
  for (let partition = 0; partition < settings.partitions; partition += 1) {
    for (let from = 'oldest'; ;) {
      const page = await browser.events(settings, { partition, from, limit: pageMax });
      for (const { type, key, data } of page.events)
        found.push(`${type}${key === null ? '' : ` of key "${key}"`} ${encodeValue(data, 'an event')}`);
      if (page.events.length < pageMax) break;
      from = String(page.next);
    }
  }
  return found;
}

async function traceSubscription(
  traces: Map<string, string>,
  settings: SubscriptionSettings,
  { events, engine }: TracedProcess,
): Promise<void> {
  const id = `${settings.topic.name}/${settings.name}`;
  for (const { type, data, error } of await events.listDeadLetters(settings, { limit: seenMax }))
    count(traces, `subscription "${id}" gave up on ${type} ${data} (${error})`);
  const statuses = await events.status(settings);
  const left = statuses.reduce((sum, { lag }) => sum + lag, 0);
  if (left > 0) traces.set(`subscription "${id}" has not handled`, `${left} event(s)`);
  for (const { key, value } of await engine.store.listCells(`state:${id}`, { limit: seenMax })) {
    const text = engine.payloads.textNow(value);
    const state = text === null ? 'nothing' : encodeValue(decodeValue(text), 'a state');
    traces.set(`subscription "${id}" keeps of key "${key}"`, state);
  }
}

function count(traces: Map<string, string>, what: string): void {
  const before = Number(traces.get(what)?.split(' ')[0] ?? 0);
  traces.set(what, `${before + 1} time(s)`);
}
