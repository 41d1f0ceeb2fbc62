import type { Duration } from '../../base/duration.ts';
import type { RetryPolicy } from '../../base/retry-policy.ts';
import type { StandardSchema } from '../../base/standard-schema.ts';
import type { FilteredEvent as FilteredEventOf, PatternOf } from '../../engine/index.ts';
import type { Transform } from '../transform/transform.ts';
import type { EventDefinition, NewEvent, PublishedEvent } from './event.ts';

/** Any declared event. Its data is what the compiler knows of it, so all of it is bivariant here. */
// oxlint-disable-next-line typescript/no-explicit-any -- a definition takes its own data and gives it back; only any is both
export type AnyEvent = EventDefinition<string, any, any>;

/** The event a subscriber gets for a definition. */
export type EventOf<D> =
  D extends EventDefinition<infer Type, infer Data, infer _Input> ? PublishedEvent<Type, Data> : never;

/** The event a publisher makes with a definition. */
export type NewEventOf<D> =
  D extends EventDefinition<infer Type, infer _Data, infer Input> ? NewEvent<Type, Input> : never;

/** What a filter of a declared event looks at. */
export type FilteredEvent<D> =
  D extends EventDefinition<infer Type, infer Data, infer _Input> ? FilteredEventOf<Type, Data> : never;

/** Where a new subscription begins to read: behind the last event, at the oldest one kept, at an offset, or at a time. */
export type StartPosition =
  'tip' | 'oldest' | { readonly offset: number } | { readonly time: Date | number | string };

/** How many events at a time, of all or of each key. */
export interface ConcurrencyLimit<E> {
  readonly concurrency: number;
  /** Each value of this has a limit of its own. Default: one limit for the subscription in a partition. */
  readonly per?: (event: E) => string;
}

/** How events are spaced or bounded: `limit` of them in each `per`, on average, and `burst` more at once. */
export interface RateOptions<E> {
  readonly limit: number;
  readonly per: Duration;
  /** How many may come at once beyond an even spacing. Default: `limit - 1` for a rate limit, 0 for a throttle. */
  readonly burst?: number;
  /** Each value of this is counted on its own. Default: all together. */
  readonly key?: (event: E) => string;
}

/** Waits for quiet: an event is handled when no other of its key came for `for`, but not later than `atMost`. */
export interface DebounceOptions<E> {
  readonly for: Duration;
  /** Default: no bound. */
  readonly atMost?: Duration;
  /** Default: the event's key. */
  readonly key?: (event: E) => string;
  /** `last` hands over the last event, `all` every one of them (the handler must take batches). Default `last`. */
  readonly collect?: 'last' | 'all';
}

/** At most one event per key in its handler. What comes meanwhile waits, or takes its place. */
export interface SingletonOptions<E> {
  readonly key?: (event: E) => string;
  /** `wait`: the later one waits. `skip`: it is dropped. `cancel`: the one in its handler is aborted and dropped. Default `wait`. */
  readonly whenBusy?: 'wait' | 'skip' | 'cancel';
}

/** An event that calls off what waits or is in its handler. */
export interface CancelOn<E> {
  /** Type of the canceling event, from the same topic. */
  readonly event: string;
  /** Which ones it cancels: those with the same value. Default: the event's key. */
  readonly match?: (event: E | PublishedEvent) => string;
}

/** How a subscription reads, filters, spaces, tries and gives up. Everything combines. */
export interface SubscriptionOptions<D, On extends readonly string[]> {
  /** Types to react to. Default: all of the topic's. */
  readonly on?: On;
  /** A pattern over the event; see docs/reference/patterns.md. Default: every event. */
  readonly filter?: PatternOf<FilteredEvent<OfTypes<D, On>>>;
  /** A further condition in code, after the filter. It sees what the filter let through. */
  readonly where?: (event: EventOf<OfTypes<D, On>>) => boolean;
  /** What the handler gets as `ctx.input` instead of the event. */
  readonly transform?: Transform;
  /** Where a new subscription begins. Default `tip`. */
  readonly from?: StartPosition;
  readonly limit?: ConcurrencyLimit<EventOf<OfTypes<D, On>>>;
  readonly throttle?: RateOptions<EventOf<OfTypes<D, On>>>;
  /** Drops what exceeds it. */
  readonly rateLimit?: RateOptions<EventOf<OfTypes<D, On>>>;
  readonly debounce?: DebounceOptions<EventOf<OfTypes<D, On>>>;
  readonly singleton?: SingletonOptions<EventOf<OfTypes<D, On>>>;
  /** The larger goes first among those in memory (`prefetch`) that may go. Default: the topic's, which reaches further. */
  readonly priority?: (event: EventOf<OfTypes<D, On>>) => number;
  readonly cancelOn?: CancelOn<EventOf<OfTypes<D, On>>>;
  /** Default: 8 attempts, 1 s doubling up to 10 min. */
  readonly retry?: RetryPolicy;
  /** How long one attempt may take; then it counts as failed. Default: no limit. */
  readonly attemptTimeout?: Duration;
  /** How many events may be in memory per partition. Default 10,000. */
  readonly prefetch?: number;
  /** Events this subscription's handler publishes; for the report on cycles. */
  readonly emits?: readonly string[];
  /** This subscription may be part of a cycle of declared emits. */
  readonly allowCycle?: boolean;
}

/** What may become of an event whose signal finds no run. */
export const whenGoneChoices = ['skip', 'deadLetter', 'retry'] as const;

/**
 * What becomes of an event whose signal finds no run. `skip`: it is settled, and counted as `unreached`. `deadLetter`: it is given up.
 * `retry`: while there is no run of that id it counts as a failed try, so that a run which is about to be started gets the signal; when
 * the run has ended, or after the last try, it is given up.
 */
export type WhenGone = (typeof whenGoneChoices)[number];

/** A signal that a subscription makes of each event. */
export interface SignalOptions<E, P> {
  /** Sends this signal, once per event whatever crashes. */
  readonly send: { readonly name: string; readonly schema: StandardSchema<unknown, P> | undefined };
  /** Id of the run that gets it; null if none is to, which settles the event. */
  readonly to: (event: E) => string | null;
  /** What the run is given; checked by its definition. Default: the event, or what the transform makes of it. */
  readonly payload?: (event: E) => NoInfer<P>;
  /** Default `skip`. */
  readonly whenGone?: WhenGone;
}

/** Of the declared events those of the listed types. */
export type OfTypes<D, On extends readonly string[]> = D extends { readonly type: On[number] } ? D : never;
