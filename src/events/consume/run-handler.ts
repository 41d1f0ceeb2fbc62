/**
 * One call of a handler: its context, its limits in time, and what became of each of its events.
 *
 * What the handler does through the context is staged here and handed over only if it returns; a handler that throws has
 * done nothing.
 */
import { encodeValue } from '../../base/codec.ts';
import { parseDuration } from '../../base/duration.ts';
import { requestedRetryDelay } from '../../base/retry-errors.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { BatchContext, HandlerContext, KeyedState } from './handler-context.ts';
import { DeadLetterSignal, RetrySignal, SkipSignal } from './handler-signals.ts';
import type { EffectWriter } from './effect-writer.ts';
import type { Item } from './flow/flow-rules.ts';
import type { KeyedStates } from './keyed-states.ts';
import { StagedEffects } from './staged-effects.ts';

/** How an event came out of its handler. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly retryAfterMs: number | null }
  | { readonly kind: 'dead'; readonly error: unknown };

/** What a handler call gave: parallel to its events. */
export interface HandlerResult {
  readonly outcomes: readonly Outcome[];
  readonly effects: StagedEffects;
}

/** What a call needs beside its events. */
export interface HandlerCall {
  readonly settings: SubscriptionSettings;
  readonly writer: EffectWriter;
  readonly states: KeyedStates;
  /** Names the subscription, or its side cursor. */
  readonly cursorName: string;
  readonly abort: AbortController;
}

const done: Outcome = { kind: 'done' };

/** Calls the handler of a subscription with one event or several. Never rejects. */
export async function runHandler(
  call: HandlerCall,
  items: readonly Item<PublishedEvent>[],
): Promise<HandlerResult> {
  const effects = new StagedEffects();
  const failures = new Map<PublishedEvent, unknown>();
  const pending: Promise<unknown>[] = [];
  try {
    await within(call, items, react(call, items, { effects, failures, pending }));
    await Promise.all(pending);
  } catch (error) {
    // What is still being prepared must not surface as a rejection of its own.
    await Promise.allSettled(pending);
    if (error instanceof SkipSignal) return { outcomes: items.map(() => done), effects: new StagedEffects() };
    return { outcomes: items.map(() => outcomeOf(error)), effects: new StagedEffects() };
  }
  const outcomes = items.map(({ event }) => (failures.has(event) ? outcomeOf(failures.get(event)) : done));
  return { outcomes, effects };
}

interface Staging {
  readonly effects: StagedEffects;
  readonly failures: Map<PublishedEvent, unknown>;
  readonly pending: Promise<unknown>[];
}

async function react(
  call: HandlerCall,
  items: readonly Item<PublishedEvent>[],
  staging: Staging,
): Promise<void> {
  const { reaction, transform } = call.settings;
  const [first] = items;
  if (first === undefined) return;
  if (reaction.kind === 'batch') {
    await reaction.handle(
      items.map(({ event }) => event),
      batchContext(call, first, staging),
    );
    return;
  }
  // Without batches a call has one event, unless several were collected for one.
  for (const item of items) {
    const input = transform === null ? item.event : transform(item.event);
    if (reaction.kind === 'single')
      await reaction.handle(item.event, context(call, item, { ...staging, input }));
    else {
      const given = reaction.input === null ? input : reaction.input(item.event);
      await call.writer.start(staging.effects, {
        definition: reaction.definition,
        id: keyOf(call, item.event),
        input: given,
      });
    }
  }
}

function keyOf(call: HandlerCall, event: PublishedEvent): string {
  return `${event.topic}/${call.cursorName}/${event.partition}/${event.offset}`;
}

/** Rejects when the attempt takes too long; the handler's signal is aborted. */
async function within(
  call: HandlerCall,
  items: readonly Item<PublishedEvent>[],
  work: Promise<void>,
): Promise<void> {
  const { attemptTimeoutMs, name } = call.settings;
  if (attemptTimeoutMs === null) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = call.writer.clock.setTimer(attemptTimeoutMs, () => {
    const [first] = items;
    const error = new TuttiError(
      'TUTTI_STEP_TIMEOUT',
      `Subscription "${name}" took longer than ${attemptTimeoutMs} ms for the event at offset ${first?.offset}.`,
    );
    call.abort.abort(error);
    reject(error);
  });
  try {
    await Promise.race([work, promise]);
  } finally {
    timer.cancel();
    // When the time is up first, nobody awaits the handler any more.
    work.catch(() => undefined);
  }
}

type CommonContext = Pick<
  HandlerContext,
  'attempt' | 'signal' | 'log' | 'publish' | 'start' | 'send' | 'deadLetter' | 'retryAfter' | 'skip'
>;

function common(call: HandlerCall, item: Item<PublishedEvent>, staging: Staging): CommonContext {
  const { writer, abort } = call;
  const { effects, pending } = staging;
  const { event } = item;
  let started = 0;
  const remember = <T>(work: Promise<T>): Promise<T> => {
    pending.push(work);
    return work;
  };
  return {
    attempt: item.attempts + 1,
    signal: abort.signal,
    log: writer.logger,
    publish: (topic, published, options = {}) =>
      remember(writer.publish(effects, event, { topic, event: published, options })),
    start: (definition, input, options = {}) => {
      started += 1;
      const id = options.id ?? `${keyOf(call, event)}/${definition.name}/${started}`;
      return remember(writer.start(effects, { definition: definition.name, id, input }));
    },
    send: (runId, signal, payload) => {
      const name = typeof signal === 'string' ? signal : signal.name;
      return remember(
        writer.send(effects, { runId, signal: name, payload: encodeValue(payload, `signal "${name}"`) }),
      );
    },
    deadLetter: (reason) => {
      throw new DeadLetterSignal(reason);
    },
    retryAfter: (delay, reason = 'asked to be tried later') => {
      throw new RetrySignal(reason, parseDuration(delay, 'the delay of retryAfter'));
    },
    skip: () => {
      throw new SkipSignal();
    },
  };
}

function context(
  call: HandlerCall,
  item: Item<PublishedEvent>,
  staging: Staging & { readonly input: unknown },
): HandlerContext {
  return {
    ...common(call, item, staging),
    idempotencyKey: keyOf(call, item.event),
    input: staging.input,
    state: keyedState(call, item.event, staging.effects),
  };
}

function batchContext(call: HandlerCall, item: Item<PublishedEvent>, staging: Staging): BatchContext {
  return {
    ...common(call, item, staging),
    fail: (event, error) => {
      staging.failures.set(event, error);
    },
    stateOf: (event) => keyedState(call, event, staging.effects),
  };
}

function keyedState(call: HandlerCall, event: PublishedEvent, effects: StagedEffects): KeyedState {
  const key = event.key ?? '';
  return {
    get: () => call.states.get(key, effects),
    set: (value) => call.states.set(key, value, effects),
  };
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof DeadLetterSignal) return { kind: 'dead', error };
  if (error instanceof SkipSignal) return done;
  if (error instanceof RetrySignal) return { kind: 'failed', error, retryAfterMs: error.delayMs };
  return { kind: 'failed', error, retryAfterMs: requestedRetryDelay(error) ?? null };
}
