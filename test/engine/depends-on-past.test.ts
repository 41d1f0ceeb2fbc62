import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { signal } from '../../src/workflows/index.ts';
import { clearTasks, markTasks, showTasks } from '../../src/app/pipeline-runs.ts';
import type { Definition, Store } from '../../src/engine/index.ts';
import { pipeline, pipelineDefinition, type PipelineBuilder } from '../../src/pipelines/index.ts';
import { cron } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { letFinish, ScheduleScene, type Worker } from './schedule-scene.ts';

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const first = 'etl@2026-01-01T00:00:00Z';
const second = 'etl@2026-01-02T00:00:00Z';

/** A daily pipeline whose `load` depends on its past; `before` decides what comes in front of it. */
function daily(
  before: (p: PipelineBuilder<unknown>) => unknown,
  load = async (): Promise<unknown> => 'loaded',
): Definition {
  const schedule = cron('0 0 * * *', { whenBusy: 'start', from: '2026-01-01' });
  const etl = pipeline('etl', { schedule }, (p) =>
    p.task('load', { ready: before(p) }, load, { dependsOnPast: true }),
  );
  return pipelineDefinition(etl, { logger: silentLogger });
}

const afterGo = (p: PipelineBuilder<unknown>): unknown => p.wait('ready', signal('go'));

