import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = ['--conditions=tutti-source', join(root, 'examples/daily-sales/main.ts')];
const days = ['2008-07-18', '2009-12-18', '2009-07-15', '2007-05-04'];

/** Runs the example until it ends, or until its warehouse has this much in it, and then kills it. */
async function runUntilKilled(directory: string, reached: () => boolean): Promise<void> {
  const child = spawn(process.execPath, [...program, directory, ...days], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null && !reached()) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
}

async function warehouseRows(directory: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(join(directory, 'warehouse.duckdb'));
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    'select day::varchar as day, genre, films, box_office, dvd from daily_sales order by all',
  );
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('the daily sales', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tutti-sales-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('killed again and again, end with the same warehouse as if nothing had happened', async () => {
    const killed = join(directory, 'killed');
    const calm = join(directory, 'calm');
    const points = [
      'sources/catalogue.db',
      'warehouse.duckdb',
      'report-2008-07-18.svg',
      'report-2009-12-18.svg',
    ];
    for (const point of points) await runUntilKilled(killed, () => existsSync(join(killed, point)));
    const execute = promisify(execFile);
    // A killed worker's lease has to run out before its runs go on.
    const { stdout } = await execute(process.execPath, [...program, killed, ...days], { timeout: 90_000 });
    await execute(process.execPath, [...program, calm, ...days], { timeout: 90_000 });
    for (const day of days) expect(stdout).toContain(`${day}: completed`);
    expect(await warehouseRows(killed)).toEqual(await warehouseRows(calm));
    expect(readFileSync(join(killed, 'report-2007-05-04.svg'), 'utf8')).toBe(
      readFileSync(join(calm, 'report-2007-05-04.svg'), 'utf8'),
    );
  });
});
