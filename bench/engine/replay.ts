import { join } from 'node:path';
import { createTutti } from 'tutti';
import { BareStore } from '../bare-store.ts';
import { inDirectory, median, millisecondsOf, type Bench } from '../bench.ts';
import { proceed, stepsThenWait } from './definitions.ts';

const runs = 100;
const entriesPerRun = 1_000;
const rounds = 5;

/** Runs that nobody has in memory any more are told to go on: each is claimed, read and replayed over its whole journal. */
export const replay: Bench = {
  name: 'replay',
  summary: '100 runs of 1,000 entries, replayed by a fresh engine',
  measure: () =>
    inDirectory(async (directory) => {
      const found: number[] = [];
      const floors: number[] = [];
      for (let round = 0; round <= rounds; round += 1) {
        const value = perSecond(await engineRound(join(directory, `${round}.db`)));
        const floor = perSecond(await bareRound(join(directory, `bare-${round}.db`)));
        if (round > 0) found.push(value);
        if (round > 0) floors.push(floor);
      }
      return [{ name: 'replay', value: median(found), unit: 'entries/s', floor: median(floors) }];
    }),
};

function perSecond(ms: number): number {
  return (runs * entriesPerRun * 1_000) / ms;
}

async function engineRound(store: string): Promise<number> {
  const before = await createTutti({ store, definitions: [stepsThenWait] });
  await before.start();
  const ids = await Promise.all(
    Array.from(
      { length: runs },
      async () => (await before.client.startRun(stepsThenWait.name, entriesPerRun)).id,
    ),
  );
  while ((await before.client.status()).runs.waiting < runs) await pause(20);
  await before.stop();

  const after = await createTutti({ store, definitions: [stepsThenWait] });
  await Promise.all(ids.map((id) => after.client.sendSignal(id, proceed.name, null)));
  const ms = await millisecondsOf(async () => {
    await after.start();
    const ended = await Promise.all(ids.map((id) => after.client.waitForRun(id)));
    if (ended.some(({ state }) => state !== 'completed')) throw new Error('a run did not complete');
  });
  await after.stop();
  return ms;
}

/** Reading and parsing the same rows. */
async function bareRound(file: string): Promise<number> {
  const bare = new BareStore(file);
  for (let run = 1; run <= runs; run += 1) {
    const rows = Array.from({ length: entriesPerRun }, (_, seq) => ({ run, seq, result: `{"i":${seq}}` }));
    bare.commit(() => bare.append(rows));
  }
  const ms = await millisecondsOf(() => {
    for (let run = 1; run <= runs; run += 1) bare.readPayloads(run);
  });
  bare.close();
  return ms;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
