import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../src/base/tutti-error.ts';
import type { Store } from '../../src/engine/index.ts';
import { cron, every } from '../../src/schedules/index.ts';
import { planDate } from '../../src/schedules/backfill-record.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { place, step } from './engine-scene.ts';
import { letFinish, scheduled, ScheduleScene, waiting, type Worker } from './schedule-scene.ts';

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const daily = cron('0 0 * * *', { family: 'interval', whenBusy: 'start', from: '2026-02-01' });
const week = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-10') };
const start = '2026-01-20T12:00:00Z';

function day(id: string): string {
  return id.slice(4, 14);
}

describe('the table of reprocessing', () => {
  it.each([
    [null, 'start', 'start', 'start'],
    ['completed', 'already exists', 'already exists', 'restart'],
    ['failed', 'already exists', 'restart', 'restart'],
    ['canceled', 'already exists', 'restart', 'restart'],
    ['pending', 'in flight', 'in flight', 'in flight'],
    ['running', 'in flight', 'in flight', 'in flight'],
    ['waiting', 'in flight', 'in flight', 'in flight'],
    ['paused', 'in flight', 'in flight', 'in flight'],
  ] as const)('for a date whose run is %s', (state, none, failed, completed) => {
    expect(planDate(state, 'none')).toBe(none);
    expect(planDate(state, 'failed')).toBe(failed);
    expect(planDate(state, 'completed')).toBe(completed);
  });
});

/** A success on the 5th, a failure on the 6th, a run under way on the 7th. */
async function withHistory(world: ScheduleScene): Promise<Worker> {
  const code = scheduled('etl', [daily], async (run, input) => {
    if (input === 'fail') throw new Error('broken');
    if (input === 'wait') return run.signal({ place: place(run), name: 'go', timeoutMs: null });
    return step(run, 'work', () => 1);
  });
  const worker = await world.work([code]);
  for (const [date, input] of [
    ['05', 'fine'],
    ['06', 'fail'],
    ['07', 'wait'],
  ]) {
    await worker.scheduler.trigger('etl', { id: `etl@2026-01-${date}T00:00:00Z`, input });
  }
  await world.settled();
  return worker;
}

