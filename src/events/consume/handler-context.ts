import type { Duration } from '../../base/duration.ts';
import type { Logger } from '../../base/logger.ts';
import type { NewEvent, PublishedEvent } from '../model/event.ts';
import type { PublishOptions } from '../publish/publish-options.ts';

/** A topic as a handler names it to publish there: the value, or its name. */
export type TopicReference = string | { readonly type: 'topic'; readonly name: string };

/** Durable state of a subscription, one value per event key. */
export interface KeyedState {
  /** The value as the last handled event of this key left it; null if none did. */
  get(): Promise<unknown>;
  /** Sets the value, null deletes it. Takes effect together with the cursor, or not at all. */
  set(value: unknown): void;
}

/**
 * What a handler is given. Everything it does through this commits together with the cursor's advance (I4): once, also if
 * the process dies in the middle. What it does to the outside world happens at least once; give it `idempotencyKey`.
 */
export interface HandlerContext {
  /** Which try this is, from 1. */
  readonly attempt: number;
  /** The same for every delivery of this event to this subscription. */
  readonly idempotencyKey: string;
  /** Aborted on timeout, on cancellation, and when another worker took over the partition. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** What the subscription's transform made of the event; the event itself without one. */
  readonly input: unknown;
  readonly state: KeyedState;
  /** Publishes with the cursor's commit; the event's cause is the one being handled. */
  publish(topic: TopicReference, event: NewEvent, options?: Omit<PublishOptions, 'producer'>): Promise<void>;
  /** Starts a run with the cursor's commit. The same id, by default made of the event's place, is started once. */
  start(
    definition: { readonly name: string },
    input: unknown,
    options?: { readonly id?: string },
  ): Promise<void>;
  /** Sends a signal to a run with the cursor's commit; to a run that is gone it does nothing. */
  send(runId: string, signal: string | { readonly name: string }, payload?: unknown): Promise<void>;
  /** Gives up on the event: it goes to the dead letters, and its key goes on. */
  deadLetter(reason: string): never;
  /** Counts as a failed try; the next one comes after this long. */
  retryAfter(delay: Duration, reason?: string): never;
  /** The event counts as handled; what was done through the context so far is dropped. */
  skip(): never;
}

/** What a handler of batches is given beside. */
export interface BatchContext extends Omit<HandlerContext, 'state' | 'input' | 'idempotencyKey'> {
  /** This event failed, the others did not: it is tried again, or goes to the dead letters, on its own. */
  fail(event: PublishedEvent, error: unknown): void;
  stateOf(event: PublishedEvent): KeyedState;
}

/** Handles one event. */
export type EventHandler<E> = (event: E, ctx: HandlerContext) => unknown;
/** Handles several events in one call. */
export type BatchHandler<E> = (events: readonly E[], ctx: BatchContext) => unknown;
