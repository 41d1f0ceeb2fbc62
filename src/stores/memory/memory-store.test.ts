/** What the reference model asks of the engine beyond the port; the port's own promises are tested in test/stores. */
import { expect, it } from 'vitest';
import { nobody, type CommitBatch, type RunRecord } from '../../engine/index.ts';
import {
  batch,
  change,
  entry,
  finish,
  runStart,
  sleep,
  startTime,
  wait,
} from '../../testing/store-conformance/builders.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

interface Setting {
  readonly store: MemoryStore;
  readonly worker: number;
  readonly other: number;
  readonly run: RunRecord;
}

async function settle(): Promise<Setting> {
  const store = createMemoryStore();
  const registration = { name: 'w', now: startTime, leaseUntil: startTime + 10, definitions: ['greet'] };
  const worker = await store.registerWorker(registration);
  const other = await store.registerWorker(registration);
  const { starts } = await store.commit(batch({ worker, starts: [runStart({ id: 'a', owner: worker })] }));
  const run = starts[0]!.run;
  return { store, worker, other, run };
}

it('a worker cannot write to a run that another living worker owns', async () => {
  const { store, other, run } = await settle();
  const writes: readonly Partial<CommitBatch>[] = [
    { entries: [entry(run.number, 0)] },
    { waits: [wait(run.number, 'k')] },
    { runs: [sleep(run)] },
  ];
  for (const write of writes) {
    const writing = store.commit(batch({ worker: other, ...write }));
    await expect(writing).rejects.toMatchObject({ code: 'TUTTI_OWNER_LOST' });
  }
});

it.each<[string, (setting: Setting) => Partial<CommitBatch>]>([
  ['leaves a gap in a journal', ({ run }) => ({ entries: [entry(run.number, 1)] })],
  ['starts a run for another worker', ({ other }) => ({ starts: [runStart({ id: 'b', owner: other })] })],
  ['finishes a run that is to wake', ({ run }) => ({ runs: [finish(run, { wakeAt: 0 })] })],
  ['gives an open run no time to wake', ({ run }) => ({ runs: [change(run, { wakeAt: null })] })],
  ['puts a run back to pending', ({ run }) => ({ runs: [change(run, { state: 'pending' })] })],
  [
    'gives the two forms of an entry different positions',
    ({ run }) => ({
      starts: [
        runStart({ id: 'b', journal: { accepted: entry(run.number, 0), refused: entry(run.number, 1) } }),
      ],
    }),
  ],
])('a batch that %s is refused', async (_what, parts) => {
  const setting = await settle();
  const writing = setting.store.commit(batch({ worker: setting.worker, ...parts(setting) }));
  await expect(writing).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
});

it('a finished run is written no more', async () => {
  const { store, worker, run } = await settle();
  await store.commit(batch({ worker, runs: [finish(run)] }));
  for (const write of [{ entries: [entry(run.number, 0)] }, { waits: [wait(run.number, 'k')] }]) {
    const writing = store.commit(batch({ worker, ...write }));
    await expect(writing).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
  }
});

it('a closed handle refuses every call and leaves the others open', async () => {
  const { store } = await settle();
  const another = store.openAnother();
  await store.close();
  await expect(store.getRun(1)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
  expect((await another.getRun(1))?.id).toBe('a');
});

it('a burst of commits calls a listener once, and not after it stopped listening', async () => {
  const { store, run } = await settle();
  let calls = 0;
  const stop = store.openAnother().onForeignCommit(() => (calls += 1));
  const send = batch({ sends: [{ run: run.number, kind: 'signal', name: 'go', at: 0, payload: null }] });
  await Promise.all([store.commit(send), store.commit(send)]);
  await Promise.resolve();
  expect(calls).toBe(1);
  stop();
  await store.commit(send);
  await Promise.resolve();
  expect(calls).toBe(1);
});

// The bound is the lane's time limit: looking at every sleeping run would take more than a billion looks.
it('claiming a few runs does not look at the many that sleep', async () => {
  const { store, worker } = await settle();
  const starts = Array.from({ length: 100_000 }, (_, index) =>
    runStart({ id: `sleeper ${index}`, owner: nobody, wakeAt: startTime + index }),
  );
  await store.commit(batch({ starts }));
  let claimed = 0;
  for (let turn = 0; turn < 10_000; turn += 1) {
    const request = { worker, now: startTime + turn, runsMax: 10, definitions: ['greet'] };
    claimed += (await store.claim(request)).length;
    expect(await store.nextWake(['greet'])).toBe(startTime + turn + 1);
  }
  expect(claimed).toBe(10_000);
});
