import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { ended, openEngine, place, startRun } from './engine-scene.ts';

it('a run whose time has come already is not written to rest', async () => {
  const store = createMemoryStore();
  const states: string[] = [];
  const commit = store.commit.bind(store);
  store.commit = (batch) => {
    for (const change of batch.runs) states.push(change.state);
    return commit(batch);
  };
  const engine = await openEngine(store, {
    late: async (run) => {
      await run.timer({ place: place(run), name: 'past', until: engine.clock.now() - 1 });
      await run.timer({ place: place(run), name: 'soon', until: engine.clock.now() + 20 });
      return 'awake';
    },
  });
  const { state } = await ended(engine, await startRun(engine, 'late'));
  expect(state).toBe('completed');
  expect(states).toEqual(['waiting', 'running', 'completed']);
});

it('a caller finds the open run of an id here, and no run once it has ended', async () => {
  const store = createMemoryStore();
  const { promise, resolve } = Promise.withResolvers<void>();
  const engine = await openEngine(store, { held: () => promise });
  const run = await startRun(engine, 'held');
  expect(engine.findHere('held')?.number).toBe(run.number);
  resolve();
  await ended(engine, run);
  await engine.settled();
  expect(engine.findHere('held')).toBeUndefined();
});
