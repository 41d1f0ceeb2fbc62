import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetDetail, AssetView, LineageEvent } from '../../src/schedules/index.ts';
import { ProjectDirectory } from './project-directory.ts';

/** Assets on the command line and over HTTP, while an engine works. */

let project: ProjectDirectory;

const flows = `
import { asset, partitions, pipeline, workflow } from 'tutti';

const orders = asset('orders', { description: 'every order of the day', partitions: partitions.daily('2026-01-01') });
const rates = asset('rates');

export const load = pipeline('load', {
  produces: [orders], consumes: [rates], partitionOf: ({ output }) => output,
}, (p) => p.task('day', { in: p.input }, ({ in: i }) => i.day));
export const fetchRates = workflow('fetch-rates', { produces: [rates] }, async () => 'fetched');
export const report = workflow('report', { startWhen: orders }, async (ctx) => ctx.trigger?.partition);
`;

beforeAll(async () => {
  project = new ProjectDirectory('assets', { 'flows.ts': flows });
  await project.startEngine();
  await project.tutti('run', 'fetch-rates', '--id', 'r1');
  await project.tutti('run', 'load', '{"day":"2026-01-05"}', '--id', 'l1');
});

afterAll(async () => {
  await project.close();
});

describe('assets', () => {
  it('are listed with who makes and reads them', async () => {
    const listed = await project.json<readonly AssetView[]>('assets', 'list');
    expect(
      listed.map(({ name, producers, consumers, made }) => ({ name, producers, consumers, made })),
    ).toEqual([
      { name: 'orders', producers: ['load'], consumers: ['report'], made: 1 },
      { name: 'rates', producers: ['fetch-rates'], consumers: ['load'], made: 1 },
    ]);
    expect((await project.tutti('assets', 'list')).stdout).toMatch(/orders .*load +1 +report/);
    expect(await project.request('/v1/assets')).toEqual({ status: 200, body: listed });
  });

  it('are shown with the run that made each partition', async () => {
    const shown = await project.json<AssetDetail>('assets', 'show', 'orders');
    expect(shown.updates).toMatchObject([{ partition: '2026-01-05', run: 'l1' }]);
    expect((await project.tutti('assets', 'show', 'orders')).stdout).toMatch(/2026-01-05 .*l1/);
    expect(await project.request('/v1/assets/orders')).toEqual({ status: 200, body: shown });
  });

  it('that nobody knows are refused with the nearest name', async () => {
    expect((await project.tutti('assets', 'show', 'oders')).stderr).toContain("did you mean 'orders'?");
    expect(await project.request('/v1/assets/oders')).toMatchObject({
      status: 404,
      body: { code: 'TUTTI_ASSET_NOT_FOUND' },
    });
  });

  it('give the lineage of a run as OpenLineage events', async () => {
    const events = await project.json<readonly LineageEvent[]>('assets', 'lineage', 'l1');
    expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE']);
    expect(events[1]?.inputs.map(({ name }) => name)).toEqual(['rates']);
    expect(events[1]?.outputs.map(({ name }) => name)).toEqual(['orders']);
    expect(
      (await project.tutti('assets', 'lineage', 'l1', '-o', 'jsonl')).stdout.trim().split('\n'),
    ).toHaveLength(2);
    expect(await project.request('/v1/runs/l1/lineage')).toEqual({ status: 200, body: events });
  });
});
