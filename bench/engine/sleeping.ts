import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createTutti } from 'tutti';
import { inDirectory, option, type Bench } from '../bench.ts';
import { childProcess } from './child-process.ts';
import { sleeper } from './definitions.ts';

const startedAtOnce = 5_000;

/** A waiting run costs disk, not memory. */
export const sleeping: Bench = {
  name: 'sleeping',
  summary: 'a million sleeping runs: start-up and memory of an engine on them, disk for each',
  measure: () =>
    inDirectory(async (directory) => {
      const runs = option('runs', 1_000_000);
      const store = join(directory, 'tutti.db');
      await putToSleep(store, runs);
      const bytes = ['', '-wal'].reduce(
        (sum, suffix) => sum + (statSync(store + suffix, { throwIfNoEntry: false })?.size ?? 0),
        0,
      );
      const { startMs, residentBytes } = await childProcess<{ startMs: number; residentBytes: number }>(
        'sleeping',
        store,
      );
      return [
        { name: 'sleeping-start-up', value: startMs / 1_000, unit: 's', floor: null },
        { name: 'sleeping-resident', value: residentBytes / 2 ** 20, unit: 'MiB', floor: null },
        { name: 'sleeping-disk', value: bytes / runs, unit: 'bytes/run', floor: null },
      ];
    }),
};

async function putToSleep(store: string, runs: number): Promise<void> {
  const tutti = await createTutti({ store, definitions: [sleeper], idleMs: 100 });
  await tutti.start();
  for (let started = 0; started < runs; started += startedAtOnce) {
    const count = Math.min(startedAtOnce, runs - started);
    await Promise.all(Array.from({ length: count }, () => tutti.client.startRun(sleeper.name, null)));
    if (started % 100_000 === 0) process.stderr.write(`sleeping: ${started.toLocaleString('en')} started\n`);
  }
  while ((await tutti.client.status()).runs.waiting < runs) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await tutti.stop();
}
