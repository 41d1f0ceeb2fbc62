/** Pipelines: what the graph costs beside the work of its tasks. */
import { join } from 'node:path';
import { createTutti, pipeline, type Pipeline, type Ref, type Tutti } from 'tutti';
import { BareStore } from '../bare-store.ts';
import { inDirectory, median, millisecondsOf, type Bench, type Figure } from '../bench.ts';
import { pipelineOf, workflowGraphs } from './workflow-graph.ts';

/** How a pipeline is measured. */
interface Measured {
  readonly name: string;
  readonly definitions: readonly Pipeline[];
  /** Tasks per round, by which the time is divided where the unit is one of a task. */
  readonly tasks: number;
  readonly unit: 'ms/task' | 'ms';
  readonly rounds: number;
  /** How many tasks one commit of the bare loop carries: one after the other, or all at once. */
  readonly perCommit: number;
}

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

function chain(name: string, length: number, n: number): Pipeline {
  return pipeline(name, {}, (p) => {
    let last = p.task('t0', {}, () => fib(n));
    for (let i = 1; i < length; i += 1) last = p.task(`t${i}`, { last }, () => fib(n));
    return last;
  });
}

function mapOf(name: string, items: number): Pipeline {
  return pipeline(name, { concurrency: 1_000 }, (p) => {
    const list = p.task('list', {}, () => Array.from({ length: items }, (_, i) => i));
    const mapped = p.map('m', list, (n, p) => p.task('one', { n }, (i) => i.n));
    return p.task('sum', { mapped }, (i) => i.mapped.length);
  });
}

function fanIn(parents: number): Pipeline {
  return pipeline(`fan-in-${parents}`, { concurrency: 1_000 }, (p) => {
    const inputs: Record<string, Ref<number>> = {};
    for (let i = 0; i < parents; i += 1) inputs[`p${i}`] = p.task(`p${i}`, {}, () => i);
    return p.task('all', inputs, (all) => Object.keys(all).length);
  });
}

/** A chain of ten beside thousands of tasks that stay blocked until it has ended, and are then skipped: they must cost it nothing. */
function blocked(tasks: number): Pipeline {
  return pipeline('blocked', {}, (p) => {
    let last: Ref<boolean> = p.task('t0', {}, () => false);
    for (let i = 1; i < 10; i += 1) last = p.task(`t${i}`, { last }, () => false);
    p.when(last, (p) => {
      let behind = p.task('b0', {}, () => 0);
      for (let i = 1; i < tasks; i += 1) behind = p.task(`b${i}`, { behind }, () => i);
      return p.after(p.task('end', { behind }, () => 0, { leaf: true }));
    });
    return last;
  });
}

async function runToEnd({ client }: Tutti, name: string): Promise<void> {
  const { id } = await client.startRun(name, undefined);
  const { state } = await client.waitForRun(id);
  if (state !== 'completed') throw new Error(`run ${id} is ${state}`);
}

function bareTasks(bare: BareStore, id: string, { tasks, perCommit }: Measured): void {
  let run = 0;
  bare.commit(() => {
    run = bare.start(id);
  });
  for (let from = 0; from < tasks; from += perCommit) {
    const count = Math.min(perCommit, tasks - from);
    const rows = Array.from({ length: count }, (_, i) => ({ run, seq: from + i, result: '0' }));
    bare.commit(() => bare.append(rows));
  }
  bare.commit(() => bare.end(run, '0'));
}

function measure(what: Measured): Promise<readonly Figure[]> {
  const { name, definitions, tasks, unit, rounds } = what;
  return inDirectory(async (directory) => {
    const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions });
    await tutti.start();
    const bare = new BareStore(join(directory, 'bare.db'));
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const floor = await millisecondsOf(() => bareTasks(bare, `${round}`, what));
      const value = await millisecondsOf(async () => {
        for (const definition of definitions) await runToEnd(tutti, definition.name);
      });
      if (round > 0) found.push(unit === 'ms' ? value : value / tasks);
      if (round > 0) floors.push(unit === 'ms' ? floor : floor / tasks);
    }
    bare.close();
    await tutti.stop();
    return [{ name, value: median(found), unit, floor: median(floors) }];
  });
}

/** A bench of pipelines that run one after the other. */
function bench(summary: string, what: Measured): Bench {
  return { name: what.name, summary, measure: () => measure(what) };
}

/** 100 runs of 10 tasks at once: how long a task that could run waits until it does. */
const manyPipelines: Bench = {
  name: 'many-pipelines',
  summary: '100 runs of 10 tasks in sequence at once: from ready to started',
  measure: () =>
    inDirectory(async (directory) => {
      const lags: number[] = [];
      const small = pipeline('small', {}, (p) => {
        let last = p.task('t0', {}, () => performance.now());
        for (let i = 1; i < 10; i += 1) {
          last = p.task(`t${i}`, { last }, (i) => {
            const now = performance.now();
            lags.push(now - i.last);
            return now;
          });
        }
        return last;
      });
      const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [small] });
      await tutti.start();
      for (let round = 0; round < 22; round += 1) {
        // The first rounds warm the code up.
        if (round === 2) lags.length = 0;
        await Promise.all(Array.from({ length: 100 }, () => runToEnd(tutti, 'small')));
      }
      await tutti.stop();
      const sorted = lags.toSorted((a, b) => a - b);
      const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
      const name = 'many-pipelines';
      return [
        { name: `${name} lag p50`, value: at(0.5), unit: 'ms', floor: null },
        { name: `${name} lag p99`, value: at(0.99), unit: 'ms', floor: null },
      ];
    }),
};

const graphs = workflowGraphs();
const graphTasks = graphs.reduce((sum, graph) => sum + graph.tasks.length, 0);

/** Every bench of pipelines. */
export const pipelineBenches: readonly Bench[] = [
  bench('40 tasks of fib(10) in sequence, per task', {
    ...{ name: 'pipeline-chain', definitions: [chain('chain', 40, 10)], tasks: 40 },
    ...{ unit: 'ms/task', rounds: 15, perCommit: 1 },
  }),
  bench('10 tasks of fib(33) in sequence: work outweighs the engine', {
    ...{ name: 'pipeline-fib33', definitions: [chain('fib33', 10, 33)], tasks: 10 },
    ...{ unit: 'ms', rounds: 3, perCommit: 1 },
  }),
  bench('a map of 10,000 items and their sum', {
    ...{
      name: 'map',
      definitions: [mapOf('map', 10_000)],
      tasks: 10_002,
      unit: 'ms',
      rounds: 5,
      perCommit: 1_000,
    },
  }),
  ...[1_000, 10_000].map((parents) =>
    bench(`${parents} tasks and one that waits for all of them, per task`, {
      ...{ name: `fan-in-${parents}`, definitions: [fanIn(parents)], tasks: parents + 1 },
      ...({ unit: 'ms/task', rounds: 5, perCommit: 1_000 } as const),
    }),
  ),
  bench('10 tasks in sequence beside 10,000 blocked ones, per task', {
    ...{
      name: 'blocked',
      definitions: [blocked(10_000)],
      tasks: 10,
      unit: 'ms/task',
      rounds: 5,
      perCommit: 1,
    },
  }),
  manyPipelines,
  bench(`${graphs.length} real workflow graphs without their work, per task`, {
    ...{ name: 'wfinstances', definitions: graphs.map((graph) => pipelineOf(graph, () => null)) },
    ...{ tasks: graphTasks, unit: 'ms/task', rounds: 5, perCommit: 20 },
  }),
];
