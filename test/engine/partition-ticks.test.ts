import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { asset as declare } from '../../src/app/index.ts';
import {
  decodeRunInput,
  type Asset,
  type AssetCondition,
  type Definition,
  type Store,
} from '../../src/engine/index.ts';
import { isMadeAsset, pipelineDefinition } from '../../src/pipelines/index.ts';
import { all, any, assetRules, cron, partitions, showAsset, updated } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { definition } from './engine-scene.ts';
import { runByHand, ScheduleScene } from './schedule-scene.ts';

/** Which partitions are made by a tick, and by an update that names none. */

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const daily = partitions.daily('2026-01-01');
const raw = declare('raw', { partitions: daily });
const atSix = cron('0 6 * * *');

/** Makes partitions of an asset: the run's id ends with the key. */
function loads(name: string, ...produces: readonly Asset[]): Definition {
  return {
    ...definition(name, async (run) => run.record.id.split(':').at(-1)),
    assets: { produces, consumes: [], when: null, partitionOf: ({ output }) => String(output) },
  };
}

function made(asset: unknown): Definition {
  if (!isMadeAsset(asset)) throw new TypeError('expected an asset with a handler');
  return pipelineDefinition(asset.pipeline, { logger: silentLogger });
}

function clean(when: AssetCondition<'raw'>): Definition {
  return made(declare('clean', { deps: { raw }, partitions: daily, when }, ({ partition }) => partition));
}

/** Partitions for which runs of a definition were started, in that order. */
async function startedFor(world: ScheduleScene, name: string): Promise<readonly unknown[]> {
  const runs = (await world.runs()).filter((run) => run.definition === name);
  return runs.map(({ input }) => decodeRunInput(String(input)).trigger?.partition ?? null);
}

describe.each(stores)('a tick beside partitions, on %s', (_, open) => {
  const scene = async (): Promise<ScheduleScene> => new ScheduleScene(await open(), '2026-01-20T12:00:00Z');

  it('makes the newest partition that is complete and has what it is made from', async () => {
    const world = await scene();
    const worker = await world.work([loads('load', raw), clean(any(updated('raw'), atSix))]);
    await runByHand(world, worker, 'load', 'load:2026-01-18');
    // The day is not over at six, so that its partition is not complete.
    await runByHand(world, worker, 'load', 'load:2026-01-21');
    expect(await startedFor(world, 'clean')).toEqual(['2026-01-18', '2026-01-21']);
    await world.at('2026-01-21T06:00:00Z');
    expect((await startedFor(world, 'clean')).slice(2)).toEqual(['2026-01-18']);
    await runByHand(world, worker, 'load', 'load:2026-01-20');
    await world.at('2026-01-22T06:00:00Z');
    expect((await startedFor(world, 'clean')).slice(3)).toEqual(['2026-01-20', '2026-01-21']);
    const [newest] = await world.store.listRuns({ definition: 'clean' });
    expect([newest?.id, newest?.state]).toEqual(['clean@2026-01-21.2026-01-22T06:00:00Z', 'completed']);
  });

  it('makes nothing as long as there is nothing to make it from', async () => {
    const world = await scene();
    const worker = await world.work([loads('load', raw), clean(any(updated('raw'), atSix))]);
    await world.at('2026-01-21T06:00:00Z');
    expect(await startedFor(world, 'clean')).toEqual([]);
    await runByHand(world, worker, 'load', 'load:2026-01-20');
    await world.at('2026-01-22T06:00:00Z');
    expect(await startedFor(world, 'clean')).toEqual(['2026-01-20', '2026-01-20']);
  });

  it('that must come together with an update makes every partition with one, once', async () => {
    const world = await scene();
    const worker = await world.work([loads('load', raw), clean(all(updated('raw'), atSix))]);
    for (const day of ['03', '05', '20']) await runByHand(world, worker, 'load', `load:2026-01-${day}`);
    expect(await startedFor(world, 'clean')).toEqual([]);
    await world.at('2026-01-21T06:00:00Z');
    expect(new Set(await startedFor(world, 'clean'))).toEqual(
      new Set(['2026-01-03', '2026-01-05', '2026-01-20']),
    );
    await world.at('2026-01-22T06:00:00Z');
    expect(await startedFor(world, 'clean')).toHaveLength(3);
  });

  it('that passed while nobody worked is made up for, once', async () => {
    const world = await scene();
    const code = [loads('load', raw), clean(all(updated('raw'), atSix))];
    const first = await world.work(code);
    await runByHand(world, first, 'load', 'load:2026-01-19');
    await first.stop();
    world.clock.leapTo(Date.parse('2026-01-23T12:00:00Z'));
    await world.work(code);
    await world.work(code);
    await world.settled();
    expect(await startedFor(world, 'clean')).toEqual(['2026-01-19']);
  });

  it('starts one run, whoever of several workers looks first', async () => {
    const world = await scene();
    const code = [loads('load', raw), clean(any(updated('raw'), atSix))];
    const worker = await world.work(code);
    await world.work(code);
    await runByHand(world, worker, 'load', 'load:2026-01-20');
    await world.at('2026-01-21T06:00:00Z');
    expect(await startedFor(world, 'clean')).toEqual(['2026-01-20', '2026-01-20']);
  });

  it('finds what others leave at its target, without anybody saying so', async () => {
    const world = await scene();
    const there = new Set(['2026-01-17']);
    const drop = declare('drop', {
      partitions: daily,
      target: (key) => ({ name: `drop ${key}`, exists: () => there.has(key ?? ''), read: () => key }),
    });
    const take = made(
      declare('take', { deps: { drop }, partitions: daily, when: atSix }, (given) => given.drop),
    );
    await world.work([take]);
    await world.at('2026-01-21T06:00:00Z');
    there.add('2026-01-20');
    await world.at('2026-01-22T06:00:00Z');
    expect(await startedFor(world, 'take')).toEqual(['2026-01-17', '2026-01-20']);
    const states = (await world.runs()).map(({ state }) => state);
    expect(states).toEqual(['completed', 'completed']);
  });

  it('and an update of something whole mean the same partition', async () => {
    const world = await scene();
    const rules = declare('rules');
    const apply = made(
      declare(
        'apply',
        { deps: { raw, rules }, partitions: daily, when: updated('rules') },
        ({ partition }) => partition,
      ),
    );
    const worker = await world.work([loads('load', raw), loads('legislate', rules), apply]);
    await runByHand(world, worker, 'load', 'load:2026-01-15');
    await runByHand(world, worker, 'load', 'load:2026-01-16');
    await runByHand(world, worker, 'legislate');
    expect(await startedFor(world, 'apply')).toEqual(['2026-01-16']);
  });

  it('counts for a definition that is no asset, too', async () => {
    const world = await scene();
    const report: Definition = {
      ...definition('report', async (run) => run.trigger?.partition),
      assets: { produces: [], consumes: [], when: any(raw, atSix), partitionOf: null },
    };
    const worker = await world.work([loads('load', raw), report]);
    await runByHand(world, worker, 'load', 'load:2026-01-19');
    await world.at('2026-01-21T06:00:00Z');
    expect(await startedFor(world, 'report')).toEqual(['2026-01-19', '2026-01-19']);
  });
});

