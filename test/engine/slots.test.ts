import { expect, it } from 'vitest';
import {
  CancelScope,
  operationKey,
  type Engine,
  type RunHandle,
  type RunRecord,
  type Store,
} from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { batch, entry, request, runStart, startTime } from '../../src/testing/store-conformance/builders.ts';
import { ended, openEngine, place, startRun, step, whenRun } from './engine-scene.ts';

/** One slot of the pool `db`, which has one. */
function acquire(run: RunHandle, timeoutMs: number | null = null): Promise<string> {
  return run.acquire({
    place: place(run),
    name: 'turn',
    pool: 'db',
    slots: 1,
    priority: 0,
    limit: 1,
    timeoutMs,
  });
}

function signal(run: RunHandle, name: string): Promise<unknown> {
  return run.signal({ place: place(run), name, timeoutMs: null });
}

function sendSignal(engine: Engine, run: RunRecord, name: string): Promise<unknown> {
  return engine.send({ run: run.number, kind: 'signal', name, at: engine.clock.now(), payload: null });
}

/** Resolves once the run has a wait row of this kind. */
function waitsFor(engine: Engine, run: RunRecord, kind: string): Promise<unknown> {
  return whenRun(engine, run, async () => {
    const waits = await engine.store.listWaits({ run: run.number });
    return waits.some((wait) => wait.kind === kind);
  });
}

const holding = async (run: RunHandle): Promise<unknown> => {
  const acquired = await acquire(run);
  await signal(run, 'go');
  await run.release({ place: place(run), name: 'turn', acquired });
  return signal(run, 'end');
};

async function requests(store: Store): Promise<readonly number[]> {
  return (await store.listSlots({ pool: 'db' })).map((slot) => slot.run);
}

it('runs of two workers are never in one singleton at a time, and all get their turn', async () => {
  const store = createMemoryStore();
  let inside = 0;
  const seen: number[] = [];
  const code = async (run: RunHandle): Promise<unknown> => {
    const acquired = await acquire(run);
    await step(run, 'enter', () => seen.push((inside += 1)));
    await step(run, 'leave', () => (inside -= 1));
    await run.release({ place: place(run), name: 'turn', acquired });
    return acquired;
  };
  const one = await openEngine(store, { turn: code });
  const two = await openEngine(store.openAnother(), { turn: code });
  const runs: RunRecord[] = [];
  for (let index = 0; index < 20; index += 1) {
    runs.push(await startRun(index % 2 === 0 ? one : two, `turn:${index}`));
  }
  for (const run of runs) expect((await ended(one, run)).state).toBe('completed');
  expect(seen).toEqual(Array.from({ length: 20 }, () => 1));
  expect(await store.listPools()).toEqual([]);
});

it('a run in line says what it waits for, and goes on when the holder ends (I7)', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { holding });
  const first = await startRun(engine, 'holding:1');
  await waitsFor(engine, first, 'signal');
  const second = await startRun(engine, 'holding:2');
  await waitsFor(engine, second, 'slot');
  expect(await store.listWaits({ run: second.number })).toMatchObject([
    { kind: 'slot', name: 'turn', detail: '{"pool":"db","slots":1,"priority":0}' },
  ]);
  await engine.send({ run: first.number, kind: 'cancel', name: 'cancel', at: 0, payload: null });
  await waitsFor(engine, second, 'signal');
  expect(await requests(store)).toEqual([second.number]);
});

it('a release lets the next one in while the run goes on', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { holding });
  const first = await startRun(engine, 'holding:1');
  await waitsFor(engine, first, 'signal');
  const second = await startRun(engine, 'holding:2');
  await sendSignal(engine, first, 'go');
  await waitsFor(engine, second, 'signal');
  expect(await requests(store)).toEqual([second.number]);
  const kinds = (await store.readJournal(first.number, 0, 9)).map(({ kind }) => kind);
  expect(kinds).toEqual(['slot', 'signal', 'release']);
});

it('a run that is canceled in line leaves it', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { holding });
  const first = await startRun(engine, 'holding:1');
  await waitsFor(engine, first, 'signal');
  const second = await startRun(engine, 'holding:2');
  await waitsFor(engine, second, 'slot');
  await engine.send({ run: second.number, kind: 'cancel', name: 'cancel', at: 0, payload: null });
  expect((await ended(engine, second)).state).toBe('canceled');
  expect(await requests(store)).toEqual([first.number]);
});

