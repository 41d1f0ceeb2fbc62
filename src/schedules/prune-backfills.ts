import type { Engine } from '../engine/index.ts';
import { backfillSpace, dateKey, dateSpace, type BackfillRecord } from './backfill-record.ts';
import { readCell } from './schedule-state.ts';

/** Backfills looked at in one go; an ended one more waits for the next. */
const backfillsMax = 1_000;

/**
 * Deletes backfills that ended before an instant, each with all its dates in one transaction; the runs go by themselves, as all
 * runs do. After a crash half-way some are gone and the others as they were.
 */
export async function pruneBackfills(engine: Engine, endedBefore: number): Promise<void> {
  const cells = await engine.store.listCells(backfillSpace, { limit: backfillsMax });
  for (const cell of cells) {
    const { id, endedAt, planned, skipped } = await readCell<BackfillRecord>(engine, cell);
    if (endedAt === null || endedAt >= endedBefore) continue;
    const dates = Array.from({ length: planned + skipped }, (_, position) => dateKey(id, position));
    await engine.change({
      // Another worker may do the same.
      when: [{ space: backfillSpace, key: id, version: cell.version }],
      cells: [
        { space: backfillSpace, key: id, value: null },
        ...dates.map((key) => ({ space: dateSpace, key, value: null })),
      ],
      starts: [],
      sends: [],
    });
  }
}
