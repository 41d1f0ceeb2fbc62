import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createTutti } from 'tutti';
import { createTestTutti } from 'tutti/testing';
import {
  graphsVariable,
  makespanBound,
  nameOf,
  pipelineOf,
  workflowGraphs,
  type GraphOptions,
  type WorkflowGraph,
} from '../../bench/pipelines/workflow-graph.ts';
import { runGraph, type Ordeal } from './graph-runs.ts';

// All of WfInstances, instead of the kept graphs, with TUTTI_WFINSTANCES=<folder>.
const graphs = workflowGraphs();
const timeout = process.env[graphsVariable] === undefined ? 30_000 : 600_000;
const directory = mkdtempSync(join(tmpdir(), 'tutti-graphs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs it, and expects every task to end as it has to: once, and after its parents. */
async function expectRightEnds(graph: WorkflowGraph, ordeal: Ordeal): Promise<{ readonly kills: number }> {
  const { violations, states, expected, state, kills } = await runGraph(graph, ordeal);
  expect(violations).toEqual([]);
  expect(Object.fromEntries(states)).toEqual(Object.fromEntries(expected));
  expect(state).toBe([...expected.values()].every((one) => one === 'success') ? 'completed' : 'failed');
  return { kills };
}

/** How long the run took in virtual milliseconds, when each task takes its recorded time and nothing else takes any. */
async function makespanOf(
  graph: WorkflowGraph,
  lengths: readonly number[],
  options: GraphOptions & { readonly slots: number },
): Promise<number> {
  let running = 0;
  const definition = pipelineOf(
    graph,
    (task) => {
      running += 1;
      expect(running).toBeLessThanOrEqual(options.slots);
      return new Promise<void>((resolve) => {
        env.clock.setTimer(lengths[task]!, () => {
          running -= 1;
          resolve();
        });
      });
    },
    options,
  );
  // Bodies wait for virtual time alone, so time need not wait for them.
  await using env = await createTestTutti({ definitions: [definition], bodyGraceMs: 0, dev: false });
  const run = await env.start(definition, undefined);
  await run.result();
  const { createdAt, endedAt } = await env.show(run);
  return endedAt! - createdAt;
}

describe.each(graphs.map((graph) => [graph.name, graph] as const))('%s', (name, graph) => {
  describe.each(['memory', 'sqlite'] as const)('on %s', (store) => {
    it('runs every task once and after its parents', { timeout }, async () => {
      await expectRightEnds(graph, { store, seed: name });
    });

    it('does so when its process is killed and another one resumes it', { timeout }, async () => {
      const { kills } = await expectRightEnds(graph, { store, seed: `${name} killed`, kills: 6 });
      expect(kills).toBeGreaterThan(0);
    });

    it('does so when attempts fail, and is killed meanwhile', { timeout }, async () => {
      await expectRightEnds(graph, { store, seed: `${name} stumbling`, stumbling: 0.3, kills: 4 });
    });

    it('leaves out what is after a task that failed for good, and nothing else', { timeout }, async () => {
      await expectRightEnds(graph, { store, seed: `${name} failing`, failing: 0.08, stumbling: 0.1 });
    });

    it('does so when it is killed meanwhile', { timeout }, async () => {
      const seed = `${name} failing and killed`;
      await expectRightEnds(graph, { store, seed, failing: 0.08, stumbling: 0.1, kills: 4 });
    });
  });

  describe.each([2, 7])(
    'keeps %i slots busy: its makespan stays below the bound of list scheduling',
    (slots) => {
      const lengths = graph.tasks.map(({ runtimeInSeconds }) => Math.ceil(runtimeInSeconds * 1_000));
      const bound = makespanBound(graph, lengths, slots);

      it("as the pipeline's concurrency", { timeout }, async () => {
        expect(await makespanOf(graph, lengths, { slots, concurrency: slots })).toBeLessThanOrEqual(bound);
      });

      it('as slots of a pool', { timeout }, async () => {
        expect(await makespanOf(graph, lengths, { slots, poolLimit: slots })).toBeLessThanOrEqual(bound);
      });
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
