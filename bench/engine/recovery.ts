import { join } from 'node:path';
import { inDirectory, option, type Bench } from '../bench.ts';
import { childProcess, startChild } from './child-process.ts';

/** A worker is killed with many runs open; another process takes over. */
export const recovery: Bench = {
  name: 'recovery',
  summary: '100,000 open runs, SIGKILL: first progress and all resumed, from the start of the next process',
  measure: () =>
    inDirectory(async (directory) => {
      const runs = option('runs', 100_000);
      const store = join(directory, 'tutti.db');
      const killed = startChild('open-runs', store, String(runs));
      await killed.message('opened');
      await killed.kill();
      const spawnedAt = performance.timeOrigin + performance.now();
      const { firstAt, allAt } = await childProcess<{ firstAt: number; allAt: number }>(
        'recovering',
        store,
        String(runs),
      );
      return [
        { name: 'recovery-first', value: (firstAt - spawnedAt) / 1_000, unit: 's', floor: null },
        { name: 'recovery-all', value: (allAt - spawnedAt) / 1_000, unit: 's', floor: null },
      ];
    }),
};
