import { describe, expect, it } from 'vitest';
import { encodeValue } from '../../src/base/codec.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { asset as declare } from '../../src/app/index.ts';
import type { Definition, Partitioning, Store } from '../../src/engine/index.ts';
import { isMadeAsset, pipelineDefinition } from '../../src/pipelines/index.ts';
import { cron, partitions, showAsset } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { ScheduleScene, scheduled, waiting, type Worker } from './schedule-scene.ts';

/** Backfills over partitions by name, and over those that are missing. */

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const names = partitions.list(['eu', 'us', 'asia']);

/** An asset that refuses to be made for a key while that key is among `broken`. */
function made(
  name: string,
  how: { readonly partitions: Partitioning; readonly deps?: never; readonly broken?: Set<string> },
): Definition {
  const asset = declare(name, { partitions: how.partitions }, ({ partition }) => {
    if (how.broken?.has(partition) === true) throw new Error(`${partition} is broken`);
    return partition;
  });
  return definitionOf(asset);
}

function definitionOf(asset: unknown): Definition {
  if (!isMadeAsset(asset)) throw new TypeError('expected an asset with a handler');
  return pipelineDefinition(asset.pipeline, { logger: silentLogger });
}

async function madeKeys(worker: Worker, name: string): Promise<readonly unknown[]> {
  return (await showAsset(worker.engine, name)).updates.map(({ partition }) => partition);
}

