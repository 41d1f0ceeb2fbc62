import { entry, finish, pause, runStart, send, sleep, startTime, wait } from './builders.ts';
import { dumpStore } from './dump-store.ts';
import type { Claim, Scene } from './scene.ts';

/** Pruning: finished runs go, oldest first, and nothing else does. */
export function pruneClaims(claim: Claim): void {
  claim('runs that finished before the time go, with everything of theirs', async (scene) => {
    const [old] = await finishedAt(scene, { old: 10, recent: 20 });
    const dump = await dumpStore(scene.store);
    const pruned = await scene.store.prune({ endedBefore: startTime + 20, runsMax: 10 });
    scene.expect(pruned).toEqual([{ number: old, id: 'old' }]);
    const { store, expect } = scene;
    expect(await store.getRun(old ?? 0)).toBe(null);
    expect(await store.findRun('old')).toBe(null);
    expect(await store.readJournal(old ?? 0, 0, 10)).toEqual([]);
    expect((await dumpStore(store)).runs).toEqual(dump.runs.slice(1));
    expect((await store.countRuns()).completed).toBe(1);
    expect(await scene.send(send(old ?? 0))).toEqual([{ outcome: 'unknown', id: 0 }]);
  });

  claim('the oldest end goes first, never more at a time than asked for', async (scene) => {
    await finishedAt(scene, { c: 30, a: 10, d: 40, b: 20 });
    const prune = async (runsMax: number): Promise<readonly string[]> =>
      (await scene.store.prune({ endedBefore: startTime + 100, runsMax })).map((run) => run.id);
    scene.expect(await prune(0)).toEqual([]);
    scene.expect(await prune(2)).toEqual(['a', 'b']);
    scene.expect(await prune(2)).toEqual(['c', 'd']);
    scene.expect(await prune(2)).toEqual([]);
  });

  claim('an open run is never pruned, however old it is', async (scene) => {
    const worker = await scene.worker();
    await scene.pending('a');
    const [b, c] = [await scene.owned(worker, 'b'), await scene.owned(worker, 'c')];
    await scene.owned(worker, 'd');
    await scene.commit({ worker, waits: [wait(b.number, 'k')], runs: [sleep(b), pause(c)] });
    const before = await dumpStore(scene.store);
    scene.expect(await scene.store.prune({ endedBefore: startTime * 2, runsMax: 10 })).toEqual([]);
    scene.expect(await dumpStore(scene.store)).toEqual(before);
  });

  claim('failed and canceled runs are pruned like completed ones', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const ends = [finish(a, { state: 'failed' }), finish(b, { state: 'canceled' })];
    await scene.commit({ worker, runs: ends });
    scene.expect((await scene.store.prune({ endedBefore: startTime * 2, runsMax: 10 })).length).toBe(2);
    scene.expect(await scene.store.countRuns()).toMatchObject({ failed: 0, canceled: 0 });
  });

  claim('a newer generation stays when the older one goes', async (scene) => {
    const [first] = await finishedAt(scene, { a: 10 });
    const second = await scene.pending('a', { onConflict: 'restart' });
    await scene.store.prune({ endedBefore: startTime + 100, runsMax: 10 });
    scene.expect(await scene.store.findRun('a')).toEqual(second);
    scene.expect(await scene.store.findRun('a', 1)).toBe(null);
    scene.expect(second.number === first).toBe(false);
  });

  claim('a fork outlives the run it was copied from', async (scene) => {
    const [source] = await finishedAt(scene, { a: 10 });
    const { starts } = await scene.commit({
      starts: [runStart({ id: 'b', fork: { run: source ?? 0, drop: [] } })],
    });
    await scene.store.prune({ endedBefore: startTime + 100, runsMax: 10 });
    scene.expect(await scene.journalNames(starts[0]?.run.number ?? 0)).toEqual(['step 0', 'step 1']);
  });
}

/** Runs with a journal that ended so many milliseconds after the start time; returns their numbers in the given order. */
async function finishedAt(scene: Scene, ends: Readonly<Record<string, number>>): Promise<readonly number[]> {
  const worker = await scene.worker();
  const numbers: number[] = [];
  for (const [id, after] of Object.entries(ends)) {
    const run = await scene.owned(worker, id);
    const entries = [entry(run.number, 0), entry(run.number, 1)];
    await scene.commit({ worker, entries, runs: [finish(run, { at: startTime + after })] });
    numbers.push(run.number);
  }
  return numbers;
}
