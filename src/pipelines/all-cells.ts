import type { CellRecord, Store } from '../engine/index.ts';

/** Cells read at a time. */
const pageSize = 500;

/** Every cell of a space in the order of the keys. One that is deleted meanwhile may come or not. */
export async function* allCells(store: Store, space: string): AsyncGenerator<CellRecord, void> {
  let after: string | undefined;
  for (;;) {
    const page = { limit: pageSize, ...(after === undefined ? {} : { after }) };
    const cells = await store.listCells(space, page);
    yield* cells;
    after = cells.at(-1)?.key;
    if (cells.length < pageSize) return;
  }
}
