import { describe, expect, it } from 'vitest';
import { pipeline } from '../pipelines/index.ts';
import { declareAsset as asset, cron } from '../schedules/index.ts';
import { workflow } from '../workflows/index.ts';
import { createTestTutti } from './create-test-tutti.ts';

const orders = asset('orders');
const nightly = pipeline(
  'nightly',
  { schedule: cron('0 3 * * *', { timezone: 'Europe/Zurich', catchUp: 'none' }), produces: [orders] },
  (p) => p.task('day', {}, (_, { interval }) => interval.end.toISOString()),
);
const report = workflow('report', { startWhen: orders }, async (ctx) => ctx.trigger?.by);

describe('schedules under virtual time', () => {
  it('fire at their own times as time moves, over a change of the clocks, and what hangs on them follows', async () => {
    await using env = await createTestTutti({
      definitions: [nightly, report],
      schedules: true,
      start: '2026-03-27T12:00:00Z',
    });
    await env.advance('3d');
    const ends = async (definition: string): Promise<readonly unknown[]> => {
      const runs = (await env.client.listRuns({ definition })).toReversed();
      const shown = await Promise.all(runs.map((run) => env.show(run)));
      return shown.map(({ state, output }) => [state, output]);
    };
    expect(await ends('nightly')).toEqual([
      ['completed', '2026-03-28T02:00:00.000Z'],
      ['completed', '2026-03-29T01:00:00.000Z'],
      ['completed', '2026-03-30T01:00:00.000Z'],
    ]);
    expect(await ends('report')).toEqual(Array.from({ length: 3 }, () => ['completed', 'asset']));
  });

  it('fire in the process after a restart, each tick once', async () => {
    await using env = await createTestTutti({
      definitions: [nightly],
      schedules: true,
      start: '2026-01-01T12:00:00Z',
    });
    await env.advance('1d');
    await env.restart();
    await env.advance('1d');
    expect(await env.client.listRuns({ definition: 'nightly' })).toHaveLength(2);
  });

  it('let backfills go on', async () => {
    await using env = await createTestTutti({ definitions: [nightly], schedules: true });
    await env.client.createBackfill('nightly', { from: '2025-12-01', to: '2025-12-05' });
    await env.settle();
    const [backfill] = await env.client.listBackfills();
    expect(backfill).toMatchObject({ state: 'completed', ended: { completed: 5 } });
  });

  it('do not fire unless the test asks for it', async () => {
    await using env = await createTestTutti({ definitions: [nightly] });
    await env.advance('3d');
    expect(await env.client.listRuns({})).toEqual([]);
  });
});
