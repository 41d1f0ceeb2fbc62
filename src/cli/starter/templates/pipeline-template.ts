import type { StarterFile } from '../starter-file.ts';

/** A pipeline: a nightly load that extracts, cleans in parallel and reports. */
export const pipelineTemplate: readonly StarterFile[] = [
  {
    path: 'pipelines.ts',
    content: `import { cron, pipeline } from 'tutti';
import { z } from 'zod';
import { parseRow, readRows } from './sales.ts';

/** Lists the rows of a day, cleans each of them in parallel, and reports the total. */
export const nightlySales = pipeline(
  'nightly sales',
  {
    input: z.object({ day: z.string() }),
    // At three in the morning, about the day before.
    schedule: cron('0 3 * * *', {
      timezone: 'Europe/Zurich',
      input: ({ interval }: { readonly interval: { readonly start: number } }) => ({
        day: new Date(interval.start).toISOString().slice(0, 10),
      }),
    }),
  },
  (p) => {
    const rows = p.task('extract', { in: p.input }, ({ in: { day } }) => readRows(day), {
      retry: { maximumAttempts: 4 },
    });
    const clean = p.map('clean', rows, (row, p) => p.task('one', { row }, ({ row }) => parseRow(row)), {
      concurrency: 4,
    });
    return p.task('report', { clean }, ({ clean }) => ({
      rows: clean.length,
      total: clean.reduce((sum, { amount }) => sum + amount, 0),
    }));
  },
);
`,
  },
  {
    path: 'sales.ts',
    content: `/** Stands for the source of yours: the rows of a day. */
export function readRows(day: string): string[] {
  return [\`\${day};piano;4200\`, \`\${day};violin;900\`, \`\${day};bow;80\`];
}

export interface Sale {
  readonly item: string;
  readonly amount: number;
}

export function parseRow(row: string): Sale {
  const [, item = '', amount = ''] = row.split(';');
  return { item, amount: Number(amount) };
}
`,
  },
  {
    path: 'main.ts',
    content: `import { createTutti } from 'tutti';
import { nightlySales } from './pipelines.ts';

const tutti = await createTutti({ definitions: [nightlySales], store: '.tutti/starter.db' });
await tutti.start();
const { id } = await tutti.client.startRun('nightly sales', { day: '2026-01-05' });
const run = await tutti.client.waitForRun(id);
console.log(run.state, run.output);
await tutti.stop();
`,
  },
  {
    path: 'pipelines.test.ts',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTutti } from 'tutti';
import { nightlySales } from './pipelines.ts';

test('a day is read, cleaned and summed up', async () => {
  const tutti = await createTutti({ definitions: [nightlySales], store: ':memory:' });
  await tutti.start();
  const { id } = await tutti.client.startRun('nightly sales', { day: '2026-01-05' });
  const run = await tutti.client.waitForRun(id);
  await tutti.stop();
  assert.equal(run.state, 'completed');
  assert.deepEqual(run.output, { rows: 3, total: 5180 });
});
`,
  },
];