describe.each(stores)('a backfill of an asset without schedule, on %s', (_, open) => {
  const dates = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-07') };

  it('makes the partitions of its range that were not made', async () => {
    const world = new ScheduleScene(await open(), '2026-01-20T12:00:00Z');
    const worker = await world.work([loads('load', raw), clean(updated('raw'))]);
    await runByHand(world, worker, 'load', 'load:2026-01-04');
    await runByHand(world, worker, 'load', 'load:2026-01-06');
    const { scheduler } = worker;
    const planned = async (reprocess?: 'completed'): Promise<readonly string[]> =>
      (
        await scheduler.planBackfill('clean', { ...dates, ...(reprocess === undefined ? {} : { reprocess }) })
      ).map(({ plan }) => plan);
    expect(await planned()).toEqual(['start', 'already exists', 'start', 'already exists']);
    expect(await planned('completed')).toEqual(['start', 'start', 'start', 'start']);
    const { id } = await scheduler.createBackfill('clean', {
      ...dates,
      reprocess: 'completed',
      concurrency: 4,
    });
    await world.settled();
    // Two of the days were never loaded.
    expect((await scheduler.showBackfill(id)).ended).toEqual({ completed: 2, failed: 2, canceled: 0 });
    const updates = (await showAsset(worker.engine, 'clean')).updates;
    expect(updates.map(({ partition, run }) => [partition, run])).toEqual([
      ['2026-01-04', 'clean@2026-01-04T00:00:00Z'],
      ['2026-01-06', 'clean@2026-01-06T00:00:00Z'],
    ]);
    expect(await scheduler.list()).toEqual([]);
  });

  it('over a range is refused for what has no partitions by time', async () => {
    const world = new ScheduleScene(await open(), '2026-01-20T12:00:00Z');
    const regions = declare('regions', { partitions: partitions.list(['eu']) }, ({ partition }) => partition);
    const { scheduler } = await world.work([made(regions), clean(updated('raw'))]);
    await expect(scheduler.planBackfill('regions', dates)).rejects.toMatchObject({
      code: 'TUTTI_BACKFILL_INVALID',
    });
    await expect(scheduler.planBackfill('cleen', dates)).rejects.toThrow("did you mean 'clean'?");
  });
});

describe('partitions as a timetable', () => {
  it.each(['Europe/Zurich', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Amman', 'America/Havana'])(
    'give the boundaries of every day of %s, in both directions',
    (zone) => {
      const days = partitions.daily('2021-01-01', zone);
      const { timetable } = days;
      if (timetable === null) throw new TypeError('days are by time');
      let tick = timetable.next(Date.parse('2020-06-01')) ?? 0;
      expect(days.keyAt(tick)).toBe('2021-01-01');
      expect(timetable.previous(tick)).toBeNull();
      for (let day = 0; day < 800; day += 1) {
        const key = days.keyAt(tick) ?? '';
        const next = timetable.next(tick) ?? 0;
        expect(days.intervalOf(key)).toEqual({ start: tick, end: next });
        expect([timetable.previous(next), timetable.next(next - 1)]).toEqual([tick, next]);
        tick = next;
      }
    },
  );
});

describe('a tick beside partitions that are not by time', () => {
  const regions = declare('regions', { partitions: partitions.list(['eu', 'us']) });
  const report = (when: AssetCondition): Definition => ({
    ...definition('report', async () => null),
    assets: { produces: [], consumes: [], when, partitionOf: null },
  });

  it('is refused, unless it must come together with an update', () => {
    expect(() => assetRules([report(any(regions, atSix))])).toThrow('none is the newest');
    expect(() => assetRules([report(all(regions, atSix))])).not.toThrow();
  });
});
