import { decodeValue } from '../base/codec.ts';
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import type { EntryOutcome, JournalEntry } from './model/journal.ts';
import type { RunRecord } from './model/run.ts';
import { keyOf } from './replay-script.ts';

const waysOut =
  'Ways out: guard the change with ctx.patch, retry the run from its start, or deploy the old code until it is done.';

/** The journal holds an operation that the code did not issue. */
export function missingInCode(run: RunRecord, entry: JournalEntry, issued: readonly string[]): TuttiError {
  const recorded = keyOf(entry);
  const instead = issued.length === 0 ? 'nothing new' : issued.slice(0, 5).join(', ');
  return new TuttiError(
    'TUTTI_REPLAY_MISMATCH',
    `The code of "${run.definition}" no longer fits the journal of run "${run.id}" at position ${entry.seq}. ` +
      `Recorded: ${recorded}. Issued by the code instead: ${instead}. ${waysOut}`,
    { details: { runId: run.id, seq: entry.seq, recorded, issued } },
  );
}

/** The code ended although the journal goes on. */
export function unfinishedJournal(run: RunRecord, remaining: readonly JournalEntry[]): TuttiError {
  const recorded = remaining.slice(0, 5).map(keyOf).join(', ');
  return new TuttiError(
    'TUTTI_REPLAY_MISMATCH',
    `The code of "${run.definition}" ended before the journal of run "${run.id}". ` +
      `Recorded next: ${recorded}. Issued by the code instead: its end. ${waysOut}`,
    { details: { runId: run.id, recorded, issued: [] } },
  );
}

/** A replay right after a rest came to other pending operations than the run itself. */
export function otherOperations(
  run: RunRecord,
  recorded: readonly string[],
  issued: readonly string[],
): TuttiError {
  return new TuttiError(
    'TUTTI_REPLAY_MISMATCH',
    `Replaying run "${run.id}" of "${run.definition}" gave other operations than the run itself: the code is not deterministic. ` +
      `First time: ${recorded.join(', ')}. In the replay: ${issued.join(', ')}. ${waysOut}`,
    { details: { runId: run.id, recorded, issued } },
  );
}

/** The code awaits something, and nothing that Tutti knows is pending. */
export function unknownPromise(run: RunRecord): TuttiError {
  return new TuttiError(
    'TUTTI_FOREIGN_PROMISE',
    `Run "${run.id}" of "${run.definition}" awaits a promise that Tutti knows nothing about: no step, sleep, wait or child is ` +
      'pending, and the code has not returned. Nothing could wake it after a crash.',
    { details: { runId: run.id } },
  );
}

/** What the code's operations are rejected with when the run is canceled or out of time. */
export function cancellationError(run: RunRecord, outcome: EntryOutcome, text: string | null): TuttiError {
  if (outcome === 'timeout') {
    return new TuttiError(
      'TUTTI_RUN_TIMEOUT',
      `Run "${run.id}" of "${run.definition}" exceeded its run timeout.`,
      {
        details: { runId: run.id },
      },
    );
  }
  const reason = text === null ? '' : `: ${String(decodeValue(text))}`;
  return new TuttiError('TUTTI_RUN_CANCELED', `Run "${run.id}" was canceled${reason}.`, {
    details: { runId: run.id },
  });
}

/** Whether code that ended with this error ended because its run was canceled. */
export function isCancellation(error: unknown, reason: Error | null): boolean {
  return reason !== null && isTuttiError(error) && error.code === 'TUTTI_RUN_CANCELED';
}
