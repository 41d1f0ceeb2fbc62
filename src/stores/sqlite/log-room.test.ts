import { copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batch, entry, registerWorker, start } from '../../../test/stores/records.ts';
import { openStore, temporaryDirectory } from '../../../test/stores/sqlite-scene.ts';
import type { SqliteStore } from './sqlite-store.ts';

/** Commits one row after the other; returns how often the log's file became longer. */
async function writeRows(store: SqliteStore, rows: number): Promise<number> {
  const worker = await registerWorker(store);
  const { starts } = await store.commit(batch({ worker, starts: [start('run', { owner: worker })] }));
  const run = starts[0]!.run.number;
  const log = `${store.file}-wal`;
  let growths = 0;
  let size = statSync(log).size;
  for (let seq = 0; seq < rows; seq += 1) {
    await store.commit(batch({ worker, entries: [entry(run, seq)] }));
    const now = statSync(log).size;
    if (now > size) growths += 1;
    size = now;
  }
  return growths;
}

describe('room in the log', () => {
  it('lets most commits leave the length of the file as it is', async () => {
    const store = await openStore();
    expect(await writeRows(store, 200)).toBeLessThan(20);
  });

  it('means nothing to whoever reads the log after a crash', async () => {
    const store = await openStore();
    await writeRows(store, 100);
    const file = join(temporaryDirectory(), 'tutti.db');
    for (const ending of ['', '-wal']) copyFileSync(`${store.file}${ending}`, `${file}${ending}`);
    const survivor = await openStore({ file });
    expect(await survivor.readJournal(1, 0, 1_000)).toHaveLength(100);
    expect(await survivor.integrityCheck()).toEqual([]);
  });

  it('is made anew after the log was truncated', async () => {
    const store = await openStore({ checkpointBytes: 2 ** 40, logBytesMax: 2 ** 20 });
    const growths = await writeRows(store, 300);
    expect(growths).toBeGreaterThan(3);
    expect(growths).toBeLessThan(30);
    expect(await store.integrityCheck()).toEqual([]);
  });
});