describe.each(stores)('backfills on %s', (_, open) => {
  const scene = async (): Promise<ScheduleScene> => new ScheduleScene(await open(), start);

  it.each([
    ['none', ['03', '04', '08', '09']],
    ['failed', ['03', '04', '06', '08', '09']],
    ['completed', ['03', '04', '05', '06', '08', '09']],
  ] as const)(
    'make the runs that reprocess "%s" asks for, and keep why the others were skipped',
    async (reprocess, days) => {
      const world = await scene();
      const worker = await withHistory(world);
      const { id, planned } = await worker.scheduler.createBackfill('etl', {
        ...week,
        reprocess,
        concurrency: 9,
      });
      await world.settled();
      const dates = await worker.scheduler.backfillDates(id, { from: 0, limit: 100 });
      expect(planned).toBe(days.length);
      expect(dates).toHaveLength(7);
      expect(dates.filter(({ skipped }) => skipped === null).map(({ run }) => day(run).slice(8))).toEqual(
        days,
      );
      expect(dates[4]?.skipped).toBe('in flight');
      if (reprocess === 'none') expect(dates[2]?.skipped).toBe('already exists');
      const record = await worker.scheduler.showBackfill(id);
      expect(record).toMatchObject({
        state: 'completed',
        ended: { completed: days.length, failed: 0, canceled: 0 },
      });
      expect((await world.store.findRun('etl@2026-01-07T00:00:00Z'))?.generation).toBe(1);
      expect((await world.store.findRun('etl@2026-01-06T00:00:00Z'))?.generation).toBe(
        reprocess === 'none' ? 1 : 2,
      );
    },
  );

  it('create every run up front in order, and let go as many as they may', async () => {
    const world = await scene();
    const worker = await world.work([waiting('etl', [daily])]);
    const { id } = await worker.scheduler.createBackfill('etl', { ...week, concurrency: 2, reverse: true });
    await world.settled();
    const states = (await world.runs()).map((run) => `${day(run.id).slice(8)} ${run.state}`);
    expect(states).toEqual([
      '09 waiting',
      '08 waiting',
      '07 pending',
      '06 pending',
      '05 pending',
      '04 pending',
      '03 pending',
    ]);
    await letFinish(worker, 'etl@2026-01-08T00:00:00Z');
    await world.settled();
    expect((await world.store.findRun('etl@2026-01-07T00:00:00Z'))?.state).toBe('waiting');
    expect(await worker.scheduler.showBackfill(id)).toMatchObject({
      state: 'running',
      next: 3,
      ended: { completed: 1 },
    });
  });

  it('do not move the schedule', async () => {
    const world = await scene();
    const worker = await world.work([scheduled('etl', [daily])]);
    const before = await worker.scheduler.next('etl', 3);
    await worker.scheduler.createBackfill('etl', { ...week, concurrency: 9 });
    await world.settled();
    expect(await worker.scheduler.next('etl', 3)).toEqual(before);
    expect(await world.runIds()).toHaveLength(7);
  });

  it('list their dates without creating anything', async () => {
    const world = await scene();
    const worker = await withHistory(world);
    const plan = await worker.scheduler.planBackfill('etl', { ...week, reverse: true });
    expect(plan.map(({ run, plan: what }) => `${day(run).slice(8)} ${what}`)).toEqual([
      '09 start',
      '08 start',
      '07 in flight',
      '06 already exists',
      '05 already exists',
      '04 start',
      '03 start',
    ]);
    expect(await worker.scheduler.listBackfills()).toEqual([]);
    expect(await world.runIds()).toHaveLength(3);
  });

  it('are refused an input that their definition does not take, also when they are only planned', async () => {
    const world = await scene();
    const acceptInput = async (): Promise<never> => {
      throw new TuttiError('TUTTI_INPUT_INVALID', 'expected a number');
    };
    const { scheduler } = await world.work([{ ...waiting('etl', [daily]), acceptInput }]);
    const request = { ...week, input: 'no number' };
    await expect(scheduler.planBackfill('etl', request)).rejects.toMatchObject({
      code: 'TUTTI_INPUT_INVALID',
    });
    await expect(scheduler.createBackfill('etl', request)).rejects.toMatchObject({
      code: 'TUTTI_INPUT_INVALID',
    });
    expect(await world.store.findRun('etl@2026-01-03T00:00:00Z')).toBeNull();
  });

  it('pause, and go on when resumed, also by another worker', async () => {
    const world = await scene();
    const code = waiting('etl', [daily]);
    const first = await world.work([code]);
    const { id } = await first.scheduler.createBackfill('etl', week);
    await world.settled();
    await first.scheduler.pauseBackfill(id, 'the source is down');
    await letFinish(first, 'etl@2026-01-03T00:00:00Z');
    await world.settled();
    expect(await first.scheduler.showBackfill(id)).toMatchObject({ state: 'paused', open: [], next: 1 });
    await first.stop();
    const second = await world.work([code]);
    await second.scheduler.resumeBackfill(id);
    await world.settled();
    expect(await second.scheduler.showBackfill(id)).toMatchObject({ state: 'running', next: 2 });
    await expect(second.scheduler.resumeBackfill(id)).rejects.toThrow('expected paused');
  });

  it('cancel what was not let go without running it, and leave the rest alone', async () => {
    const world = await scene();
    let steps = 0;
    const code = scheduled('etl', [daily], async (run) => {
      await step(run, 'count', () => (steps += 1));
      return run.signal({ place: place(run), name: 'go', timeoutMs: null });
    });
    const worker = await world.work([code]);
    const { id } = await worker.scheduler.createBackfill('etl', week);
    await world.settled();
    await worker.scheduler.cancelBackfill(id, 'wrong range');
    await world.settled();
    const states = (await world.runs()).map(({ state }) => state);
    expect(states).toEqual(['waiting', ...Array.from({ length: 6 }, () => 'canceled')]);
    expect(steps).toBe(1);
    await worker.scheduler.createBackfill('etl', { ...week, reprocess: 'failed' });
  });

  it('give each run the timeout of its definition, from when it is let go', async () => {
    const world = await scene();
    const code = { ...waiting('etl', [daily]), timeoutMs: 3_600_000 };
    const worker = await world.work([code]);
    const { id } = await worker.scheduler.createBackfill('etl', { ...week, to: Date.parse('2026-01-05') });
    await world.settled();
    const states = async (): Promise<readonly string[]> => (await world.runs()).map(({ state }) => state);
    await world.at('2026-01-20T12:59:00Z');
    expect(await states()).toEqual(['waiting', 'pending']);
    await world.at('2026-01-20T13:00:00Z');
    expect(await states()).toEqual(['failed', 'waiting']);
    await worker.stop();
    await world.work([code]);
    await world.at('2026-01-20T13:59:00Z');
    expect(await states()).toEqual(['failed', 'waiting']);
    await world.at('2026-01-20T14:01:00Z');
    expect(await states()).toEqual(['failed', 'failed']);
    const record = await world.workers[0]?.scheduler.showBackfill(id);
    expect(record?.ended).toEqual({ completed: 0, failed: 2, canceled: 0 });
  });

  it('are deleted with all their dates once they ended as long ago as runs are kept', async () => {
    const world = await scene();
    world.retentionMs = 7 * 86_400_000;
    const worker = await world.work([scheduled('etl', [daily])]);
    const old = await worker.scheduler.createBackfill('etl', week);
    await world.settled();
    await world.at('2026-01-24T00:00:00Z');
    const young = await worker.scheduler.createBackfill('etl', { ...week, reprocess: 'completed' });
    await world.settled();
    const ids = async (): Promise<readonly string[]> =>
      (await worker.scheduler.listBackfills()).map(({ id }) => id);
    expect(await ids()).toEqual([young.id, old.id]);
    await world.at('2026-01-28T00:00:00Z');
    await worker.stop();
    await world.work([scheduled('etl', [daily])]);
    await world.settled();
    expect(await ids()).toEqual([young.id]);
    const dates = await world.store.listCells('backfill-dates', { limit: 100 });
    expect(dates.map(({ key }) => key.split('/')[0])).toEqual(Array.from({ length: 7 }, () => young.id));
  });

  it('give only their first run leave to ignore the past', async () => {
    const world = await scene();
    const seen: unknown[] = [];
    const code = scheduled('etl', [daily], async (run) => seen.push(run.trigger));
    const worker = await world.work([code]);
    const { id } = await worker.scheduler.createBackfill('etl', { ...week, to: Date.parse('2026-01-05') });
    await world.settled();
    expect(seen).toMatchObject([
      { by: 'backfill', backfill: id, ignoresPast: true, interval: { start: week.from } },
      { by: 'backfill', backfill: id, ignoresPast: false },
    ]);
  });

  it('keep a date whose time is not over without a run, with the reason', async () => {
    const world = await scene();
    const { scheduler } = await world.work([
      scheduled('etl', [daily]),
      scheduled('ticks', [cron('0 6 * * *')]),
    ]);
    const range = { from: Date.parse('2026-01-19'), to: Date.parse('2026-01-23') };
    const created = await scheduler.createBackfill('etl', {
      ...range,
      reprocess: 'completed',
      concurrency: 9,
    });
    await world.settled();
    const plans = (await scheduler.backfillDates(created.id, { from: 0, limit: 9 })).map(
      ({ run, skipped }) => `${day(run).slice(8)} ${skipped ?? 'run'}`,
    );
    expect(plans).toEqual(['19 run', '20 not over yet', '21 not over yet', '22 not over yet']);
    expect(await scheduler.showBackfill(created.id)).toMatchObject({
      planned: 1,
      skipped: 3,
      state: 'completed',
    });
    const ticks = await scheduler.planBackfill('ticks', range);
    expect(ticks.map(({ plan }) => plan)).toEqual(['start', 'start', 'not over yet', 'not over yet']);
  });

  it('are refused where they make no sense', async () => {
    const world = await scene();
    const code = { ...waiting('etl', [daily]), dependsOnPast: true };
    const { scheduler } = await world.work([
      code,
      waiting('plain', []),
      waiting('often', [every('1m', { whenBusy: 'skip' })]),
    ]);
    const { from, to } = week;
    const create = (request: object) => scheduler.createBackfill('etl', { ...week, ...request });
    await expect(create({ from, to: from })).rejects.toThrow('it is empty');
    await expect(create({ from: to, to: from })).rejects.toThrow('it ends before it begins');
    await expect(create({ from: from + 1, to: from + 2 })).rejects.toThrow(
      'no date of the schedule lies in it',
    );
    const future = { from: Date.parse('2026-01-20'), to: Date.parse('2026-01-22') };
    await expect(create(future)).rejects.toThrow('it lies in the future');
    const minutes = { from: Date.parse('2026-01-01'), to: Date.parse('2026-01-09') };
    await expect(scheduler.createBackfill('often', minutes)).rejects.toThrow('more than 10,000 dates');
    await expect(create({ reverse: true })).rejects.toThrow('cannot go in reverse');
    await expect(create({ concurrency: 0 })).rejects.toThrow('concurrency is 0');
    await expect(scheduler.createBackfill('plain', week)).rejects.toMatchObject({
      code: 'TUTTI_SCHEDULE_NOT_FOUND',
    });
    await create({});
    await expect(create({})).rejects.toMatchObject({ code: 'TUTTI_BACKFILL_ACTIVE' });
    await expect(scheduler.showBackfill('nothing')).rejects.toMatchObject({
      code: 'TUTTI_BACKFILL_NOT_FOUND',
    });
  });
});
