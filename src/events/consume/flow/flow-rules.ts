import type { Rate } from './rate-meter.ts';

/** An event on its way to a handler. */
export interface Item<E> {
  readonly offset: number;
  /** Events of one lane are handled in order, one at a time. An event without a key has a lane of its own. */
  readonly lane: string;
  readonly event: E;
  /** How often it was tried before. */
  readonly attempts: number;
}

/** A subscription's flow control, resolved. Null: no such control. Durations in milliseconds. */
export interface FlowRules<E> {
  readonly concurrency: number;
  readonly concurrencyKey: ((event: E) => string) | null;
  readonly throttle: { readonly rate: Rate; readonly key: (event: E) => string } | null;
  readonly rateLimit: { readonly rate: Rate; readonly key: (event: E) => string } | null;
  readonly debounce: DebounceRule<E> | null;
  readonly singleton: SingletonRule<E> | null;
  readonly batch: { readonly max: number; readonly withinMs: number } | null;
  readonly priority: ((event: E) => number) | null;
  readonly cancelOn: CancelRule<E> | null;
}

/** See `DebounceOptions`. */
export interface DebounceRule<E> {
  readonly forMs: number;
  readonly atMostMs: number | null;
  readonly key: ((event: E) => string) | null;
  readonly collect: 'last' | 'all';
}

/** See `SingletonOptions`. */
interface SingletonRule<E> {
  readonly key: ((event: E) => string) | null;
  readonly whenBusy: 'wait' | 'skip' | 'cancel';
}

/** See `CancelOn`. */
interface CancelRule<E> {
  readonly isCancel: (event: E) => boolean;
  readonly match: ((event: E) => string) | null;
}

/** Why an event was settled without its handler having finished it. */
export type DropReason = 'rate-limited' | 'debounced' | 'busy' | 'superseded' | 'canceled' | 'canceling';
