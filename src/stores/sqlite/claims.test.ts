import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { batch, registerWorker, sleep, start, startTime } from '../../../test/stores/records.ts';
import { openStore } from '../../../test/stores/sqlite-scene.ts';
import { nobody, type RunStart, type Store, type WorkerNumber } from '../../engine/index.ts';

const child = fileURLToPath(new URL('../../../test/stores/claiming-process.ts', import.meta.url));
const leaseUntil = startTime + 1_000_000;

async function startMany(store: Store, count: number, parts: Partial<RunStart> = {}): Promise<void> {
  const starts = Array.from({ length: count }, (_, index) => start(`run-${index}`, parts));
  await store.commit(batch({ worker: parts.owner ?? null, starts }));
}

async function claim(store: Store, worker: WorkerNumber, runsMax: number): Promise<readonly number[]> {
  const claimed = await store.claim({ worker, now: startTime, runsMax, definitions: ['greet'] });
  return claimed.map(({ run }) => run.number);
}

function numbersTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

describe('claims', () => {
  it('of two connections never give one run twice', async () => {
    const one = await openStore();
    const two = await openStore({ file: one.file });
    await startMany(one, 100);
    const workers = [await registerWorker(one), await registerWorker(two)] as const;
    const claimed: number[] = [];
    for (let round = 0; round < 10; round++) {
      claimed.push(...(await claim(one, workers[0], 7)), ...(await claim(two, workers[1], 5)));
    }
    expect(claimed).toEqual(numbersTo(100));
  });

  it('of two processes never give one run twice', async () => {
    const store = await openStore();
    await startMany(store, 1000);
    const processes = [1, 2].map(() =>
      spawn(process.execPath, [child, store.file], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    const outputs = await Promise.all(processes.map(({ stdout }) => text(stdout)));
    const claimed = outputs.flatMap((output) => JSON.parse(output) as number[]);
    expect(claimed.toSorted((a, b) => a - b)).toEqual(numbersTo(1000));
  });

  it('take what a dead worker left in batches, and nothing a living one has', async () => {
    const store = await openStore();
    const dead = await registerWorker(store);
    await startMany(store, 3000, { owner: dead });
    const living = await registerWorker(store, leaseUntil);
    expect(await claim(store, living, 500)).toEqual([]);
    expect(await store.declareDead(startTime + 20_000)).toEqual([dead]);
    const claimed: number[] = [];
    for (let round = 0; round < 6; round++) claimed.push(...(await claim(store, living, 500)));
    expect(claimed.toSorted((a, b) => a - b)).toEqual(numbersTo(3000));
    expect(await claim(store, living, 500)).toEqual([]);
  });

  it('find a run that fell asleep with a worker that is long gone, once a message wakes it', async () => {
    const store = await openStore();
    const gone = await registerWorker(store);
    await startMany(store, 1, { owner: gone });
    await store.commit(batch({ worker: gone, runs: [sleep(1, { owner: gone })] }));
    await store.retireWorker(gone);
    const living = await registerWorker(store, leaseUntil);
    expect(await claim(store, living, 10)).toEqual([]);
    expect(await claim(store, living, 10)).toEqual([]);
    await store.commit(
      batch({ sends: [{ run: 1, kind: 'signal', name: 'go', at: startTime, payload: null }] }),
    );
    expect(await claim(store, living, 10)).toEqual([1]);
  });

  it('find a sleeping run of a gone worker at its own time, also when other claims came before', async () => {
    const store = await openStore();
    const gone = await registerWorker(store);
    await startMany(store, 1, { owner: gone });
    await store.commit(batch({ worker: gone, runs: [sleep(1, { owner: gone, wakeAt: startTime + 50 })] }));
    await store.retireWorker(gone);
    const living = await registerWorker(store, leaseUntil);
    expect(await claim(store, living, 10)).toEqual([]);
    expect(await store.nextWake(['greet'])).toBe(startTime + 50);
    const due = { worker: living, now: startTime + 50, runsMax: 10, definitions: ['greet', 'greet'] };
    expect((await store.claim(due)).map(({ run }) => run.owner)).toEqual([living]);
  });

  it('of a run resumed from a pause whose owner is gone succeed', async () => {
    const store = await openStore();
    const gone = await registerWorker(store);
    await startMany(store, 1, { owner: gone });
    await store.commit(batch({ worker: gone, runs: [sleep(1, { owner: gone, state: 'paused' })] }));
    await store.retireWorker(gone);
    const living = await registerWorker(store, leaseUntil);
    expect(await claim(store, living, 10)).toEqual([]);
    await store.commit(
      batch({ sends: [{ run: 1, kind: 'resume', name: '', at: startTime, payload: null }] }),
    );
    expect((await store.getRun(1))?.owner).toBe(nobody);
    expect(await claim(store, living, 10)).toEqual([1]);
  });

  it('are refused to a worker that is not alive', async () => {
    const store = await openStore();
    const worker = await registerWorker(store);
    await store.retireWorker(worker);
    await expect(claim(store, worker, 1)).rejects.toMatchObject({ code: 'TUTTI_OWNER_LOST' });
  });
});
