import { join } from 'node:path';
import { createTutti } from 'tutti';
import { BareStore } from '../bare-store.ts';
import { inDirectory, median, millisecondsOf, type Bench } from '../bench.ts';
import { addingSteps } from './definitions.ts';

const stepsPerRun = 1_000;

/** One run alone: every step waits for its own fsync. */
export const sequential: Bench = {
  name: 'sequential',
  summary: 'one run of 1,000 steps in sequence, per step',
  measure: () => measureAlone({ name: 'sequential', unit: 'ms/step', steps: stepsPerRun, rounds: 5 }),
};

/** What a caller feels: the smallest run on an idle engine. */
export const start: Bench = {
  name: 'start',
  summary: 'start to result of a one-step run on an idle engine',
  measure: () => measureAlone({ name: 'start', unit: 'ms', steps: 1, rounds: 201 }),
};

function measureAlone(what: {
  readonly name: string;
  readonly unit: string;
  readonly steps: number;
  readonly rounds: number;
}): ReturnType<Bench['measure']> {
  const { name, unit, steps, rounds } = what;
  return inDirectory(async (directory) => {
    const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [addingSteps] });
    await tutti.start();
    const bare = new BareStore(join(directory, 'bare.db'));
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const floor = await millisecondsOf(() => bareRun(bare, `${round}`, steps));
      const value = await millisecondsOf(async () => {
        const { id } = await tutti.client.startRun(addingSteps.name, steps);
        const { state } = await tutti.client.waitForRun(id);
        if (state !== 'completed') throw new Error(`run ${id} is ${state}`);
      });
      if (round > 0) found.push(value / steps);
      if (round > 0) floors.push(floor / steps);
    }
    bare.close();
    await tutti.stop();
    return [{ name, value: median(found), unit, floor: median(floors) }];
  });
}

function bareRun(bare: BareStore, id: string, steps: number): void {
  let run = 0;
  bare.commit(() => {
    run = bare.start(id);
  });
  for (let seq = 0; seq < steps; seq += 1) {
    bare.commit(() => bare.append([{ run, seq, result: JSON.stringify({ i: seq }) }]));
  }
  bare.commit(() => bare.end(run, '0'));
}
