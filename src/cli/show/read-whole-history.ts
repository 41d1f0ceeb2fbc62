import type { Client, EntryView } from '../../app/index.ts';

const pageEntries = 1_000;

/** Journal entries in order, fetched a page at a time. */
export async function* readWholeHistory(
  client: Client,
  id: string,
  range: { readonly from: number; readonly limit: number },
): AsyncGenerator<EntryView> {
  let from = range.from;
  let rest = range.limit;
  while (rest > 0) {
    const limit = Math.min(pageEntries, rest);
    const page = await client.readHistory(id, { from, limit });
    yield* page;
    if (page.length < limit) return;
    from += page.length;
    rest -= page.length;
  }
}
