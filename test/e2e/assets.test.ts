import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetDetail, AssetView, LineageEvent } from '../../src/schedules/index.ts';
import { runCli, startCli, type Finished, type Running } from './cli-process.ts';

/** Assets on the command line and over HTTP, while an engine works. */

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
let engine: Running;
let url: string;
let token: string;

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

function tutti(...args: readonly string[]): Promise<Finished> {
  return runCli(args, { cwd: directory });
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout, exitCode } = await tutti(...args, '-o', 'json');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as T;
}

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

beforeAll(async () => {
  // Inside the checkout, so that modules find this package by its name.
  mkdirSync(join(root, '.tutti'), { recursive: true });
  directory = mkdtempSync(join(root, '.tutti', 'assets-'));
  writeFileSync(join(directory, 'flows.ts'), flows);
  engine = startCli(['start', 'flows.ts', '--port', '0'], { cwd: directory });
  await engine.said('Stop with Ctrl-C');
  const presence = readFileSync(join(directory, '.tutti', 'engine.json'), 'utf8');
  ({ url, token } = JSON.parse(presence) as { readonly url: string; readonly token: string });
  await tutti('run', 'fetch-rates', '--id', 'r1');
  await tutti('run', 'load', '{"day":"2026-01-05"}', '--id', 'l1');
});

afterAll(async () => {
  engine.process.kill('SIGKILL');
  await engine.finished;
  rmSync(directory, { recursive: true, force: true });
});

describe('assets', () => {
  it('are listed with who makes and reads them', async () => {
    const listed = await json<readonly AssetView[]>('assets', 'list');
    expect(
      listed.map(({ name, producers, consumers, made }) => ({ name, producers, consumers, made })),
    ).toEqual([
      { name: 'orders', producers: ['load'], consumers: ['report'], made: 1 },
      { name: 'rates', producers: ['fetch-rates'], consumers: ['load'], made: 1 },
    ]);
    expect((await tutti('assets', 'list')).stdout).toMatch(/orders .*load +1 +report/);
    expect(await get('/v1/assets')).toEqual({ status: 200, body: listed });
  });

  it('are shown with the run that made each partition', async () => {
    const shown = await json<AssetDetail>('assets', 'show', 'orders');
    expect(shown.updates).toMatchObject([{ partition: '2026-01-05', run: 'l1' }]);
    expect((await tutti('assets', 'show', 'orders')).stdout).toMatch(/2026-01-05 .*l1/);
    expect(await get('/v1/assets/orders')).toEqual({ status: 200, body: shown });
  });

  it('that nobody knows are refused with the nearest name', async () => {
    expect((await tutti('assets', 'show', 'oders')).stderr).toContain("did you mean 'orders'?");
    expect(await get('/v1/assets/oders')).toMatchObject({
      status: 404,
      body: { code: 'TUTTI_ASSET_NOT_FOUND' },
    });
  });

  it('give the lineage of a run as OpenLineage events', async () => {
    const events = await json<readonly LineageEvent[]>('assets', 'lineage', 'l1');
    expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'COMPLETE']);
    expect(events[1]?.inputs.map(({ name }) => name)).toEqual(['rates']);
    expect(events[1]?.outputs.map(({ name }) => name)).toEqual(['orders']);
    expect((await tutti('assets', 'lineage', 'l1', '-o', 'jsonl')).stdout.trim().split('\n')).toHaveLength(2);
    expect(await get('/v1/runs/l1/lineage')).toEqual({ status: 200, body: events });
  });
});
