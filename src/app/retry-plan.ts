import type { JournalEntry, RunNumber, Store } from '../engine/index.ts';
import { readAllEntries } from './journal-pages.ts';

/**
 * Below which position a retry keeps the journal: the entry that made the run fail, or its cancellation, and all after it go.
 * Null when compensations have run: what was undone must be done again, so the retry begins at the beginning.
 */
export async function planRetry(store: Store, run: RunNumber): Promise<number | null> {
  let canceled: number | null = null;
  let failedStep: number | null = null;
  let failedOther: number | null = null;
  let length = 0;
  for await (const entry of readAllEntries(store, run)) {
    if (isCompensation(entry)) return null;
    length = entry.seq + 1;
    if (entry.kind === 'cancel') canceled ??= entry.seq;
    else if (entry.kind === 'step' && entry.outcome === 'error') failedStep = entry.seq;
    else if (entry.kind !== 'attempt' && entry.outcome !== 'ok') failedOther = entry.seq;
  }
  // Without any of them the code itself threw, or time ran out: everything recorded stays, and the new code goes on from there.
  return canceled ?? failedStep ?? failedOther ?? length;
}

function isCompensation(entry: JournalEntry): boolean {
  return entry.kind === 'step' && entry.name.startsWith('compensate ');
}
