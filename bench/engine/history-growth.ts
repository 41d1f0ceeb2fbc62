import { join } from 'node:path';
import { createTutti, workflow } from 'tutti';
import { inDirectory, median, option, type Bench } from '../bench.ts';

/** Steps awaited together, so that the fsync does not hide what one more entry costs. */
const width = 100;
const window = 50;

/** One run with an ever longer journal: the next step must cost what the first did (I6). */
export const historyGrowth: Bench = {
  name: 'history-growth',
  summary: 'cost of a step late in a journal of 100,000 entries, over the cost of one at its beginning',
  measure: () =>
    inDirectory(async (directory) => {
      const entries = option('entries', 100_000);
      const costs: number[] = [];
      const growing = workflow('growing', async (ctx) => {
        for (let done = 0; done < entries; done += width) {
          // The real clock is outside of the code: it is read in steps, which run once.
          const startedAt = await ctx.step('clock', () => performance.now());
          await Promise.all(Array.from({ length: width }, (_, i) => ctx.step('add', () => i)));
          costs.push(((await ctx.step('clock', () => performance.now())) - startedAt) / width);
        }
      });
      const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [growing] });
      await tutti.start();
      const { id } = await tutti.client.startRun(growing.name, null);
      await tutti.client.waitForRun(id);
      await tutti.stop();
      // The first rounds warm the code up.
      const early = median(costs.slice(window, 2 * window));
      const late = median(costs.slice(-window));
      return [
        { name: 'history-growth', value: late / early, unit: 'late/early', floor: 1 },
        { name: 'history-growth-late-step', value: late * 1_000, unit: 'us/step', floor: null },
      ];
    }),
};
