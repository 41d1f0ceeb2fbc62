import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bigBatch } from '../../../test/stores/big-batch.ts';
import { registerWorker, batch, start } from '../../../test/stores/records.ts';
import { openStore, temporaryDirectory } from '../../../test/stores/sqlite-scene.ts';
import { allTypes, type Store } from '../../engine/index.ts';
import { writePoints, type WritePoint } from './write-points.ts';

const child = fileURLToPath(new URL('../../../test/stores/interrupted-commit-process.ts', import.meta.url));

/** Worker 1 owns runs 1 to 40. */
async function prepare(store: Store): Promise<void> {
  const worker = await registerWorker(store);
  const starts = Array.from({ length: 40 }, (_, index) => start(`run-${index}`, { owner: worker }));
  await store.commit(batch({ worker, starts, cells: [{ space: 'clock', key: 'old', value: '0' }] }));
}

/** Everything the big batch changes. */
async function state(store: Store): Promise<unknown> {
  const runs = await store.listRuns({ limit: 1000 });
  const journals = await Promise.all(runs.map((run) => store.readJournal(run.number, 0, 100)));
  const inboxes = await Promise.all(runs.map((run) => store.listInbox(run.number)));
  const partitions = await store.listPartitions();
  const read = { topic: 't', partition: 0, from: 0, bytesMax: 1_000_000, types: allTypes };
  const topics = { partitions, slice: await store.readTopic(read), delayed: await store.nextDelayed() };
  const waits = await store.listWaits({});
  const cells = await store.listCells('clock');
  const slots = [await store.listPools(), await store.listSlots({ pool: 'db' })];
  const logs = await Promise.all(runs.map((run) => store.readLogs(run.number)));
  return { runs, journals, inboxes, waits, cells, slots, logs, topics, counts: await store.countRuns() };
}

async function stateBeforeAndAfter(): Promise<{ before: unknown; after: unknown }> {
  const store = await openStore();
  await prepare(store);
  const before = await state(store);
  await store.commit(bigBatch);
  return { before, after: await state(store) };
}

const commitPoints = writePoints.filter((point) => !point.startsWith('checkpoint'));

describe('a commit that fails', () => {
  it.each(commitPoints.filter((point) => point !== 'committed'))(
    'at %s leaves nothing and can be repeated',
    async (point) => {
      const { before, after } = await stateBeforeAndAfter();
      let failing: WritePoint | null = null;
      const onWrite = (reached: WritePoint): void => {
        if (reached === failing) throw new RangeError('planned');
      };
      const store = await openStore({ hooks: { onWrite } });
      await prepare(store);
      failing = point;
      await expect(store.commit(bigBatch)).rejects.toThrow('planned');
      expect(await state(store)).toEqual(before);
      failing = null;
      await store.commit(bigBatch);
      expect(await state(store)).toEqual(after);
    },
  );
});

describe('a process killed in a commit', () => {
  it.each(commitPoints)(
    'at %s has written all of it or nothing, and all of it once acknowledged',
    async (point) => {
      const { before, after } = await stateBeforeAndAfter();
      const file = join(temporaryDirectory(), 'tutti.db');
      const first = await openStore({ file });
      await prepare(first);
      await first.close();
      const { signal, stdout, stderr } = spawnSync(process.execPath, [child, file, point]);
      expect(stderr.toString()).toBe('');
      expect(signal).toBe('SIGKILL');
      expect(stdout.toString()).toBe('');
      const reopened = await openStore({ file });
      expect(await reopened.integrityCheck()).toEqual([]);
      expect(await state(reopened)).toEqual(point === 'committed' ? after : before);
    },
  );
});
