import { join } from 'node:path';
import { createTutti } from 'tutti';
import { BareStore } from '../bare-store.ts';
import { inDirectory, median, millisecondsOf, type Bench } from '../bench.ts';
import { addingSteps } from './definitions.ts';

const runs = 2_000;
const stepsPerRun = 10;
const rounds = 7;

/** Many runs at once: what group commit is for. */
export const steps: Bench = {
  name: 'steps',
  summary: '2,000 concurrent runs of 10 steps, each awaited by its caller',
  measure: () =>
    inDirectory(async (directory) => {
      const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [addingSteps] });
      await tutti.start();
      const bare = new BareStore(join(directory, 'bare.db'));
      const found: number[] = [];
      const floors: number[] = [];
      // The first round warms both up.
      for (let round = 0; round <= rounds; round += 1) {
        const floor = perSecond(await millisecondsOf(() => bareRound(bare, round)));
        const value = perSecond(await millisecondsOf(() => engineRound(tutti.client)));
        if (round > 0) found.push(value);
        if (round > 0) floors.push(floor);
      }
      bare.close();
      await tutti.stop();
      return [{ name: 'steps', value: median(found), unit: 'steps/s', floor: median(floors) }];
    }),
};

function perSecond(ms: number): number {
  return (runs * stepsPerRun * 1_000) / ms;
}

async function engineRound(client: Awaited<ReturnType<typeof createTutti>>['client']): Promise<void> {
  const ended = await Promise.all(
    Array.from({ length: runs }, async () => {
      const { id } = await client.startRun(addingSteps.name, stepsPerRun);
      return client.waitForRun(id);
    }),
  );
  if (ended.some(({ state }) => state !== 'completed')) throw new Error('a run did not complete');
}

function bareRound(bare: BareStore, round: number): void {
  const numbers: number[] = [];
  bare.commit(() => {
    for (let run = 0; run < runs; run += 1) numbers.push(bare.start(`${round}-${run}`));
  });
  for (let seq = 0; seq < stepsPerRun; seq += 1) {
    bare.commit(() => bare.append(numbers.map((run) => ({ run, seq, result: JSON.stringify({ i: seq }) }))));
  }
  bare.commit(() => {
    for (const run of numbers) bare.end(run, '45');
  });
}
