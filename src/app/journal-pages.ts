/** Reading long journals in bounded pieces. */
import type { JournalEntry, RunNumber, Store } from '../engine/index.ts';

const pageEntries = 1000;

/** The newest `count` entries, oldest of them first; costs a few look-ups however long the journal is. */
export async function readNewestEntries(
  store: Store,
  run: RunNumber,
  count: number,
): Promise<readonly JournalEntry[]> {
  const length = await findJournalLength(store, run);
  return store.readJournal(run, Math.max(0, length - count), count);
}

/** All entries in order, page by page. */
export async function* readAllEntries(store: Store, run: RunNumber): AsyncGenerator<JournalEntry> {
  for (let from = 0; ; from += pageEntries) {
    const page = await store.readJournal(run, from, pageEntries);
    yield* page;
    if (page.length < pageEntries) return;
  }
}

/** Positions have no gap, so the end is found by doubling and then halving. */
async function findJournalLength(store: Store, run: RunNumber): Promise<number> {
  const has = async (seq: number): Promise<boolean> => (await store.readJournal(run, seq, 1)).length > 0;
  let missing = 1;
  while (await has(missing - 1)) missing *= 2;
  let present = Math.floor(missing / 2);
  // The first `present` entries exist; the one at position `missing - 1` does not.
  let beyond = missing - 1;
  while (present < beyond) {
    const middle = Math.floor((present + beyond) / 2);
    if (await has(middle)) present = middle + 1;
    else beyond = middle;
  }
  return present;
}
