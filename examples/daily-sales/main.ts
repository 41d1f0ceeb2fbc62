/**
 * Runs the pipeline for a few days, and answers its question about the doubtful one.
 *
 *   node --conditions=tutti-source examples/daily-sales/main.ts [directory] [day...]
 */
import { join } from 'node:path';
import { createTutti, type RunOutcome } from 'tutti';
import { dailySalesIn, type DailySales } from './pipeline.ts';

const [directory = '.tutti/daily-sales', ...days] = process.argv.slice(2);
const dailySales = dailySalesIn(directory);
const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [dailySales] });
await tutti.start();

let last: RunOutcome | undefined;
for (const day of days.length > 0 ? days : ['2008-07-18', '2009-12-18', '2009-07-15']) {
  // One id per day: a second call takes up the run of the first one, wherever it is.
  const { id } = await tutti.client.startRun(
    'daily-sales',
    { day },
    { id: `daily-sales-${day}`, onConflict: 'attach' },
  );
  last = await untilDone(id);
  console.log(`${day}: ${last.state}, ${last.status ?? ''}`);
}
if (last?.state === 'completed') {
  const { table, chart } = last.output as DailySales;
  console.log(`\n${table}\n\nThe chart: ${chart}`);
}
await tutti.stop();

/** Waits for the end of a run and says yes to what it asks. */
async function untilDone(id: string): Promise<RunOutcome> {
  for (;;) {
    const run = await tutti.client.waitForRun(id, { timeoutMs: 200 });
    if (run.endedAt !== null) return run;
    for (const { id: question, detail } of await tutti.client.listApprovals({ run: id })) {
      console.log(`  asked: ${(detail as string[]).join('; ')}. Answered: load it all the same.`);
      await tutti.client.answerApproval(question, { accept: true, note: 'known gaps' }, 'Ada');
    }
  }
}
