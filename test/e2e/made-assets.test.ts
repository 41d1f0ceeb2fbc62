import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackfillDateView, RunDetail, RunView } from '../../src/app/index.ts';
import type { AssetDetail, AssetView, BackfillRecord, LineageEvent } from '../../src/schedules/index.ts';
import { ProjectDirectory, until } from './project-directory.ts';

/** Assets that bring their own way of being made, from their source: on the command line and over HTTP, while an engine works. */

let project: ProjectDirectory;

const flows = `
import { any, asset, cron, jsonFile, partitions, updated } from 'tutti';
import { z } from 'zod';

const daily = partitions.daily('2026-01-01', 'Europe/Zurich');
const numbers = z.array(z.number());

export const raw = asset('raw', { partitions: daily }, ({ partition }) => [Number(partition.slice(-2)), 100]);
export const clean = asset('clean', {
  description: 'what is left of raw', deps: { raw }, partitions: daily,
  when: any(updated('raw'), cron('0 6 * * *', { timezone: 'Europe/Zurich' })),
  target: jsonFile('clean/{partition}.json', numbers),
}, ({ raw, write }) => write(raw.filter((value) => value < 100)));
export const regions = asset('regions', { partitions: partitions.list(['eu', 'us']) }, ({ partition }) => partition);
`;

/** The run of `clean` that the update of a day started, once it ended. */
async function cleaned(day: string): Promise<RunView> {
  const runs = await until(
    () => project.json<readonly RunView[]>('runs', 'list', '-d', 'clean'),
    (found) => found.some(({ id, state }) => id.startsWith(`clean@${day}.update-`) && state === 'completed'),
  );
  return runs.find(({ id }) => id.startsWith(`clean@${day}`)) as RunView;
}

function valueOf(day: string): unknown {
  return JSON.parse(readFileSync(project.file('clean', `${day}.json`), 'utf8'));
}

beforeAll(async () => {
  project = new ProjectDirectory('made-assets', { 'flows.ts': flows });
  await project.startEngine();
});

afterAll(async () => {
  await project.close();
});

describe('an asset with a handler', () => {
  it('is a pipeline under its name that makes the asset and reads its dependencies', async () => {
    const listed = await project.json<readonly AssetView[]>('assets', 'list');
    expect(listed.map(({ name, producers, consumers }) => [name, producers, consumers])).toEqual([
      ['clean', ['clean'], []],
      ['raw', ['raw'], ['clean']],
      ['regions', ['regions'], []],
    ]);
    expect(listed[0]).toMatchObject({
      description: 'what is left of raw',
      partitions: 'daily from 2026-01-01 in Europe/Zurich',
    });
    expect((await project.tutti('pipeline', 'graph', 'clean')).stdout).toContain('make');
    expect(await project.request('/v1/assets')).toEqual({ status: 200, body: listed });
  });

  it('is made by a run for a partition, and what waits for it follows, to its target', async () => {
    await project.tutti('run', 'raw', '{"partition":"2026-01-05"}', '--id', 'by-hand', '--wait');
    expect((await project.json<RunDetail>('runs', 'show', 'by-hand')).output).toEqual([5, 100]);
    const { id } = await cleaned('2026-01-05');
    expect(valueOf('2026-01-05')).toEqual([5]);
    const shown = await project.json<AssetDetail>('assets', 'show', 'clean');
    expect(shown.updates).toMatchObject([{ partition: '2026-01-05', run: id }]);
    expect((await project.tutti('assets', 'show', 'clean')).stdout).toMatch(
      /2026-01-05 .*clean@2026-01-05\.update-/,
    );
    expect(await project.request('/v1/assets/clean')).toEqual({ status: 200, body: shown });
    expect((await project.tutti('pipeline', 'show', id)).stdout).toMatch(/make +done/);
    const events = await project.json<readonly LineageEvent[]>('assets', 'lineage', id);
    expect(events.at(-1)).toMatchObject({
      eventType: 'COMPLETE',
      inputs: [{ name: 'raw' }],
      outputs: [{ name: 'clean' }],
    });
  });

  it('is made over HTTP as well', async () => {
    const started = await project.request('/v1/runs', {
      definition: 'raw',
      input: { partition: '2026-01-06' },
      id: 'over-http',
    });
    expect(started).toMatchObject({ status: 201, body: { id: 'over-http' } });
    await cleaned('2026-01-06');
    expect(valueOf('2026-01-06')).toEqual([6]);
    expect(await project.request('/v1/assets/raw')).toMatchObject({
      body: {
        updates: [{ partition: '2026-01-05' }, { partition: '2026-01-06', run: 'over-http' }],
      },
    });
  });

  it('says which partitions it has when a run is to make another', async () => {
    const { exitCode, stderr } = await project.tutti('run', 'raw', '{"partition":"2025-12-31"}');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('expected the key of a partition (daily from 2026-01-01');
  });

  it('is filled by days, by names and by what is missing', async () => {
    const range = ['--from', '2026-01-05', '--to', '2026-01-08'];
    const days = await project.json<BackfillRecord>('backfill', 'create', 'raw', ...range);
    expect(days).toMatchObject({ planned: 2, skipped: 2 });
    await cleaned('2026-01-08');
    expect(valueOf('2026-01-08')).toEqual([8]);
    const named = await project.request('/v1/schedules/regions/backfills', { partitions: ['us'] });
    expect(named).toMatchObject({ status: 201, body: { from: null, planned: 1 } });
    await until(
      () => project.json<BackfillRecord>('backfill', 'show', (named.body as BackfillRecord).id),
      ({ state }) => state === 'completed',
    );
    const missing = await project.json<BackfillRecord>('backfill', 'create', 'regions', '--missing');
    const done = await until(
      () =>
        project.json<BackfillRecord & { dates: readonly BackfillDateView[] }>('backfill', 'show', missing.id),
      ({ state }) => state === 'completed',
    );
    expect(done.dates).toMatchObject([{ partition: 'eu', run: 'regions@eu', state: 'completed' }]);
    expect((await project.tutti('backfill', 'show', missing.id)).stdout).toMatch(/eu +completed +regions@eu/);
    expect((await project.tutti('backfill', 'create', 'regions', '--partitions', 'mars')).stderr).toContain(
      "'mars' is no partition of asset 'regions'",
    );
    expect((await project.tutti('backfill', 'create', 'regions')).stderr).toContain('--missing');
  });
});
