import type { StarterFile } from '../starter-file.ts';

/** A mix: an event starts nothing by itself; a workflow waits for it, computes through a pipeline, and publishes the result. */
export const mixedTemplate: readonly StarterFile[] = [
  {
    path: 'definitions.ts',
    content: `import { event, pipeline, topic, workflow } from 'tutti';
import { z } from 'zod';

export const ReportReady = event('report.ready', { schema: z.object({ day: z.string(), total: z.number() }) });

/** The edge: whoever wants to know that a report is ready subscribes here. */
export const reports = topic('reports', { events: [ReportReady], key: (e) => e.data.day });

/** The computing: a graph of tasks. */
export const sumUp = pipeline('sum up', { input: z.object({ amounts: z.array(z.number()) }) }, (p) => {
  const amounts = p.task('check', { in: p.input }, ({ in: { amounts } }) => amounts.filter((amount) => amount > 0));
  return p.task('sum', { amounts }, ({ amounts }) => amounts.reduce((sum, amount) => sum + amount, 0));
});

/** The core: owns the process from the first step to the published fact. */
export const dailyReport = workflow('daily report', async (ctx, day: string) => {
  const amounts = await ctx.step('collect', () => [4200, 900, -1, 80]);
  const total = await ctx.call(sumUp, { amounts });
  const { approved } = await ctx.ask('publish the report?', {
    form: z.object({ approved: z.boolean() }),
    to: 'controllers',
    timeout: '2d',
    detail: { day, total },
  });
  // Commits together with the journal of the run: published if and only if this step is recorded.
  if (approved) await ctx.publish(reports, ReportReady({ day, total }));
  return { approved, total };
});
`,
  },
  {
    path: 'answer-next.ts',
    content: `import type { Client } from 'tutti';

/** Waits until the run asks something, and answers it: what a page or the command line would do for a person. */
export async function answerNext(client: Client, run: string, approved: boolean): Promise<void> {
  for (;;) {
    const [question] = await client.listApprovals({ run });
    if (question !== undefined) {
      await client.answerApproval(question.id, { approved }, 'you');
      return;
    }
    await client.waitForRun(run, { timeoutMs: 20 });
  }
}
`,
  },
  {
    path: 'main.ts',
    content: `import { createTutti } from 'tutti';
import { answerNext } from './answer-next.ts';
import { dailyReport, reports, sumUp } from './definitions.ts';

const tutti = await createTutti({ definitions: [reports, sumUp, dailyReport], store: '.tutti/starter.db' });
await tutti.start();
const { id } = await tutti.client.startRun('daily report', '2026-01-05');
await answerNext(tutti.client, id, true);
const run = await tutti.client.waitForRun(id);
console.log(run.state, run.output);
await tutti.stop();
`,
  },
  {
    path: 'definitions.test.ts',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTutti } from 'tutti';
import { answerNext } from './answer-next.ts';
import { dailyReport, reports, sumUp } from './definitions.ts';

test('a released report has the total of the checked amounts', async () => {
  const tutti = await createTutti({ definitions: [reports, sumUp, dailyReport], store: ':memory:' });
  await tutti.start();
  const { id } = await tutti.client.startRun('daily report', '2026-01-05');
  await answerNext(tutti.client, id, true);
  const run = await tutti.client.waitForRun(id);
  await tutti.stop();
  assert.equal(run.state, 'completed');
  assert.deepEqual(run.output, { approved: true, total: 5180 });
});
`,
  },
];
