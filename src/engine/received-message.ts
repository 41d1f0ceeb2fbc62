import { encodeValue } from '../base/codec.ts';
import { toErrorRecord } from '../base/error-record.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { splitCause, withCause } from './caused-text.ts';
import type { EntryOutcome } from './model/journal.ts';
import type { MessageRecord } from './model/message.ts';
import type { Payloads } from './payloads.ts';
import type { Store } from './ports/store.ts';

/** What a child without a result ends with, where something must be written behind its cause. */
const nothing = encodeValue(undefined, 'the result of a child run');

/** A message with its content at hand, so that handing it to the code needs no waiting. */
export interface ReceivedMessage extends MessageRecord {
  /** Encoded payload; for the end of a child its encoded result or error. With the cause in front, if the sender had one. */
  readonly text: string | null;
  /** `error` when a child failed. */
  readonly outcome: EntryOutcome;
}

/**
 * Fetches what a message refers to. The end of a child carries the child's number and cause only: its result may be large,
 * and already lies in the child's row.
 * @throws TUTTI_STORE_FAILED when a payload is missing.
 */
export async function receiveMessage(
  message: MessageRecord,
  store: Store,
  payloads: Payloads,
): Promise<ReceivedMessage> {
  if (message.kind === 'child') {
    const { text: child, cause } = splitCause(String(message.payload));
    const { text, outcome } = await childEnd(Number(child), store, payloads);
    return { ...message, outcome, text: cause === null ? text : withCause(text ?? nothing, cause) };
  }
  const text = message.payload === null ? null : await payloads.text(message.payload);
  return { ...message, text, outcome: 'ok' };
}

async function childEnd(
  child: number,
  store: Store,
  payloads: Payloads,
): Promise<{ readonly text: string | null; readonly outcome: EntryOutcome }> {
  const run = await store.getRun(child);
  if (run === null) {
    const error = new TuttiError(
      'TUTTI_RUN_NOT_FOUND',
      `Child run ${child} ended, but was pruned before its parent read the result.`,
    );
    return { outcome: 'error', text: encodeValue(toErrorRecord(error), 'the error of a child run') };
  }
  const text = run.result === null ? null : await payloads.text(run.result);
  return { outcome: run.state === 'completed' ? 'ok' : 'error', text };
}
