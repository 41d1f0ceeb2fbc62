import { expect, it } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import { pipeline, pipelineDefinition } from '../../src/pipelines/index.ts';
import { cron } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { ScheduleScene } from './schedule-scene.ts';

it('a scheduled pipeline runs at its ticks, and its tasks see the interval they are about', async () => {
  const world = new ScheduleScene(createMemoryStore(), '2026-01-01T12:00:00Z');
  const nightly = pipeline(
    'nightly',
    { schedule: cron('0 3 * * *', { timezone: 'UTC', catchUp: 'none' }) },
    (p) => p.task('day', {}, (_, ctx) => ctx.interval.start.toISOString()),
  );
  await world.work([pipelineDefinition(nightly, { logger: silentLogger })]);
  await world.at('2026-01-02T03:00:00Z');
  const [run] = await world.runs();
  expect(run).toMatchObject({
    kind: 'pipeline',
    state: 'completed',
    result: JSON.stringify('2026-01-01T03:00:00.000Z'),
  });
});
