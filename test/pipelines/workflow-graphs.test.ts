import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createTutti } from 'tutti';
import { VirtualClock } from 'tutti/testing';
import {
  nameOf,
  pipelineOf,
  workAndPath,
  workflowGraphs,
  type WorkflowGraph,
} from '../../bench/pipelines/workflow-graph.ts';
import { withTutti } from './scene.ts';

const graphs = workflowGraphs();
const directory = mkdtempSync(join(tmpdir(), 'tutti-graphs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Every task in `order` once, and each after its parents. */
function expectEveryTaskOnceAfterItsParents(graph: WorkflowGraph, order: readonly number[]): void {
  expect(order.toSorted((a, b) => a - b)).toEqual([...graph.tasks.keys()]);
  const place = new Map(order.map((task, at) => [graph.tasks[task]!.id, at]));
  for (const { id, parents } of graph.tasks) {
    for (const parent of parents) expect(place.get(parent)).toBeLessThan(place.get(id)!);
  }
}

describe.each(graphs.map((graph) => [graph.name, graph] as const))('%s', (_, graph) => {
  it('runs every task once and after its parents', async () => {
    const order: number[] = [];
    const definition = pipelineOf(graph, (task) => void order.push(task));
    await withTutti([definition], async ({ client }) => {
      const { id } = await client.startRun(graph.name, undefined);
      expect((await client.waitForRun(id)).state).toBe('completed');
    });
    expectEveryTaskOnceAfterItsParents(graph, order);
  });

  it('does so with failures that pass', async () => {
    const order: number[] = [];
    const definition = pipelineOf(
      graph,
      (task, { attempt }) => {
        if (attempt <= task % 3) throw new Error('not yet');
        order.push(task);
      },
      { maximumAttempts: 3 },
    );
    await withTutti([definition], async ({ client }) => {
      const { id } = await client.startRun(graph.name, undefined);
      expect((await client.waitForRun(id)).state).toBe('completed');
    });
    expectEveryTaskOnceAfterItsParents(graph, order);
  });

  it.each([2, 7])(
    'keeps %i slots busy: its makespan stays below the bound of list scheduling',
    async (slots) => {
      const { work, path } = workAndPath(graph);
      // To whole milliseconds of virtual time, a thousandth of the recorded seconds.
      const lengths = graph.tasks.map(({ runtimeInSeconds }) => Math.ceil(runtimeInSeconds));
      const clock = new VirtualClock();
      let running = 0;
      const definition = pipelineOf(
        graph,
        (task) => {
          running += 1;
          expect(running).toBeLessThanOrEqual(slots);
          return new Promise<void>((resolve) => {
            clock.setTimer(lengths[task]!, () => {
              running -= 1;
              resolve();
            });
          });
        },
        { concurrency: slots },
      );
      const tutti = await createTutti({ store: ':memory:', clock, definitions: [definition] });
      await tutti.start();
      const begunAt = clock.now();
      const { id } = await tutti.client.startRun(graph.name, undefined);
      let run = await tutti.client.showRun(id);
      while (run.endedAt === null) {
        // What can happen without time passing happens first.
        for (let turn = 0; turn < 6; turn += 1) await new Promise(setImmediate);
        run = await tutti.client.showRun(id);
        if (run.endedAt === null) clock.fireNext();
      }
      await tutti.stop();
      const makespan = run.endedAt - begunAt;
      // Graham (1969): work/m + (1 - 1/m) x critical path; rounding up adds at most a millisecond per task on either.
      const bound = work / slots + (1 - 1 / slots) * path + graph.tasks.length;
      expect(makespan).toBeLessThanOrEqual(bound);
    },
  );
});

async function runUntil(args: readonly string[], isEnough: () => boolean): Promise<string> {
  const file = fileURLToPath(new URL('graph-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=tutti-source', file, ...args]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null && !isEnough()) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
  return said;
}

describe('a graph whose process is killed and started again', () => {
  it('runs every task, after its parents, and none again whose end is on record', async () => {
    const graph = graphs.find(({ name }) => name.includes('montage'))!;
    const [store, lines] = [join(directory, 'tutti.db'), join(directory, 'lines')];
    const ended = (): readonly number[] =>
      existsSync(lines) ? readFileSync(lines, 'utf8').trim().split('\n').map(Number) : [];
    for (const count of [8, 25, 40])
      await runUntil([store, lines, graph.name], () => ended().length >= count);
    expect(await runUntil([store, lines, graph.name], () => false)).toContain('completed');
    const order = ended();
    const firsts = [...new Set(order)];
    expect(firsts).toHaveLength(graph.tasks.length);
    // Each kill may cost what was under way then: at most one commit's worth of the four slots, twice.
    expect(order.length - firsts.length).toBeLessThanOrEqual(3 * 8);
    const place = new Map(firsts.map((task, at) => [graph.tasks[task]!.id, at]));
    for (const { id, parents } of graph.tasks) {
      for (const parent of parents) expect(place.get(parent)).toBeLessThan(place.get(id)!);
    }
    const tutti = await createTutti({ store, definitions: [] });
    const entries = await tutti.client.readHistory('r', { limit: 1_000 });
    await tutti.stop();
    const recorded = entries.filter(({ kind }) => kind === 'step').map(({ name }) => name);
    expect(recorded.toSorted()).toEqual(graph.tasks.map(({ id }) => nameOf(id)).toSorted());
  });
});

describe('ten thousand tasks on SQLite', () => {
  it('run without the database once being locked', async () => {
    const { pipeline } = await import('tutti');
    const lines: string[] = [];
    const log = (message: string): void => void lines.push(message);
    const big = pipeline('big', {}, (p) => {
      const items = p.task('items', {}, () => Array.from({ length: 10_000 }, (_, i) => i));
      return p.map('m', items, (n, p) => p.task('one', { n }, (i) => i.n));
    });
    await withTutti(
      [big],
      async ({ client }) => {
        const { id } = await client.startRun('big', undefined);
        // Others look at the run while it writes.
        const looks = Array.from({ length: 20 }, () => client.showRun(id));
        const run = await client.waitForRun(id);
        await Promise.all(looks);
        expect(run.state).toBe('completed');
        expect((run.output as number[]).length).toBe(10_000);
      },
      {
        ...{ store: join(directory, 'big.db'), dev: false },
        logger: { debug: log, info: log, warn: log, error: log },
      },
    );
    expect(lines.filter((line) => line.includes('locked'))).toEqual([]);
  });
});
