/** Reading long journals in bounded pieces. */
import type { JournalEntry, RunNumber, Store } from '../engine/index.ts';

const pageEntries = 1000;

/** All entries in order, page by page. */
export async function* readAllEntries(store: Store, run: RunNumber): AsyncGenerator<JournalEntry> {
  for (let from = 0; ; from += pageEntries) {
    const page = await store.readJournal(run, from, pageEntries);
    yield* page;
    if (page.length < pageEntries) return;
  }
}
