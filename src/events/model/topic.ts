import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { RunCause, TopicAppend, WantedEvent } from '../../engine/index.ts';
import type { BatchHandler, EventHandler } from '../consume/handler-context.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import type { Explanation } from '../pattern/explain-pattern.ts';
import type { Published, PublishOptions } from '../publish/publish-options.ts';
import type { ArrivalOptions, EventArrival } from './event-arrival.ts';
import type { NewEvent } from './event.ts';
import type { BatchOptions } from './resolve-flow.ts';
import { resolveSubscription, type SubscriptionSettings } from './resolve-subscription.ts';
import { resolveTopic, type TopicOptions } from './resolve-topic.ts';
import type {
  AnyEvent,
  EventOf,
  NewEventOf,
  OfTypes,
  SignalOptions,
  SubscriptionOptions,
} from './subscription.ts';
import { Subscription } from './subscription-value.ts';
import type { TopicRuntime } from './topic-runtime.ts';
import type { TopicSettings } from './topic-settings.ts';
import { unknownEvent } from './unknown-event.ts';

type TypeOf<D> = D extends { readonly type: infer Type extends string } ? Type : never;

/** A declared topic: where events of some types are published, and what subscribes to them. */
export class Topic<D extends AnyEvent = AnyEvent> {
  readonly type = 'topic';
  readonly name: string;
  readonly settings: TopicSettings;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #runtimes = new Set<TopicRuntime>();

