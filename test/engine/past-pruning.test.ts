import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { createTutti } from '../../src/app/index.ts';
import type { Definition, Store } from '../../src/engine/index.ts';
import { pipeline, pipelineDefinition } from '../../src/pipelines/index.ts';
import { cron } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { LeapingClock, ScheduleScene } from './schedule-scene.ts';

/** What pipelines keep in cells beside their runs, and that it goes when the runs go. */

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const startOf = Date.parse('2026-01-01T00:00:00Z');

/** A daily pipeline whose `load` depends on its past. */
function daily(ready: () => unknown, load: () => unknown): Definition {
  const schedule = cron('0 0 * * *', { whenBusy: 'start', from: '2026-01-01' });
  const etl = pipeline('etl', { schedule }, (p) => {
    const isReady = p.task('ready', {}, ready);
    return p.task('load', { isReady }, load, { dependsOnPast: true });
  });
  return pipelineDefinition(etl, { logger: silentLogger });
}

async function keysIn(store: Store, space: string): Promise<readonly string[]> {
  return (await store.listCells(space, { limit: 1_000 })).map(({ key }) => key);
}

describe.each(stores)('the past of deleted runs, on %s', (_, open) => {
  async function scene(code: Definition, runRetentionMs: number): Promise<ScheduleScene> {
    const world = new ScheduleScene(await open(), '2026-01-01T12:00:00Z');
    world.runRetentionMs = runRetentionMs;
    await world.work([code]);
    return world;
  }

  /** Day by day, with a look at noon so that what is too old is deleted. */
  async function passDays(world: ScheduleScene, from: number, count: number): Promise<void> {
    for (let day = from; day < from + count; day += 1) {
      for (const at of [0, hourMs, 12 * hourMs]) {
        await world.at(new Date(startOf + day * dayMs + at).toISOString());
        await world.at(new Date(startOf + day * dayMs + at + 2_000).toISOString());
      }
    }
  }

  it('is bounded by the retention, however many runs there were', async () => {
    const world = await scene(
      daily(
        () => 1,
        () => 1,
      ),
      3 * dayMs,
    );
    await passDays(world, 1, 10);
    const [ends, waiters] = [
      await keysIn(world.store, 'pipeline-past'),
      await keysIn(world.store, 'pipeline-past-waiter'),
    ];
    await passDays(world, 11, 20);
    expect((await world.runs()).every(({ state }) => state === 'completed')).toBe(true);
    expect((await world.runs()).length).toBeLessThanOrEqual(5);
    expect((await keysIn(world.store, 'pipeline-past')).length).toBe(ends.length);
    expect((await keysIn(world.store, 'pipeline-past-waiter')).length).toBe(waiters.length);
    expect(ends.length).toBeLessThanOrEqual(5);
    expect(waiters.length).toBeLessThanOrEqual(6);
  });

  it('still holds the next run when a deleted one failed', async () => {
    let isBroken = true;
    const code = daily(
      () => 1,
      () => {
        if (isBroken) throw new Error('the disk is full');
      },
    );
    const world = await scene(code, hourMs);
    await passDays(world, 1, 1);
    isBroken = false;
    const first = 'etl@2026-01-01T00:00:00Z';
    expect(await world.store.findRun(first)).toBeNull();
    await passDays(world, 2, 1);
    const run = await world.store.findRun('etl@2026-01-02T00:00:00Z');
    expect(run?.state).toBe('waiting');
    expect(
      (await world.store.listWaits({ run: run?.number ?? 0, limit: 10 })).map(({ name }) => name),
    ).toEqual([`load of ${first}`]);
    // It waits for that end as long as it is there, so neither may go.
    await passDays(world, 3, 3);
    expect(await keysIn(world.store, 'pipeline-past')).toContain(`${first}|load`);
  });

  it('lets the next run pass when a deleted one succeeded', async () => {
    const world = await scene(
      daily(
        () => 1,
        () => 1,
      ),
      hourMs,
    );
    await passDays(world, 1, 4);
    expect(await world.store.findRun('etl@2026-01-01T00:00:00Z')).toBeNull();
    expect((await world.store.findRun('etl@2026-01-04T00:00:00Z'))?.state ?? 'completed').toBe('completed');
    expect(await keysIn(world.store, 'pipeline-past')).toEqual([]);
  });

  it('of failures upon failures is that of the newest', async () => {
    const code = daily(
      () => {
        throw new Error('nothing was delivered');
      },
      () => 1,
    );
    const world = await scene(code, hourMs);
    await passDays(world, 1, 12);
    expect(await keysIn(world.store, 'pipeline-past')).toEqual(['etl@2026-01-12T00:00:00Z|load']);
    expect(await keysIn(world.store, 'pipeline-past-waiter')).toEqual([]);
  });

  it('that another process left behind is found when one begins to work', async () => {
    const code = daily(
      () => 1,
      () => 1,
    );
    const world = await scene(code, 100 * dayMs);
    await passDays(world, 1, 5);
    expect(await keysIn(world.store, 'pipeline-past')).toHaveLength(5);
    for (const worker of [...world.workers]) await worker.stop();
    await world.store.prune({ endedBefore: world.clock.now() - hourMs, runsMax: 100 });
    await world.work([code]);
    await world.settled();
    expect(await keysIn(world.store, 'pipeline-past')).toEqual([]);
    expect(await keysIn(world.store, 'pipeline-past-waiter')).toEqual([]);
  });
});

it('cached results go when they have expired, and no earlier', async () => {
  const store = createMemoryStore();
  const clock = new LeapingClock('2026-01-01T00:00:00Z');
  const cached = pipeline('cached', {}, (p) => {
    const short = p.task('short', {}, () => 1, { cache: { key: () => 'k', expires: '1h' } });
    const long = p.task('long', {}, () => 1, { cache: { key: () => 'k' } });
    return p.task('both', { short, long }, () => 1);
  });
  const tutti = await createTutti({ store, clock, definitions: [cached] });
  await tutti.start();
  await tutti.client.waitForRun((await tutti.client.startRun('cached', null)).id);
  expect(await keysIn(store, 'pipeline-cache')).toHaveLength(2);
  clock.leapTo(startOf + 59 * 60_000);
  await tutti.engine.settled();
  expect(await keysIn(store, 'pipeline-cache')).toHaveLength(2);
  clock.leapTo(startOf + 3 * hourMs);
  await tutti.stop();
  expect(await keysIn(store, 'pipeline-cache')).toEqual([expect.stringContaining('cached/long/')]);
});
