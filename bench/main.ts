/**
 * Measures the engine through its public name, one JSON object per line: `{name, value, unit, floor, ratio}`.
 * `floor` is null where no bare loop is kept yet. Value: the median of the rounds.
 *
 *   npm run -s bench -- steps|sequential|start --json
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createTutti, workflow } from 'tutti';

const tenSteps = workflow('ten-steps', async (ctx, stepsMax: number) => {
  let sum = 0;
  for (let i = 0; i < stepsMax; i += 1) sum += (await ctx.step('add', () => ({ i }))).i;
  return sum;
});

type Client = Awaited<ReturnType<typeof createTutti>>['client'];

interface Bench {
  readonly unit: string;
  readonly rounds: number;
  /** Does one round and gives its figure. */
  readonly round: (client: Client) => Promise<number>;
}

const clock = performance;

async function runToEnd(client: Client, steps: number): Promise<void> {
  const { id } = await client.startRun(tenSteps.name, steps);
  const { state } = await client.waitForRun(id);
  if (state !== 'completed') throw new Error(`run ${id} is ${state}`);
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = clock.now();
  await work();
  return clock.now() - startedAt;
}

const benches: Readonly<Record<string, Bench>> = {
  steps: {
    unit: 'steps/s',
    rounds: 7,
    round: async (client) => {
      const before = (await client.status()).runs.completed;
      const ms = await millisecondsOf(async () => {
        await Promise.all(Array.from({ length: 2_000 }, () => client.startRun(tenSteps.name, 10)));
        while ((await client.status()).runs.completed < before + 2_000) await setTimeout(2);
      });
      return Math.round((20_000 / ms) * 1_000);
    },
  },
  sequential: {
    unit: 'ms/step',
    rounds: 5,
    round: async (client) => (await millisecondsOf(() => runToEnd(client, 1_000))) / 1_000,
  },
  start: { unit: 'ms', rounds: 101, round: (client) => millisecondsOf(() => runToEnd(client, 1)) },
};

const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
for (const name of asked.length === 0 ? Object.keys(benches) : asked) {
  const bench = benches[name];
  if (bench === undefined) {
    process.stderr.write(`There is no bench "${name}"; there are: ${Object.keys(benches).join(', ')}.\n`);
    process.exitCode = 2;
    continue;
  }
  process.stdout.write(`${JSON.stringify({ name, ...(await measure(bench)), floor: null, ratio: null })}\n`);
}

async function measure(bench: Bench): Promise<{ readonly value: number; readonly unit: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [tenSteps] });
  await tutti.start();
  const figures: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) figures.push(await bench.round(tutti.client));
  await tutti.stop();
  rmSync(directory, { recursive: true, force: true });
  const sorted = figures.toSorted((a, b) => a - b);
  return { value: Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toPrecision(4)), unit: bench.unit };
}
