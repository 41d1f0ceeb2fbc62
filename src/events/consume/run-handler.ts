/**
 * One call of a handler: its context, its limits in time, and what became of each of its events.
 *
 * What the handler does through the context is staged here and handed over only if it returns; a handler that throws has
 * done nothing.
 */
import { requestedRetryDelay } from '../../base/retry-errors.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { isStoreFailure } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import { BatchCallContext, EventCallContext, placeOf, Staging, type HandlerCall } from './call-context.ts';
import { eventTrigger } from './event-trigger.ts';
import type { Item } from './flow/flow-rules.ts';
import { DeadLetterSignal, PauseSignal, RetrySignal, SkipSignal } from './handler-signals.ts';
import { sendSignal } from './signal-reaction.ts';
import type { StagedEffects } from './staged-effects.ts';

/** How an event came out of its handler. */
export type Outcome =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      readonly retryAfterMs: number | null;
      /** The store failed, not the handler: the event is tried again however often. */
      readonly isStoreTrouble: boolean;
    }
  /** Not tried, as far as its attempts are counted, and not to be tried before the subscription goes on. */
  | { readonly kind: 'paused'; readonly error: PauseSignal }
  | { readonly kind: 'dead'; readonly error: unknown };

/** What a handler call gave. */
export interface HandlerResult {
  /** Parallel to its events; null when all of them are done. */
  readonly outcomes: readonly Outcome[] | null;
  /** Null when the handler did nothing through its context. */
  readonly effects: StagedEffects | null;
}

const done: Outcome = { kind: 'done' };

/** Calls the handler of a subscription with one event or several. Never rejects. */
export async function runHandler(
  call: HandlerCall,
  items: readonly Item<PublishedEvent>[],
): Promise<HandlerResult> {
  const staging = new Staging();
  try {
    await within(call, items, react(call, items, staging));
    if (staging.pending !== null) await Promise.all(staging.pending);
  } catch (error) {
    // What is still being prepared must not surface as a rejection of its own.
    await Promise.allSettled(staging.pending ?? []);
    if (error instanceof SkipSignal) return { outcomes: null, effects: null };
    return { outcomes: items.map(() => outcomeOf(error)), effects: null };
  }
  const { failures, staged: effects } = staging;
  if (failures === null) return { outcomes: null, effects };
  const outcomes = items.map(({ event }) => (failures.has(event) ? outcomeOf(failures.get(event)) : done));
  return { outcomes, effects };
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
    const events = items.map(({ event }) => event);
    await reaction.handle(events, new BatchCallContext(call, { first, events }, staging));
    return;
  }
  // Without batches a call has one event, unless several were collected for one.
  for (const item of items) {
    const input = transform === null ? item.event : transform(item.event);
    if (reaction.kind === 'single')
      await reaction.handle(item.event, new EventCallContext(call, item, staging, input));
    else if (reaction.kind === 'send')
      await sendSignal(call, reaction, { event: item.event, input, staging });
    else {
      const given = reaction.input === null ? input : reaction.input(item.event);
      await call.writer.start(staging.effects, {
        definition: reaction.definition,
        id: placeOf(call, item.event),
        input: given,
        trigger: eventTrigger(call.settings, item.event),
      });
    }
  }
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

function outcomeOf(error: unknown): Outcome {
  if (error instanceof DeadLetterSignal) return { kind: 'dead', error };
  if (error instanceof SkipSignal) return done;
  if (error instanceof PauseSignal) return { kind: 'paused', error };
  if (error instanceof RetrySignal) {
    return { kind: 'failed', error, retryAfterMs: error.delayMs, isStoreTrouble: false };
  }
  const retryAfterMs = requestedRetryDelay(error) ?? null;
  return { kind: 'failed', error, retryAfterMs, isStoreTrouble: isStoreFailure(error) };
}