it('a scope that is canceled in line takes its request with it while the run goes on', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, {
    holding,
    leaving: async (run) => {
      const cancelScope = new CancelScope(run.root, { isShielded: false });
      const inScope = { path: '/scope', cancelScope };
      const line = run.acquire({ place: inScope, name: 'turn', pool: 'db', slots: 1, priority: 0, limit: 1 });
      await signal(run, 'go');
      run.cancel(cancelScope, new RangeError('no longer wanted'));
      await line.catch(() => undefined);
      return signal(run, 'end');
    },
  });
  const first = await startRun(engine, 'holding');
  await waitsFor(engine, first, 'signal');
  const second = await startRun(engine, 'leaving');
  await waitsFor(engine, second, 'slot');
  await sendSignal(engine, second, 'go');
  await whenRun(engine, second, async () => (await requests(store)).length === 1);
  expect(await requests(store)).toEqual([first.number]);
});

it('a wait for slots that times out leaves the line and throws', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { holding, hasty: (run) => acquire(run, 1) });
  const first = await startRun(engine, 'holding');
  await waitsFor(engine, first, 'signal');
  const hasty = await ended(engine, await startRun(engine, 'hasty'));
  expect(hasty).toMatchObject({ state: 'failed', result: expect.stringContaining('TUTTI_WAIT_TIMEOUT') });
  expect(await requests(store)).toEqual([first.number]);
});

it('a run that moves to another worker keeps its slots and gives them back there', async () => {
  const store = createMemoryStore();
  const one = await openEngine(store, { holding });
  const first = await startRun(one, 'holding:1');
  await waitsFor(one, first, 'signal');
  const second = await startRun(one, 'holding:2');
  await waitsFor(one, second, 'slot');
  await one.stop();
  expect(await requests(store)).toEqual([first.number, second.number]);
  const two = await openEngine(store, { holding });
  await sendSignal(two, first, 'go');
  await waitsFor(two, second, 'signal');
  expect(await requests(store)).toEqual([second.number]);
});

it('a request whose cancellation was journaled before a crash is given back after the replay', async () => {
  const store = createMemoryStore();
  const registration = { name: 'w', now: startTime, leaseUntil: startTime + 9, definitions: ['stubborn'] };
  const worker = await store.registerWorker(registration);
  const start = runStart({ id: 'stubborn', definition: 'stubborn', owner: worker });
  const { starts } = await store.commit(batch({ worker, starts: [start] }));
  const run = starts[0]!.run;
  const key = operationKey('', 'slot', 'turn', 0);
  const cancel = entry(run.number, 0, { kind: 'cancel', name: 'cancel', outcome: 'canceled', payload: null });
  await store.commit(batch({ worker, slots: [request(run.number, key)], entries: [cancel] }));
  await store.retireWorker(worker);
  const engine = await openEngine(store, {
    stubborn: async (handle) => {
      await acquire(handle).catch(() => undefined);
      const cancelScope = new CancelScope(null, { isShielded: true });
      return handle.signal({ place: { path: '', cancelScope }, name: 'end', timeoutMs: null });
    },
  });
  await whenRun(engine, run, async () => (await store.listPools()).length === 0);
  expect((await store.getRun(run.number))?.endedAt).toBe(null);
});

it('a limit set while runs work lets more of them in', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, { holding });
  const first = await startRun(engine, 'holding:1');
  await waitsFor(engine, first, 'signal');
  const second = await startRun(engine, 'holding:2');
  await waitsFor(engine, second, 'slot');
  await engine.setPoolLimit('db', 2);
  await waitsFor(engine, second, 'signal');
  await expect(engine.setPoolLimit('db', -1)).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
});

it('a request that is no whole number of slots fails alone', async () => {
  const store = createMemoryStore();
  const engine = await openEngine(store, {
    odd: (run) =>
      run.acquire({ place: place(run), name: 'odd', pool: 'db', slots: 0.5, priority: 0, limit: 1 }),
  });
  const run = await ended(engine, await startRun(engine, 'odd'));
  expect(run.result).toContain('TUTTI_OPTION_INVALID');
});
