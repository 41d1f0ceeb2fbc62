import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pipeline, type Pipeline, type Ref, type TaskContext } from 'tutti';

/** A real workflow: its tasks, what each waits for, and how long it took. See data/wfinstances/NOTICE.md. */
export interface WorkflowGraph {
  readonly name: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly parents: readonly string[];
    readonly runtimeInSeconds: number;
  }[];
}

const kept = fileURLToPath(new URL('../data/wfinstances/', import.meta.url));

/** Names a folder with graphs to take instead of the kept ones: all of WfInstances, for example. */
export const graphsVariable = 'TUTTI_WFINSTANCES';

/** Every graph, by the name of its file: the kept ones, or those of the folder that {@link graphsVariable} names. */
export function workflowGraphs(
  directory: string = process.env[graphsVariable] ?? kept,
): readonly WorkflowGraph[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const graph = JSON.parse(readFileSync(join(directory, file), 'utf8')) as WorkflowGraph;
      return { name: basename(file, '.json'), tasks: graph.tasks };
    });
}

/** How a graph is run. */
export interface GraphOptions {
  /** Tasks at a time, by the pipeline's own limit. Default 256. */
  readonly concurrency?: number;
  /** Default 1. */
  readonly maximumAttempts?: number;
  /** Slots of a pool that each task takes one of. Default: no pool. */
  readonly poolLimit?: number;
}

/** The graph as a pipeline; `work` is what each task does, given its number. */
export function pipelineOf(
  graph: WorkflowGraph,
  work: (task: number, context: TaskContext) => unknown,
  options: GraphOptions = {},
): Pipeline {
  const { concurrency = 256, maximumAttempts = 1, poolLimit } = options;
  const order = parentsFirst(graph);
  return pipeline(graph.name, { concurrency }, (p) => {
    const refs = new Map<string, Ref<unknown, 'always' | 'maybe'>>();
    for (const index of order) {
      const { id, parents } = taskAt(graph, index);
      const inputs = Object.fromEntries(parents.map((parent, at) => [`p${at}`, refs.get(parent)]));
      const handler = (_: unknown, context: TaskContext): unknown => work(index, context);
      const settings = { leaf: true, retry: { maximumAttempts, initialInterval: 0 } };
      const pool = poolLimit === undefined ? {} : { pool: { name: 'slots', limit: poolLimit } };
      refs.set(id, p.task(nameOf(id), inputs, handler, { ...settings, ...pool }));
    }
  });
}

/** The id of a task as pipelines take it. */
export function nameOf(id: string): string {
  return id.replaceAll(/[^\w .-]/g, '_');
}

/** What bounds every schedule on `slots`: all work, and the longest chain, in the unit of the lengths of the tasks. */
export function workAndPath(
  graph: WorkflowGraph,
  lengths: readonly number[],
): { readonly work: number; readonly path: number } {
  const ends = new Map<string, number>();
  let work = 0;
  for (const index of parentsFirst(graph)) {
    const { id, parents } = taskAt(graph, index);
    const length = lengths[index] ?? 0;
    work += length;
    ends.set(id, Math.max(0, ...parents.map((parent) => ends.get(parent) ?? 0)) + length);
  }
  return { work, path: Math.max(0, ...ends.values()) };
}

/** The longest that list scheduling takes on so many slots; Graham (1969): work/m + (1 - 1/m) x critical path. */
export function makespanBound(graph: WorkflowGraph, lengths: readonly number[], slots: number): number {
  const { work, path } = workAndPath(graph, lengths);
  return work / slots + (1 - 1 / slots) * path;
}

function parentsFirst(graph: WorkflowGraph): readonly number[] {
  const byId = new Map(graph.tasks.map(({ id }, index) => [id, index]));
  const placed = new Set<number>();
  const place = (index: number): void => {
    if (placed.has(index)) return;
    for (const parent of taskAt(graph, index).parents) place(byId.get(parent) ?? 0);
    placed.add(index);
  };
  for (const index of graph.tasks.keys()) place(index);
  return [...placed];
}

function taskAt(graph: WorkflowGraph, index: number): WorkflowGraph['tasks'][number] {
  const task = graph.tasks[index];
  if (task === undefined) throw new Error(`workflow ${graph.name} has no task ${index}`);
  return task;
}
