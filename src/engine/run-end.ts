import { encodeValue } from '../base/codec.ts';
import { toErrorRecord } from '../base/error-record.ts';
import { encodeError } from './encode-error.ts';
import type { Payload } from './model/payload.ts';
import type { FinalState } from './model/run.ts';
import type { Payloads } from './payloads.ts';
import { isCancellation } from './run-errors.ts';

/** How the code of a run came to its end. */
export type CodeOutcome =
  { readonly isOk: true; readonly value: unknown } | { readonly isOk: false; readonly error: unknown };

/** What the row of an ended run will say; a result that lies in the payload store must be spilled there first. */
export type RunEnd =
  | { readonly state: FinalState; readonly payload: Payload | null }
  | { readonly state: FinalState; readonly spill: string };

/**
 * Decides how a run ends. Code that ended with the reason of its run's cancellation was canceled; a value that cannot be
 * stored, or is too large, makes the run fail with the error that says so.
 */
export function runEnd(
  outcome: CodeOutcome,
  cancelReason: Error | null,
  what: string,
  payloads: Payloads,
): RunEnd {
  if (!outcome.isOk) return failure(outcome.error, cancelReason, payloads);
  if (outcome.value === undefined) return { state: 'completed', payload: null };
  try {
    const text = encodeValue(outcome.value, what);
    const payload = payloads.inline(text, what);
    return payload === null ? { state: 'completed', spill: text } : { state: 'completed', payload };
  } catch (error) {
    return failure(error, cancelReason, payloads);
  }
}

function failure(error: unknown, cancelReason: Error | null, payloads: Payloads): RunEnd {
  const state = isCancellation(error, cancelReason) ? 'canceled' : 'failed';
  // However long its text, an error must reach the reader.
  return { state, payload: payloads.always(encodeError(toErrorRecord(error))) };
}