  constructor(name: string, options: TopicOptions<D>) {
    this.name = name;
    this.settings = resolveTopic(name, options);
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  /**
   * Publishes one event. Resolves when it is on disk.
   * @throws TUTTI_TOPIC_NOT_BOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID, TUTTI_PRODUCER_*, TUTTI_STORE_*: it was not published.
   */
  async publish(event: NewEventOf<D>, options: PublishOptions = {}): Promise<Published> {
    return this.runtime().publish(this, event as NewEvent, options);
  }

  /** Publishes many events with as few writes as possible, in order; all are checked before the first is published. */
  async publishAll(
    events: readonly NewEventOf<D>[],
    options: PublishOptions = {},
  ): Promise<readonly Published[]> {
    return this.runtime().publishAll(this, events as readonly NewEvent[], options);
  }

  /**
   * Declares a subscription: a group of readers with one position per partition.
   *
   * @param name Unique in the topic; its position is kept under it.
   * @throws TUTTI_DEFINITION_INVALID, TUTTI_PATTERN_INVALID, TUTTI_TRANSFORM_INVALID, TUTTI_OPTION_*, TUTTI_DURATION_INVALID
   */
  subscribe<const On extends readonly TypeOf<D>[] = readonly TypeOf<D>[]>(
    name: string,
    options: SubscriptionOptions<D, On> & {
      readonly batch: BatchOptions;
      readonly handler: BatchHandler<EventOf<OfTypes<D, On>>>;
    },
  ): Subscription;
  subscribe<const On extends readonly TypeOf<D>[] = readonly TypeOf<D>[]>(
    name: string,
    options: SubscriptionOptions<D, On> & {
      /** Starts a run of this workflow per event, once per event whatever crashes. */
      readonly start: { readonly name: string };
      /** What the run is given. Default: the event, or what the transform makes of it. */
      readonly input?: (event: EventOf<OfTypes<D, On>>) => unknown;
    },
  ): Subscription;
  subscribe<P, const On extends readonly TypeOf<D>[] = readonly TypeOf<D>[]>(
    name: string,
    options: SubscriptionOptions<D, On> & SignalOptions<EventOf<OfTypes<D, On>>, P>,
  ): Subscription;
  subscribe<const On extends readonly TypeOf<D>[] = readonly TypeOf<D>[]>(
    name: string,
    options: SubscriptionOptions<D, On> & {
      readonly batch?: never;
      readonly handler: EventHandler<EventOf<OfTypes<D, On>>>;
    },
  ): Subscription;
  subscribe(name: string, options: object): Subscription {
    if (this.#subscriptions.has(name)) {
      throw new TuttiError(
        'TUTTI_DEFINITION_DUPLICATE',
        `Topic "${this.name}" has two subscriptions "${name}".`,
      );
    }
    const settings: SubscriptionSettings = resolveSubscription(this.settings, name, options);
    const subscription = new Subscription(settings, () => this.runtime());
    this.#subscriptions.set(name, subscription);
    return subscription;
  }

  /**
   * A subscription to events of one type without a name of its own, for scripts and tests: `orders.on('order.placed', handler)`. Its
   * position is kept under the type and how many such subscriptions to it were declared before, so give a name to what is to last.
   *
   * @throws TUTTI_EVENT_UNKNOWN, TUTTI_DEFINITION_INVALID
   */
  on<const Type extends TypeOf<D>>(
    type: Type,
    handler: EventHandler<EventOf<OfTypes<D, readonly [Type]>>>,
  ): Subscription {
    const base = `on-${type.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`;
    let name = base;
    for (let number = 2; this.#subscriptions.has(name); number += 1) name = `${base}-${number}`;
    return this.subscribe(name, { on: [type] as const, handler });
  }

  /** Checks and encodes an event that a run publishes; its journal's commit stores it. */
  async prepareInRun(event: NewEventOf<D>, cause: RunCause): Promise<TopicAppend> {
    return this.runtime().prepareInRun(this, event as NewEvent, cause);
  }

  /**
   * What a run that waits for an event of this topic says it wants. `where` is a pattern; undefined for every event of the type.
   * @throws TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID
   */
  awaited(type: TypeOf<D>, where: unknown): WantedEvent {
    const { name, settings } = this;
    if (!settings.events.has(type)) throw unknownEvent(settings, type);
    if (where !== undefined) parsePattern(where, `The wait for "${type}"`);
    return { topic: name, partitions: settings.partitions, type, where: where ?? null };
  }

  /**
   * An event of this topic for a task of a pipeline to wait for, `p.wait('paid', orders.arrival(Paid, { where: … }))`, or for a
   * run to be canceled by, `cancelOn: orders.arrival(Canceled, { where: … })`.
   * @throws TUTTI_OPTION_UNKNOWN, TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID
   */
  arrival<E extends D, Input = unknown>(
    event: E,
    options: ArrivalOptions<E, Input> = {},
  ): EventArrival<EventOf<E>, Input> {
    refuseUnknownOptions(options, ['where'], `the arrival of "${event.type}"`);
    const type = event.type as TypeOf<D>;
    const { where } = options as { readonly where?: unknown };
    const patternOf = typeof where === 'function' ? (where as (input: Input) => unknown) : () => where;
    // A pattern that is known already is checked at once.
    this.awaited(type, typeof where === 'function' ? undefined : where);
    return { type: 'event', name: type, wanted: (input) => this.awaited(type, patternOf(input)) };
  }

  /** Which subscriptions an event would reach, and for the others the first clause that fails. */
  explain(event: NewEventOf<D>): Readonly<Record<string, Explanation>> {
    return Object.fromEntries(
      this.subscriptions.map(({ name, settings }) => [name, settings.explain(event as NewEvent)]),
    );
  }

  /** Joins the topic to an engine; returns how to part them. For the composition root. */
  bind(runtime: TopicRuntime): () => void {
    this.#runtimes.add(runtime);
    return () => this.#runtimes.delete(runtime);
  }

  /** The engine the topic belongs to. @throws TUTTI_TOPIC_NOT_BOUND unless it is exactly one. */
  runtime(): TopicRuntime {
    const [runtime, second] = this.#runtimes;
    if (runtime !== undefined && second === undefined) return runtime;
    throw new TuttiError(
      'TUTTI_TOPIC_NOT_BOUND',
      `Topic "${this.name}" belongs to ${runtime === undefined ? 'no engine' : 'several engines'} in this process; expected one.`,
    );
  }
}

/**
 * Declares a topic.
 *
 * @example
 * export const orders = topic('orders', { events: [OrderPlaced], key: (e) => e.data.id, retain: { for: '30d' } });
 * orders.subscribe('index', { handler: async (e) => search.put(e.data) });
 * @throws TUTTI_DEFINITION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID
 */
export function topic<const D extends AnyEvent>(name: string, options: TopicOptions<D>): Topic<D> {
  return new Topic(name, options);
}

/** Whether a value (for example an export of a module) is a topic. */
export function isTopic(value: unknown): value is Topic {
  return value instanceof Topic;
}
