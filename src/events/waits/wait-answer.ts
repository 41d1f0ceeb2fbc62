import { encodeValue } from '../../base/codec.ts';
import { isTuttiError } from '../../base/tutti-error.ts';
import {
  causeOfEvent,
  eventWaitCell,
  eventWaitSpace,
  withCause,
  type Engine,
  type MessageSend,
  type Payload,
  type Payloads,
} from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { OpenWait } from './open-wait.ts';

/** An event found for a wait. */
export interface WaitAnswer {
  readonly wait: OpenWait;
  readonly event: PublishedEvent;
}

/**
 * Sends events to the runs that wait for them, and asks those to cancel that are to end with them. The store accepts each only
 * while the wait is open and unanswered, so sending twice, or from two workers, gives one message. `onTooLarge` is told of an event
 * that no message can carry; the rest goes on.
 *
 * @throws TUTTI_STORE_*: none was sent.
 */
export async function sendAnswers(
  engine: Engine,
  answers: readonly WaitAnswer[],
  onTooLarge: (answer: WaitAnswer) => void,
): Promise<void> {
  const { store, payloads, clock } = engine;
  const sends: MessageSend[] = [];
  for (const { wait, event } of answers) {
    const run = await store.getRun(wait.run);
    if (run === null) continue;
    const { cancels, key } = wait;
    const payload = cancels
      ? payloads.always(cancelReason(event))
      : await storedEvent(payloads, run.id, event);
    if (payload === null) {
      onTooLarge({ wait, event });
      continue;
    }
    const kind = cancels ? 'cancel' : 'event';
    sends.push({ run: wait.run, kind, name: key, at: clock.now(), payload, onlyIfWaiting: key });
  }
  const cells = answers.map(({ wait, event }) => ({
    space: eventWaitSpace,
    key: eventWaitCell(event, wait),
    value: null,
  }));
  await engine.change({ when: [], cells, starts: [], sends });
}

/** Encoded, as a person's reason would be, with the event as what the clean-up follows from. */
function cancelReason(event: PublishedEvent): string {
  const { id, type, topic, partition, offset } = event;
  const reason = `event "${type}" ${id} at ${topic}/${partition}/${offset}`;
  return withCause(encodeValue(reason, 'a reason'), causeOfEvent(event));
}

/** Null when it is larger than a payload may be. */
async function storedEvent(
  payloads: Payloads,
  runId: string,
  event: PublishedEvent,
): Promise<Payload | null> {
  const what = `the event "${event.type}" for run "${runId}"`;
  try {
    return await payloads.store(encodeValue(event, what), runId, what);
  } catch (error) {
    if (isTuttiError(error) && error.code === 'TUTTI_PAYLOAD_TOO_LARGE') return null;
    throw error;
  }
}
