import { splitCause } from '../caused-text.ts';
import type { EntryOutcome } from '../model/journal.ts';
import { Operation } from './operation.ts';

/**
 * An operation that is answered by a message of others, whose cause the run follows from then on. It is learned when the answer
 * is given to the code, from what the journal holds, so a replay learns the same at the same point.
 */
export abstract class CausedOperation extends Operation {
  override settle(outcome: EntryOutcome, stored: string | null): void {
    if (stored === null) return super.settle(outcome, stored);
    const { text, cause } = splitCause(stored);
    if (cause !== null) this.host.follow(cause);
    super.settle(outcome, text);
  }
}
