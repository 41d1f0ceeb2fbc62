import type { Client, WaitView } from '../app/index.ts';
import { parseDuration, type Duration } from '../base/duration.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { isFinal } from '../engine/index.ts';
import {
  findConsumer,
  type DeadLetter,
  type EventsRuntime,
  type NewEvent,
  type Published,
  type PublishedEvent,
  type PublishOptions,
  type SubscriptionSettings,
} from '../events/index.ts';
import { reasonOf } from './describe-standstill.ts';
import type { HandlerMock, HandlerMockBody, HandlerMockOptions, HandlerMocks } from './handler-mocks.ts';
import type { Outbox } from './outbox.ts';
import type { NamedTopic, ParkedEvents, SubscriptionReference } from './test-tutti.ts';
import type { TimeSkipper } from './time-skipper.ts';

/** What {@link TestTopics} works on. */
export interface TestTopicsParts {
  /** Events of the process that test and client speak from. */
  readonly events: () => EventsRuntime;
  readonly client: () => Client;
  readonly outbox: Outbox;
  readonly time: TimeSkipper;
  readonly mocks: HandlerMocks;
}

/** Events fetched, and runs looked at, at a time. */
const pageMax = 1_000;
/** Dead letters shown. */
const lettersMax = 10_000;

/** The part of a test environment that is about topics; see `TestTutti`. */
export class TestTopics {
  readonly #parts: TestTopicsParts;

  constructor(parts: TestTopicsParts) {
    this.#parts = parts;
  }

  async publish(topic: NamedTopic, event: NewEvent, options: PublishOptions = {}): Promise<Published> {
    const { publisher } = this.#parts.events();
    return publisher.publish(publisher.topic(nameOf(topic)), event, options);
  }

  publishAfter(duration: Duration, topic: NamedTopic, event: NewEvent): void {
    const delayMs = parseDuration(duration, `the time until event "${event.type}"`);
    this.#parts.outbox.sendAfter(delayMs, () => this.publish(topic, event));
  }

  async published(topic: NamedTopic): Promise<readonly PublishedEvent[]> {
    const { name, partitions } = this.#parts.events().publisher.topic(nameOf(topic));
    const found: PublishedEvent[] = [];
    for (let partition = 0; partition < partitions; partition += 1)
      found.push(...(await this.#partition(name, partition)));
    return found;
  }

  async parked(subscription: SubscriptionReference): Promise<readonly ParkedEvents[]> {
    const settings = this.#settings(subscription);
    const parked: ParkedEvents[] = [];
    for (const { partition, cursor } of await this.#parts.events().status(settings)) {
      if (cursor.parked.length === 0) continue;
      const byOffset = new Map(
        (await this.#partition(settings.topic.name, partition)).map((event) => [event.offset, event]),
      );
      for (const { why, offsets, attempts, dueAt, error } of cursor.parked) {
        const events = offsets.flatMap((offset) => byOffset.get(offset) ?? []);
        parked.push({ key: events[0]?.key ?? null, why, events, attempts, dueAt, error });
      }
    }
    return parked;
  }

  async deadLetters(subscription: SubscriptionReference): Promise<readonly DeadLetter[]> {
    return this.#parts.events().listDeadLetters(this.#settings(subscription), { limit: lettersMax });
  }

  async waiting(): Promise<readonly WaitView[]> {
    const client = this.#parts.client();
    const open = (await client.listRuns({ limit: pageMax })).filter(({ state }) => !isFinal(state));
    const runs = await Promise.all(open.map(({ id }) => client.showRun(id)));
    return runs.flatMap(({ waits }) => waits).toSorted((one, other) => one.since - other.since);
  }

  async untilHandled(subscription?: SubscriptionReference): Promise<void> {
    const { client, time } = this.#parts;
    const consumers = this.#consumers(subscription);
    const behind: string[] = [];
    const arrival = await time.skip(async () => {
      behind.length = 0;
      for (const consumer of consumers) {
        const { lag, parked, replays } = await client().showConsumer(consumer);
        if (lag > 0 || replays.length > 0) behind.push(`"${consumer}" has ${lag} left, ${parked} parked`);
      }
      return behind.length === 0;
    });
    if (arrival === 'goal') return;
    throw new TuttiError(
      'TUTTI_TEST_STUCK',
      `Not all events were handled: subscription ${behind.join(', ')}, and ${reasonOf(arrival)}.`,
      { details: { subscriptions: consumers } },
    );
  }

  mockHandler(
    subscription: SubscriptionReference,
    mock: HandlerMockBody | HandlerMockOptions,
    options: HandlerMockOptions = {},
  ): HandlerMock {
    const { name, topic, reaction } = this.#settings(subscription);
    const consumer = `${topic.name}/${name}`;
    if (reaction.kind === 'start') {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        `Subscription "${consumer}" has no handler to mock: it starts runs of "${reaction.definition}"; ` +
          "mock that one's steps, or the whole of it with mockWorkflow.",
      );
    }
    if (typeof mock === 'function') return this.#parts.mocks.add(consumer, mock, options);
    return this.#parts.mocks.add(consumer, undefined, mock);
  }

  #consumers(subscription: SubscriptionReference | undefined): readonly string[] {
    const all = this.#parts.events().topics.flatMap((topic) => topic.subscriptions);
    const wanted =
      subscription === undefined ? all.map(({ settings }) => settings) : [this.#settings(subscription)];
    return wanted.map(({ name, topic }) => `${topic.name}/${name}`);
  }

  #settings(subscription: SubscriptionReference): SubscriptionSettings {
    const id =
      typeof subscription === 'string'
        ? subscription
        : `${subscription.settings.topic.name}/${subscription.settings.name}`;
    return findConsumer(this.#parts.events().topics, id);
  }

  async #partition(topic: string, partition: number): Promise<readonly PublishedEvent[]> {
    const client = this.#parts.client();
    const found: PublishedEvent[] = [];
    for (let from = 'oldest'; ;) {
      const { events, next } = await client.readEvents(topic, { partition, from, limit: pageMax });
      found.push(...events);
      if (events.length < pageMax) return found;
      from = String(next);
    }
  }
}

function nameOf(topic: NamedTopic): string {
  return typeof topic === 'string' ? topic : topic.name;
}
