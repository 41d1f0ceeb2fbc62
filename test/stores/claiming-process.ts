/** Claims runs from a SQLite store until none is left and prints their numbers as JSON. Argument: file. */
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { registerWorker, startTime } from './records.ts';

const store = await createSqliteStore({ file: process.argv[2] ?? '' });
const worker = await registerWorker(store, startTime + 1_000_000);
const numbers: number[] = [];
for (;;) {
  const claimed = await store.claim({ worker, now: startTime, runsMax: 7, definitions: ['greet'] });
  if (claimed.length === 0) break;
  numbers.push(...claimed.map(({ run }) => run.number));
}
process.stdout.write(JSON.stringify(numbers));
await store.close();
