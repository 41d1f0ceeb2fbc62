import { TuttiError } from '../../base/tutti-error.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SignalReaction } from '../model/resolve-subscription.ts';
import type { HandlerCall, Staging } from './call-context.ts';
import { DeadLetterSignal } from './handler-signals.ts';

/** An event that is to become a signal, and where the signal is put. */
interface SignalDelivery {
  readonly event: PublishedEvent;
  /** What the subscription's transform made of the event, or the event. */
  readonly input: unknown;
  readonly staging: Staging;
}

/**
 * Sends the signal that a subscription makes of an event; it is on disk together with the cursor's advance, or not at all.
 *
 * @throws DeadLetterSignal, TUTTI_SIGNAL_UNREACHED as the subscription says of a run that is gone; TUTTI_SIGNAL_UNKNOWN,
 * TUTTI_INPUT_INVALID when the run's definition refuses the signal, TUTTI_VALUE_NOT_STORABLE
 */
export async function sendSignal(
  call: HandlerCall,
  reaction: SignalReaction,
  { event, input, staging }: SignalDelivery,
): Promise<void> {
  const { signal, to, payload, whenGone } = reaction;
  const runId = to(event);
  if (runId === null) return;
  const value = payload === null ? input : payload(event);
  const { effects } = staging;
  const sent = await call.writer.send(effects, event, { runId, signal, value, mustArrive: true });
  if (sent === 'sent') return;
  if (whenGone === 'skip') {
    effects.unreached += 1;
    return;
  }
  const fault = sent === 'unknown' ? 'does not exist' : 'has ended';
  const message = `Run "${runId}" ${fault}; signal "${signal}" was not sent.`;
  if (whenGone === 'retry' && sent === 'unknown') throw new TuttiError('TUTTI_SIGNAL_UNREACHED', message);
  throw new DeadLetterSignal(message);
}
