import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BackfillDateView, RunDetail, RunView } from '../../src/app/index.ts';
import type { BackfillRecord, PlannedDate, PlannedRun, ScheduleView } from '../../src/schedules/index.ts';
import { ProjectDirectory, until } from './project-directory.ts';

/** Schedules and backfills on the command line: over HTTP while an engine works, and on the file without one. */

let project: ProjectDirectory;

const flows = `
import { cron, every, workflow } from 'tutti';

export const etl = workflow('etl', {
  schedule: cron('0 2 * * *', {
    timezone: 'Europe/Zurich', family: 'interval', catchUp: 'none',
    input: ({ interval }) => ({ day: new Date(interval.start).toISOString() }),
  }),
}, async (ctx, input) => ctx.step('report', () => ({ input, from: ctx.interval?.start.toISOString() })));

export const often = workflow('often', { schedule: [every('1s', { name: 'tick' })] }, async () => 'done');
`;

beforeEach(() => {
  project = new ProjectDirectory('schedules', { 'flows.ts': flows });
});

afterEach(async () => {
  await project.close();
});

describe('schedules on the command line', () => {
  it('fire, are listed, paused, resumed and triggered over HTTP', async () => {
    await project.startEngine();
    const fired = await until(
      () => project.json<readonly RunView[]>('runs', 'list', '-d', 'often'),
      (runs) => runs.some(({ state }) => state === 'completed'),
    );
    expect(fired[0]?.id).toMatch(/^often\/tick@\d{4}-/);
    const list = await project.tutti('schedules', 'list');
    expect(list.stdout).toContain('cron 0 2 * * * in Europe/Zurich, gap after, overlap first');
    const paused = await project.json<ScheduleView>('schedules', 'pause', 'often/tick', '--reason', 'quiet');
    expect(paused).toMatchObject({ pauseReason: 'quiet', next: null });
    expect((await project.tutti('schedules', 'pause', 'often')).stderr).toContain(
      "Schedule 'often/tick' is paused since",
    );
    const next = await project.json<readonly PlannedRun[]>('schedules', 'next', 'etl', '-n', '3');
    expect(next).toHaveLength(3);
    const resumed = await project.json<ScheduleView>('schedules', 'resume', 'often');
    expect(resumed.pausedAt).toBeNull();
    const run = await project.json<RunView>(
      'schedules',
      'trigger',
      'etl',
      '{"day":"mine"}',
      '--id',
      'by-hand',
    );
    const detail = await project.json<RunDetail>('runs', 'watch', run.id);
    expect(detail.trigger).toMatchObject({ by: 'manual', schedule: 'etl' });
    expect(detail.output).toMatchObject({ input: { day: 'mine' } });
    const shown = await project.tutti('schedules', 'show', 'etl');
    expect(shown.stdout).toContain('about the interval that ended');
  });

  it('say what is wrong with a name', async () => {
    await project.startEngine();
    const wrong = await project.tutti('schedules', 'show', 'elt');
    expect(wrong.exitCode).toBe(3);
    expect(wrong.stderr).toContain("did you mean 'etl'?");
  });
});

describe('backfills on the command line', () => {
  const range = ['--from', '2026-01-03', '--to', '2026-01-05'] as const;

  it('are planned, created on the file, and done by the engine that starts later', async () => {
    const engine = await project.startEngine();
    await project.stopEngine(engine);
    const plan = await project.json<readonly PlannedDate[]>(
      'backfill',
      'create',
      'etl',
      ...range,
      '--dry-run',
      '--reverse',
    );
    expect(plan.map(({ run }) => run)).toEqual([
      'etl@2026-01-05T01:00:00Z',
      'etl@2026-01-04T01:00:00Z',
      'etl@2026-01-03T01:00:00Z',
    ]);
    const created = await project.json<BackfillRecord>(
      'backfill',
      'create',
      'etl',
      ...range,
      '--concurrency',
      '2',
    );
    expect(created).toMatchObject({ planned: 3, state: 'running' });
    const second = await project.tutti('backfill', 'create', 'etl', ...range);
    expect(second.stderr).toContain("Definition 'etl' has a backfill that has not ended");
    expect(second.exitCode).toBe(4);
    await project.startEngine();
    const done = await until(
      () =>
        project.json<BackfillRecord & { dates: readonly BackfillDateView[] }>(
          'backfill',
          'show',
          created.id.slice(0, 12),
        ),
      ({ state }) => state === 'completed',
    );
    expect(done.dates.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed']);
    const run = await project.json<RunDetail>('runs', 'show', 'etl@2026-01-04T01:00:00Z');
    expect(run.output).toEqual({
      input: { day: '2026-01-04T01:00:00.000Z' },
      from: '2026-01-04T01:00:00.000Z',
    });
    expect((await project.tutti('backfill', 'list')).stdout).toContain('3/3');
  });

  it('survive SIGKILL, are paused, resumed and canceled', async () => {
    const engine = await project.startEngine();
    const { id } = await project.json<BackfillRecord>(
      'backfill',
      'create',
      'etl',
      '--from',
      '2024-01-01',
      '--to',
      '2025-12-31',
    );
    await project.json('backfill', 'pause', id);
    await project.json('backfill', 'resume', id);
    engine.process.kill('SIGKILL');
    await engine.finished;
    await project.startEngine();
    const before = await project.json<BackfillRecord>('backfill', 'show', id);
    const later = await until(
      () => project.json<BackfillRecord>('backfill', 'show', id),
      ({ ended }) => ended.completed > before.ended.completed,
    );
    expect(later.planned).toBe(731);
    const canceled = await project.json<BackfillRecord>('backfill', 'cancel', id, '--reason', 'enough');
    expect(canceled).toMatchObject({ state: 'canceled', reason: 'enough' });
    expect((await project.tutti('backfill', 'resume', id)).exitCode).toBe(4);
  });

  it('refuse a reversed range, a bound that is no date, and a definition without a schedule', async () => {
    await project.startEngine();
    const reversed = await project.tutti(
      'backfill',
      'create',
      'etl',
      '--from',
      '2026-01-05',
      '--to',
      '2026-01-03',
    );
    expect(reversed.stderr).toContain('it ends before it begins');
    expect(reversed.exitCode).toBe(2);
    expect(
      (await project.tutti('backfill', 'create', 'etl', '--from', 'soon', '--to', '2026-01-03')).stderr,
    ).toContain("'soon'");
    expect((await project.tutti('backfill', 'create', 'etl')).stderr).toContain(
      'A backfill needs to know what to fill',
    );
    expect((await project.tutti('backfill', 'create', 'nope', ...range)).exitCode).toBe(3);
  });
});
