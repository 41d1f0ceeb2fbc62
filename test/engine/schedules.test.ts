import { describe, expect, it } from 'vitest';
import { TuttiError } from '../../src/base/tutti-error.ts';
import type { Store } from '../../src/engine/index.ts';
import { cron, dates, every } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { definition } from './engine-scene.ts';
import { letFinish, scheduled, ScheduleScene, waiting } from './schedule-scene.ts';

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const noon = '2026-01-01T12:00:00Z';
const daily = (more: object = {}) => cron('0 0 * * *', { timezone: 'UTC', whenBusy: 'start', ...more });

describe.each(stores)('schedules on %s', (_, open) => {
  const scene = async (start = noon): Promise<ScheduleScene> => new ScheduleScene(await open(), start);

  it('fire at their ticks and give the run its interval', async () => {
    const world = await scene();
    await world.work([scheduled('etl', [daily({ family: 'interval' })])]);
    expect(await world.runIds()).toEqual(['etl@2025-12-31T00:00:00Z']);
    await world.at('2026-01-02T00:00:00Z');
    expect(await world.runIds()).toEqual(['etl@2025-12-31T00:00:00Z', 'etl@2026-01-01T00:00:00Z']);
    const [, run] = await world.runs();
    expect(run?.state).toBe('completed');
    expect(run?.result).toBe(
      JSON.stringify({ start: Date.parse('2026-01-01T00:00Z'), end: Date.parse('2026-01-02T00:00Z') }),
    );
  });

  it('that are fired by two workers start each run once', async () => {
    const world = await scene();
    const code = scheduled('etl', [every('1h', { whenBusy: 'start' })]);
    await world.work([code]);
    await world.work([code]);
    for (const hour of [13, 14, 15]) await world.at(`2026-01-01T${hour}:00:00Z`);
    expect(await world.runIds()).toEqual([
      'etl@2026-01-01T13:00:00Z',
      'etl@2026-01-01T14:00:00Z',
      'etl@2026-01-01T15:00:00Z',
    ]);
    expect((await world.runs()).map(({ generation }) => generation)).toEqual([1, 1, 1]);
  });

  it.each([
    ['none', ['2026-01-06']],
    ['latest', ['2026-01-05', '2026-01-06']],
    ['all', ['2026-01-02', '2026-01-03', '2026-01-04', '2026-01-05', '2026-01-06']],
  ])('make up for ticks missed while nobody worked: %s', async (catchUp, expected) => {
    const world = await scene();
    const code = scheduled('etl', [daily({ catchUp })]);
    const first = await world.work([code]);
    await first.stop();
    await world.at('2026-01-05T09:00:00Z');
    await world.work([code]);
    await world.at('2026-01-06T00:00:00Z');
    expect(await world.runIds()).toEqual(expected.map((day) => `etl@${day}T00:00:00Z`));
  });

  it('go on where they stood after a worker died between two ticks', async () => {
    const world = await scene();
    const code = scheduled('etl', [every('1h', { whenBusy: 'start', catchUp: 'all' })]);
    const first = await world.work([code]);
    await world.at('2026-01-01T13:00:00Z');
    await first.stop();
    await world.work([code]);
    await world.at('2026-01-01T14:00:00Z');
    expect(await world.runIds()).toEqual(['etl@2026-01-01T13:00:00Z', 'etl@2026-01-01T14:00:00Z']);
  });

  it('queue a tick while a run is under way, and then run them all in order', async () => {
    const world = await scene();
    const worker = await world.work([waiting('etl', [every('1h')])]);
    await world.at('2026-01-01T13:00:00Z');
    await world.at('2026-01-01T14:00:00Z');
    await world.at('2026-01-01T15:00:00Z');
    expect(await world.runIds()).toEqual(['etl@2026-01-01T13:00:00Z']);
    expect((await worker.scheduler.show('etl')).heldFrom).toBe(Date.parse('2026-01-01T14:00:00Z'));
    await letFinish(worker, 'etl@2026-01-01T13:00:00Z');
    await world.settled();
    await letFinish(worker, 'etl@2026-01-01T14:00:00Z');
    await world.settled();
    expect(await world.runIds()).toEqual([13, 14, 15].map((hour) => `etl@2026-01-01T${hour}:00:00Z`));
  });

  it('skip a tick while a run is under way', async () => {
    const world = await scene();
    const worker = await world.work([waiting('etl', [every('1h', { whenBusy: 'skip' })])]);
    await world.at('2026-01-01T13:00:00Z');
    await world.at('2026-01-01T14:00:00Z');
    expect((await worker.scheduler.show('etl')).last).toMatchObject({ outcome: 'busy' });
    await letFinish(worker, 'etl@2026-01-01T13:00:00Z');
    await world.settled();
    await world.at('2026-01-01T15:00:00Z');
    expect(await world.runIds()).toEqual(['etl@2026-01-01T13:00:00Z', 'etl@2026-01-01T15:00:00Z']);
  });

  it('cancel the running one and start the newest when it has ended', async () => {
    const world = await scene();
    await world.work([waiting('etl', [every('1h', { whenBusy: 'cancel' })])]);
    await world.at('2026-01-01T13:00:00Z');
    await world.at('2026-01-01T14:00:00Z');
    expect((await world.runs()).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'etl@2026-01-01T13:00:00Z canceled',
      'etl@2026-01-01T14:00:00Z waiting',
    ]);
  });

  it('run as many at a time as they may', async () => {
    const world = await scene();
    await world.work([waiting('etl', [every('1h', { concurrency: 2 })])]);
    for (const hour of [13, 14, 15]) await world.at(`2026-01-01T${hour}:00:00Z`);
    expect(await world.runIds()).toHaveLength(2);
  });

  it('that are paused fire nothing, also after a restart, and catch up when resumed', async () => {
    const world = await scene();
    const code = scheduled('etl', [daily()]);
    const first = await world.work([code]);
    await first.scheduler.pause('etl', 'maintenance');
    await world.at('2026-01-02T00:00:00Z');
    await first.stop();
    const second = await world.work([code]);
    await world.at('2026-01-03T00:00:00Z');
    expect(await world.runIds()).toEqual([]);
    expect(await second.scheduler.show('etl')).toMatchObject({ pauseReason: 'maintenance', next: null });
    await second.scheduler.resume('etl');
    await world.settled();
    expect(await world.runIds()).toEqual(['etl@2026-01-03T00:00:00Z']);
  });

  it('that another process pauses stop firing here', async () => {
    const world = await scene();
    await world.work([scheduled('etl', [daily()])]);
    await world.open([scheduled('etl', [daily()])]).scheduler.pause('etl', 'elsewhere');
    await world.at('2026-01-02T00:00:00Z');
    expect(await world.runIds()).toEqual([]);
  });

  it('are realigned by an edit', async () => {
    const world = await scene();
    const first = await world.work([scheduled('etl', [daily({ family: 'interval' })])]);
    await first.stop();
    const edited = cron('0 3 * * *', { family: 'interval', whenBusy: 'start' });
    await world.work([scheduled('etl', [edited])]);
    await world.at('2026-01-02T03:00:00Z');
    expect(await world.runIds()).toEqual([
      'etl@2025-12-31T00:00:00Z',
      'etl@2025-12-31T03:00:00Z',
      'etl@2026-01-01T03:00:00Z',
    ]);
  });

  it('start a run by hand with parameters, and stay where they are', async () => {
    const world = await scene();
    const inputs: unknown[] = [];
    const code = scheduled('etl', [daily({ input: { limit: 1 } })], async (_run, input) =>
      inputs.push(input),
    );
    const worker = await world.work([code]);
    const before = await worker.scheduler.next('etl', 2);
    await worker.scheduler.trigger('etl', { input: { limit: 9 } });
    await worker.scheduler.trigger('etl', { id: 'mine' });
    await world.settled();
    expect(await world.runIds()).toEqual(['etl/manual@2026-01-01T12:00:00.000Z', 'mine']);
    expect(inputs).toEqual([{ limit: 9 }, { limit: 1 }]);
    expect(await worker.scheduler.next('etl', 2)).toEqual(before);
  });

  it('say in which order they will fire, in UTC', async () => {
    const world = await scene('2026-03-28T12:00:00Z');
    const worker = world.open([scheduled('etl', [cron('0 2 * * *', { timezone: 'Europe/Zurich' })])]);
    const next = await worker.scheduler.next('etl', 2);
    expect(next.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:00:00.000Z',
    ]);
  });

  it('of one definition are told apart by name', async () => {
    const world = await scene();
    const schedules = [daily({ name: 'night' }), cron('0 18 * * *', { name: 'evening' })];
    const worker = await world.work([scheduled('etl', schedules)]);
    await world.at('2026-01-01T18:00:00Z');
    await world.at('2026-01-02T00:00:00Z');
    expect(await world.runIds()).toEqual([
      'etl/evening@2026-01-01T18:00:00Z',
      'etl/night@2026-01-02T00:00:00Z',
    ]);
    expect(() => worker.scheduler.find('etl')).toThrow('its schedules are etl/night, etl/evening');
    expect(() => worker.scheduler.find('etl/nigth')).toThrow("did you mean 'etl/night'?");
    expect(() => world.open([scheduled('etl', [daily(), daily()])])).toThrow('not told apart');
  });

  it('whose input the definition refuses say so and go on', async () => {
    const world = await scene();
    const picky = {
      ...definition('etl', async () => null),
      schedules: [daily({ input: ({ logicalAt }: { logicalAt: number }) => logicalAt })],
      acceptInput: async (input: unknown) => {
        if (Number(input) >= Date.parse('2026-01-03')) return input;
        throw new TuttiError('TUTTI_INPUT_INVALID', 'too early');
      },
    };
    const worker = await world.work([picky]);
    await world.at('2026-01-02T00:00:00Z');
    expect((await worker.scheduler.show('etl')).last).toMatchObject({
      outcome: 'refused',
      reason: 'too early',
    });
    await world.at('2026-01-03T00:00:00Z');
    expect(await world.runIds()).toEqual(['etl@2026-01-03T00:00:00Z']);
  });

  it('end with the last of their dates', async () => {
    const world = await scene();
    const worker = await world.work([scheduled('etl', [dates(['2026-02-01', '2026-03-01'])])]);
    await world.at('2026-02-01T00:00:00Z');
    await world.at('2026-03-01T00:00:00Z');
    expect(await world.runIds()).toHaveLength(2);
    expect((await worker.scheduler.show('etl')).next).toBeNull();
  });
});
