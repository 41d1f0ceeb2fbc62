import type { CellRecord } from './model/cell.ts';
import type { Store } from './ports/store.ts';

/** Cells read at a time. */
const pageSize = 1_000;

/** Every cell of a space whose key starts with `prefix`, in the order of the keys. One that is deleted meanwhile may come or not. */
export async function* allCells(store: Store, space: string, prefix = ''): AsyncGenerator<CellRecord, void> {
  let after: string | undefined;
  for (;;) {
    const page = { prefix, limit: pageSize, ...(after === undefined ? {} : { after }) };
    const cells = await store.listCells(space, page);
    yield* cells;
    after = cells.at(-1)?.key;
    if (cells.length < pageSize) return;
  }
}