describe.each(stores)('a task that depends on its past, on %s', (_, open) => {
  async function twoDays(code: Definition): Promise<{ world: ScheduleScene; worker: Worker }> {
    const world = new ScheduleScene(await open(), '2026-01-01T12:00:00Z');
    const worker = await world.work([code]);
    await world.at('2026-01-02T00:00:00Z');
    await world.at('2026-01-03T00:00:00Z');
    return { world, worker };
  }

  async function stateOf(world: ScheduleScene, id: string): Promise<string | undefined> {
    return (await world.store.findRun(id))?.state;
  }

  async function waitsOf(world: ScheduleScene, id: string): Promise<readonly string[]> {
    const run = await world.store.findRun(id);
    return (await world.store.listWaits({ run: run?.number ?? 0, limit: 10 })).map(({ name }) => name);
  }

  it('waits for the same task of the run of the interval before, and says so', async () => {
    const { world, worker } = await twoDays(daily(afterGo));
    await letFinish(worker, second);
    await world.settled();
    expect(await waitsOf(world, second)).toEqual([`load of ${first}`]);
    await letFinish(worker, first);
    await world.settled();
    expect([await stateOf(world, first), await stateOf(world, second)]).toEqual(['completed', 'completed']);
  });

  it('stays held while that one has failed, until a person counts it as done', async () => {
    let isBroken = true;
    const code = daily(afterGo, async () => {
      if (isBroken) throw new Error('the disk is full');
      return 'loaded';
    });
    const { world, worker } = await twoDays(code);
    await letFinish(worker, first);
    await letFinish(worker, second);
    await world.settled();
    expect(await stateOf(world, first)).toBe('failed');
    expect(await stateOf(world, second)).toBe('waiting');
    isBroken = false;
    const failed = await world.store.findRun(first);
    await markTasks(worker.engine, failed!, { select: ['load'], state: 'success', by: 'ada' });
    await world.settled();
    expect(await stateOf(world, second)).toBe('completed');
  });

  it('goes on when the failed one is cleared and succeeds', async () => {
    let isBroken = true;
    const code = daily(afterGo, async () => {
      if (isBroken) throw new Error('the disk is full');
      return 'loaded';
    });
    const { world, worker } = await twoDays(code);
    await letFinish(worker, first);
    await letFinish(worker, second);
    await world.settled();
    isBroken = false;
    await clearTasks(worker.engine, (await world.store.findRun(first))!, { failed: true });
    await world.settled();
    expect(await stateOf(world, second)).toBe('completed');
  });

  it('holds a skip back, too, and shows the task as not decided yet', async () => {
    const code = daily((p) => {
      const isFirst = p.task('is-first', {}, (_, { runId }) => runId === first);
      const gate = p.when(isFirst, (then) => afterGo(then) as ReturnType<typeof then.task>);
      return gate;
    });
    const { world, worker } = await twoDays(code);
    const run = await world.store.findRun(second);
    expect(run?.state).toBe('waiting');
    const tasks = await showTasks(worker.engine, run!);
    expect(tasks.find(({ id }) => id === 'load')?.states).toEqual({ ready: 1 });
    await letFinish(worker, first);
    await world.settled();
    expect(await stateOf(world, second)).toBe('completed');
    const after = await showTasks(worker.engine, (await world.store.findRun(second))!);
    expect(after.find(({ id }) => id === 'load')?.states).toEqual({ skipped: 1 });
  });

  it('waits on another worker, too, after the one before is gone', async () => {
    const code = daily(afterGo);
    const { world, worker } = await twoDays(code);
    await letFinish(worker, second);
    await world.settled();
    await worker.stop();
    const next = await world.work([code]);
    expect(await waitsOf(world, second)).toEqual([`load of ${first}`]);
    await letFinish(next, first);
    await world.settled();
    expect(await stateOf(world, second)).toBe('completed');
  });

  it('is let go by a person who sends the signal it waits for', async () => {
    const { world, worker } = await twoDays(daily(afterGo));
    await letFinish(worker, second);
    await world.settled();
    const { engine } = worker;
    const run = (await world.store.findRun(second))!;
    const name = `load of ${first}`;
    const payload = await engine.findDefinition('etl')?.acceptSignal(name, null);
    expect(payload).toBeNull();
    await engine.send({ run: run.number, kind: 'signal', name, at: engine.clock.now(), payload: 'null' });
    await world.settled();
    expect([await stateOf(world, first), await stateOf(world, second)]).toEqual(['waiting', 'completed']);
  });

  it('is not held by a run that completed before the option was there', async () => {
    const schedule = cron('0 0 * * *', { whenBusy: 'start', from: '2026-01-01', catchUp: 'all' });
    const plain = pipeline('etl', { schedule }, (p) => p.task('load', {}, () => 'loaded'));
    const world = new ScheduleScene(await open(), '2026-01-01T12:00:00Z');
    const old = await world.work([pipelineDefinition(plain, { logger: silentLogger })]);
    await world.at('2026-01-02T00:00:00Z');
    expect(await stateOf(world, first)).toBe('completed');
    await old.stop();
    await world.work([daily((p) => p.task('read', {}, () => 1))]);
    await world.at('2026-01-03T00:00:00Z');
    expect(await stateOf(world, second)).toBe('completed');
  });

  it('in a backfill: the first run ignores the past, the others wait, and reverse is refused', async () => {
    const world = new ScheduleScene(await open(), '2026-02-01T12:00:00Z');
    const worker = await world.work([daily(afterGo)]);
    const range = { from: Date.parse('2026-01-02'), to: Date.parse('2026-01-04') };
    await expect(worker.scheduler.createBackfill('etl', { ...range, reverse: true })).rejects.toMatchObject({
      code: 'TUTTI_BACKFILL_INVALID',
    });
    await worker.scheduler.createBackfill('etl', { ...range, concurrency: 2 });
    await world.settled();
    const third = 'etl@2026-01-03T00:00:00Z';
    await letFinish(worker, third);
    await world.settled();
    expect(await waitsOf(world, third)).toEqual([`load of ${second}`]);
    await letFinish(worker, second);
    await world.settled();
    expect([await stateOf(world, second), await stateOf(world, third)]).toEqual(['completed', 'completed']);
  });
});

it('dependsOnPast and deadlines are refused inside of maps and loops, where they would mean nothing', () => {
  const inMap = (options: object) => (): unknown =>
    pipeline('p', {}, (p) => {
      const items = p.task('items', {}, () => [1, 2]);
      return p.map('each', items, (item, q) => q.task('one', { item }, () => 1, options));
    });
  const code = 'TUTTI_DEFINITION_INVALID';
  expect(inMap({ dependsOnPast: true })).toThrow(expect.objectContaining({ code }));
  expect(inMap({ deadline: { after: '1h', notify: () => undefined } })).toThrow(
    expect.objectContaining({ code }),
  );
  expect(inMap({})).not.toThrow();
});
