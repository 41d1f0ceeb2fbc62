/**
 * What a handler is given in one call. Most handlers use little of it, and a call of a small handler costs less than making all
 * this: so each part is made when it is asked for. Methods are getters, so that a handler may take its context apart.
 */
import { parseDuration } from '../../base/duration.ts';
import type { Logger } from '../../base/logger.ts';
import { causeOfEvent } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { eventTrigger } from './event-trigger.ts';
import type { EffectWriter } from './effect-writer.ts';
import type { Item } from './flow/flow-rules.ts';
import type { HandlerAbort } from './handler-aborts.ts';
import type { BatchContext, HandlerContext, KeyedState } from './handler-context.ts';
import { DeadLetterSignal, RetrySignal, SkipSignal } from './handler-signals.ts';
import type { KeyedStates } from './keyed-states.ts';
import { StagedEffects } from './staged-effects.ts';

/** What a call needs beside its events. */
export interface HandlerCall {
  readonly settings: SubscriptionSettings;
  readonly writer: EffectWriter;
  readonly states: KeyedStates;
  /** Names the subscription, or its side cursor. */
  readonly cursorName: string;
  readonly abort: HandlerAbort;
}

/** What a call did so far. Null: nothing of the kind. */
export class Staging {
  staged: StagedEffects | null = null;
  failures: Map<PublishedEvent, unknown> | null = null;
  /** What is being prepared and must be there before the call counts as done. */
  pending: Promise<unknown>[] | null = null;

  get effects(): StagedEffects {
    return (this.staged ??= new StagedEffects());
  }

  remember<T>(work: Promise<T>): Promise<T> {
    (this.pending ??= []).push(work);
    return work;
  }

  fail(event: PublishedEvent, error: unknown): void {
    (this.failures ??= new Map()).set(event, error);
  }
}

/** Names the delivery of an event to a subscription: the same for every try. */
export function placeOf(call: HandlerCall, event: PublishedEvent): string {
  return `${event.topic}/${call.cursorName}/${event.partition}/${event.offset}`;
}

class CallContext {
  protected readonly call: HandlerCall;
  protected readonly staging: Staging;
  readonly #item: Item<PublishedEvent>;
  #started = 0;

  constructor(call: HandlerCall, item: Item<PublishedEvent>, staging: Staging) {
    this.call = call;
    this.staging = staging;
    this.#item = item;
  }

  /** The event that what the handler does follows from. */
  protected get cause(): PublishedEvent {
    return this.#item.event;
  }

  get attempt(): number {
    return this.#item.attempts + 1;
  }

  get signal(): AbortSignal {
    return this.call.abort.signal;
  }

  get log(): Logger {
    return this.call.writer.logger;
  }

  get publish(): HandlerContext['publish'] {
    const { call, staging, cause } = this;
    return (topic, event, options = {}) =>
      staging.remember(call.writer.publish(staging.effects, cause, { topic, event, options }));
  }

  get start(): HandlerContext['start'] {
    const { call, staging } = this;
    return ({ name: definition }, input, options = {}) => {
      this.#started += 1;
      const id = options.id ?? `${placeOf(call, this.#item.event)}/${definition}/${this.#started}`;
      const trigger = eventTrigger(call.settings, this.#item.event);
      const cause = causeOfEvent(this.cause);
      return staging.remember(call.writer.start(staging.effects, { definition, id, input, trigger, cause }));
    };
  }

  get send(): HandlerContext['send'] {
    const { call, staging, cause } = this;
    return async (runId, signal, value) => {
      const name = typeof signal === 'string' ? signal : signal.name;
      const outgoing = { runId, signal: name, value, mustArrive: false };
      await staging.remember(call.writer.send(staging.effects, cause, outgoing));
    };
  }

  get deadLetter(): HandlerContext['deadLetter'] {
    return (reason) => {
      throw new DeadLetterSignal(reason);
    };
  }

  get retryAfter(): HandlerContext['retryAfter'] {
    return (delay, reason = 'asked to be tried later') => {
      throw new RetrySignal(reason, parseDuration(delay, 'the delay of retryAfter'));
    };
  }

  get skip(): HandlerContext['skip'] {
    return () => {
      throw new SkipSignal();
    };
  }

  protected stateFor(event: PublishedEvent): KeyedState {
    const { call, staging } = this;
    const key = event.key ?? '';
    return {
      get: () => call.states.get(key, staging.effects),
      set: (value) => call.states.set(key, value, staging.effects),
    };
  }
}

/** The context of a handler of single events. */
export class EventCallContext extends CallContext implements HandlerContext {
  readonly input: unknown;
  readonly #event: PublishedEvent;

  constructor(
    call: HandlerCall,
    item: Item<PublishedEvent>,
    staging: Staging,
    /** What the transform made of the event, or the event. */
    input: unknown,
  ) {
    super(call, item, staging);
    this.#event = item.event;
    this.input = input;
  }

  get idempotencyKey(): string {
    return placeOf(this.call, this.#event);
  }

  get state(): KeyedState {
    return this.stateFor(this.#event);
  }
}

/** What a handler of batches is called with. */
interface Batch {
  readonly first: Item<PublishedEvent>;
  readonly events: readonly PublishedEvent[];
}

/** The context of a handler of batches. */
export class BatchCallContext extends CallContext implements BatchContext {
  readonly #events: readonly PublishedEvent[];
  #longest: PublishedEvent | null = null;

  constructor(call: HandlerCall, batch: Batch, staging: Staging) {
    super(call, batch.first, staging);
    this.#events = batch.events;
  }

  /** Nobody knows which of the events it was. The longest chain counts: a loop must not look shorter for going through a batch. */
  protected override get cause(): PublishedEvent {
    return (this.#longest ??= this.#events.reduce((longest, event) =>
      event.hops > longest.hops ? event : longest,
    ));
  }

  get fail(): BatchContext['fail'] {
    const { staging } = this;
    return (event, error) => staging.fail(event, error);
  }

  get stateOf(): BatchContext['stateOf'] {
    return (event) => this.stateFor(event);
  }
}