describe.each(stores)('a backfill over partitions, on %s', (_, open) => {
  const scene = async (): Promise<ScheduleScene> => new ScheduleScene(await open(), '2026-01-20T12:00:00Z');

  it('makes the listed ones that are named, in that order, and skips what is made', async () => {
    const world = await scene();
    const worker = await world.work([made('regions', { partitions: names })]);
    const { scheduler } = worker;
    const first = await scheduler.createBackfill('regions', { partitions: ['us'] });
    await world.settled();
    const second = await scheduler.createBackfill('regions', { partitions: ['us', 'asia', 'eu'] });
    expect(second).toMatchObject({ from: null, to: null, planned: 2, skipped: 1 });
    await world.settled();
    expect(await world.runIds()).toEqual(['regions@us', 'regions@asia', 'regions@eu']);
    expect(await madeKeys(worker, 'regions')).toEqual(['asia', 'eu', 'us']);
    expect((await scheduler.showBackfill(first.id)).ended.completed).toBe(1);
    expect(await scheduler.backfillDates(second.id, { from: 0, limit: 9 })).toMatchObject([
      { partition: 'us', logicalAt: null, interval: null, skipped: 'already exists' },
      { partition: 'asia', skipped: null },
      { partition: 'eu', skipped: null },
    ]);
  });

  it('tells its runs which partition they make', async () => {
    const world = await scene();
    const seen: unknown[] = [];
    const regions = declare('regions', { partitions: names });
    const code = {
      ...scheduled('load', [], async (run) => seen.push(run.trigger)),
      assets: { produces: [regions], consumes: [], when: null, partitionOf: null },
    };
    const worker = await world.work([code]);
    await worker.scheduler.createBackfill('load', { missing: true });
    await world.settled();
    expect(seen).toMatchObject(
      ['eu', 'us', 'asia'].map((partition) => ({ by: 'backfill', partition, interval: null })),
    );
    expect(await madeKeys(worker, 'regions')).toEqual(['asia', 'eu', 'us']);
  });

  it('makes what is missing, which is also what failed', async () => {
    const world = await scene();
    const broken = new Set(['eu', 'us']);
    const worker = await world.work([made('regions', { partitions: names, broken })]);
    const { scheduler } = worker;
    await scheduler.createBackfill('regions', { missing: true });
    await world.settled();
    expect(await madeKeys(worker, 'regions')).toEqual(['asia']);
    broken.clear();
    await scheduler.createBackfill('regions', { missing: true });
    await world.settled();
    expect(await madeKeys(worker, 'regions')).toEqual(['asia', 'eu', 'us']);
    await expect(scheduler.createBackfill('regions', { missing: true })).rejects.toThrow(
      'nothing is missing',
    );
  });

  it('makes any key that is named, and those that its dependencies have', async () => {
    const world = await scene();
    const any = partitions.dynamic();
    const raw = declare('raw', { partitions: any }, ({ partition }) => partition);
    const clean = declare('clean', { deps: { raw }, partitions: any }, ({ raw: value }) => `clean ${value}`);
    const worker = await world.work([definitionOf(raw), definitionOf(clean)]);
    const { scheduler } = worker;
    await expect(scheduler.createBackfill('raw', { missing: true })).rejects.toThrow(
      'nothing says which partitions there are to be',
    );
    await scheduler.createBackfill('raw', { partitions: ['b', 'a'], concurrency: 2 });
    await world.settled();
    await scheduler.createBackfill('clean', { missing: true });
    await world.settled();
    expect(await madeKeys(worker, 'clean')).toEqual(['a', 'b']);
  });

  it('knows days by name, and which days are over and missing', async () => {
    const world = await scene();
    const worker = await world.work([made('days', { partitions: partitions.daily('2026-01-17') })]);
    const { scheduler } = worker;
    const named = await scheduler.planBackfill('days', { partitions: ['2026-01-18', '2026-01-20'] });
    expect(named).toMatchObject([
      { run: 'days@2026-01-18T00:00:00Z', partition: '2026-01-18', plan: 'start' },
      { partition: '2026-01-20', plan: 'not over yet' },
    ]);
    await scheduler.createBackfill('days', { partitions: ['2026-01-18'] });
    await world.settled();
    const missing = await scheduler.planBackfill('days', { missing: true, reverse: true });
    expect(missing.map(({ partition }) => partition)).toEqual(['2026-01-19', '2026-01-17']);
  });

  it('says the time of a run alone where it has one, so that assets cut otherwise are made, too', async () => {
    const world = await scene();
    const days = declare('days', { partitions: partitions.daily('2026-01-01') });
    const weeks = declare('weeks', { partitions: partitions.weekly('2026-01-05') });
    const code = {
      ...scheduled('load', []),
      assets: { produces: [days, weeks], consumes: [], when: null, partitionOf: null },
    };
    const worker = await world.work([code]);
    await worker.scheduler.createBackfill('load', { partitions: ['2026-01-07'] });
    await world.settled();
    expect(await madeKeys(worker, 'days')).toEqual(['2026-01-07']);
    expect(await madeKeys(worker, 'weeks')).toEqual(['2026-01-05']);
  });

  it('reads the dates that an earlier version stored without a partition', async () => {
    const world = await scene();
    const worker = await world.work([scheduled('etl', [cron('0 0 * * *')])]);
    const { engine, scheduler } = worker;
    const { id } = await scheduler.createBackfill('etl', {
      from: Date.parse('2026-01-03'),
      to: Date.parse('2026-01-04'),
    });
    await world.settled();
    const [found] = await scheduler.backfillDates(id, { from: 0, limit: 1 });
    const { partition, ...old } = found ?? { partition: 'none' };
    expect(partition).toBeNull();
    const cell = {
      space: 'backfill-dates',
      key: `${id}/000000`,
      value: engine.payloads.always(encodeValue(old, 'a date')),
    };
    await engine.change({ when: [], cells: [cell], starts: [], sends: [] });
    expect(await scheduler.backfillDates(id, { from: 0, limit: 1 })).toEqual([found]);
  });

  it('is refused where it makes no sense', async () => {
    const world = await scene();
    const { scheduler } = await world.work([
      made('regions', { partitions: names }),
      waiting('etl', [cron('0 0 * * *')]),
    ]);
    const day = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-04') };
    const create = (request: object, schedule = 'regions'): Promise<unknown> =>
      scheduler.createBackfill(schedule, request);
    await expect(create({ partitions: ['eu', 'mars'] })).rejects.toMatchObject({
      code: 'TUTTI_BACKFILL_INVALID',
      message: expect.stringContaining("'mars' is no partition of asset 'regions', which has eu, us, asia"),
    });
    await expect(create({ partitions: ['eu', 'eu'] })).rejects.toThrow('it names a partition twice');
    await expect(create({ partitions: [] })).rejects.toThrow('it names no partition');
    await expect(create(day)).rejects.toThrow("the partitions of asset 'regions' are not by time; name them");
    await expect(create({})).rejects.toThrow('expected either a range');
    await expect(create({ ...day, missing: true })).rejects.toThrow('expected either a range');
    await expect(create({ partitions: ['eu'] }, 'etl')).rejects.toThrow(
      'it is filled by the dates of its schedule',
    );
  });
});
