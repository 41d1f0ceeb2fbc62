import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { batch, entry, registerWorker, start } from '../../../test/stores/records.ts';
import { openStore } from '../../../test/stores/sqlite-scene.ts';
import type { SqliteStore } from './sqlite-store.ts';
import type { WritePoint } from './write-points.ts';

const mebibyte = 2 ** 20;

/** Appends rows to 500 journals, giving the checkpoint thread a turn after each commit; returns the longest log seen. */
async function writeMuch(store: SqliteStore, commits: number): Promise<number> {
  const worker = await registerWorker(store);
  const runs = Array.from({ length: 500 }, (_, index) => start(`run-${index}`, { owner: worker }));
  const { starts } = await store.commit(batch({ worker, starts: runs }));
  let longest = 0;
  for (let seq = 0; seq < commits; seq++) {
    await store.commit(batch({ worker, entries: starts.map(({ run }) => entry(run.number, seq)) }));
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, statSync(`${store.file}-wal`).size);
  }
  return longest;
}

describe('the write-ahead log', () => {
  it('stays within its bound while much is written', async () => {
    const store = await openStore({ checkpointBytes: mebibyte, logBytesMax: 8 * mebibyte });
    const longest = await writeMuch(store, 150);
    // The bound, and the one commit that crossed it.
    expect(longest).toBeLessThan(12 * mebibyte);
    expect(await store.integrityCheck()).toEqual([]);
  });

  it('is copied by the thread, not by the thread that commits', async () => {
    const reached: WritePoint[] = [];
    const store = await openStore({
      checkpointBytes: mebibyte,
      hooks: { onWrite: (point) => reached.push(point) },
    });
    await writeMuch(store, 20);
    const observer = new DatabaseSync(store.file);
    const look = observer.prepare('pragma wal_checkpoint(noop)');
    await vi.waitFor(() => expect(look.get()?.['checkpointed']).toBeGreaterThan(0));
    observer.close();
    expect(reached).toContain('committed');
    expect(reached).not.toContain('checkpoint');
  });

  it('stays within its bound without the thread', async () => {
    const store = await openStore({ checkpointBytes: 2 ** 40, logBytesMax: mebibyte });
    expect(await writeMuch(store, 40)).toBeLessThan(5 * mebibyte);
  });

  it('grows on while another connection reads, without making commits fail', async () => {
    const store = await openStore({ checkpointBytes: mebibyte, logBytesMax: 2 * mebibyte, busyTimeoutMs: 1 });
    const reader = new DatabaseSync(store.file);
    reader.exec('begin');
    reader.prepare('select count(*) from run').get();
    await writeMuch(store, 40);
    reader.exec('commit');
    reader.close();
    expect(await store.integrityCheck()).toEqual([]);
  });

  it('is gone after closing, and the file alone holds everything', async () => {
    const store = await openStore({ checkpointBytes: mebibyte });
    await writeMuch(store, 20);
    await store.close();
    expect(readdirSync(dirname(store.file))).toEqual(['tutti.db']);
    const reopened = await openStore({ file: store.file });
    expect(await reopened.readJournal(500, 0, 100)).toHaveLength(20);
  });
});
