import { expect, it } from 'vitest';
import { TuttiError } from '../../src/base/tutti-error.ts';
import { nobody, type GuardedChange } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { guarded, runStart } from '../../src/testing/store-conformance/builders.ts';
import { ended, openEngine, startRun, step } from './engine-scene.ts';

const write = { space: 'clock', key: 'k', value: '1' };

it('a guarded group of a client is applied once, and its run is executed', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { greet: async () => 'hello' });
  const group: GuardedChange = guarded({
    when: [{ space: 'clock', key: 'k', version: 0 }],
    cells: [write],
    starts: [runStart({ id: 'greet', owner: 77, wakeAt: 0 })],
  });
  const [first, second] = await Promise.all([engine.change(group), engine.change(group)]);
  expect([first.applied, second.applied]).toEqual([true, false]);
  expect(first.versions).toEqual([(await store.getCell('clock', 'k'))?.version]);
  const run = first.starts[0]!.run;
  expect(run.owner).toBe(nobody);
  expect((await ended(engine, run)).result).toBe('"hello"');
});

it('a failed commit is told to the caller of a guarded group, which is not tried again (C4)', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, {});
  const commit = store.commit.bind(store);
  let failures = 1;
  store.commit = (batch) => {
    failures -= 1;
    return failures < 0 ? commit(batch) : Promise.reject(new TuttiError('TUTTI_STORE_FULL', 'planned'));
  };
  await expect(engine.change(guarded({ cells: [write] }))).rejects.toMatchObject({
    code: 'TUTTI_STORE_FULL',
  });
  await engine.change(guarded({}));
  expect(await store.getCell('clock', 'k')).toBe(null);
});

it("a step's cells are written by the very commit that holds its completion (I4)", async () => {
  const store = createMemoryStore();
  const commit = store.commit.bind(store);
  const commits: string[] = [];
  store.commit = (batch) => {
    const cells = (batch.cells ?? []).map((cell) => `${cell.key} ${String(cell.value)}`);
    if (cells.length > 0) commits.push([...cells, ...batch.entries.map((entry) => entry.name)].join());
    return commit(batch);
  };
  const engine = await openEngine(store, {
    count: async (run) => {
      for (const value of ['1', '2']) {
        await step(run, `step ${value}`, (attempt) => attempt.writeCell({ ...write, value }));
      }
    },
  });
  await ended(engine, await startRun(engine, 'count'));
  expect(commits).toEqual(['k 1,step 1', 'k 2,step 2']);
});

it('a step that fails, or whose result cannot be stored, writes no cell', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, {
    fail: async (run) => {
      const throwing = step(run, 'throws', (attempt) => {
        attempt.writeCell(write);
        throw new RangeError('planned');
      });
      const unstorable = step(run, 'unstorable', (attempt) => {
        attempt.writeCell(write);
        return 'x'.repeat(65 * 1024 * 1024);
      });
      await Promise.allSettled([throwing, unstorable]);
    },
  });
  await ended(engine, await startRun(engine, 'fail'));
  expect(await store.getCell('clock', 'k')).toBe(null);
});
