import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
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

const directory = fileURLToPath(new URL('../data/wfinstances/', import.meta.url));

/** Every kept graph, by the name of its file. */
export function workflowGraphs(): readonly WorkflowGraph[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => {
      const graph = JSON.parse(readFileSync(`${directory}${file}`, 'utf8')) as WorkflowGraph;
      return { name: basename(file, '.json'), tasks: graph.tasks };
    });
}

/** The graph as a pipeline; `work` is what each task does, given its number. */
export function pipelineOf(
  graph: WorkflowGraph,
  work: (task: number, context: TaskContext) => unknown,
  options: { readonly concurrency?: number; readonly maximumAttempts?: number } = {},
): Pipeline {
  const { concurrency = 256, maximumAttempts = 1 } = options;
  const order = parentsFirst(graph);
  return pipeline(graph.name, { concurrency }, (p) => {
    const refs = new Map<string, Ref<unknown, 'always' | 'maybe'>>();
    for (const index of order) {
      const { id, parents } = taskAt(graph, index);
      const inputs = Object.fromEntries(parents.map((parent, at) => [`p${at}`, refs.get(parent)]));
      const handler = (_: unknown, context: TaskContext): unknown => work(index, context);
      const settings = { leaf: true, retry: { maximumAttempts, initialInterval: 0 } };
      refs.set(id, p.task(nameOf(id), inputs, handler, settings));
    }
  });
}

/** The id of a task as pipelines take it. */
export function nameOf(id: string): string {
  return id.replaceAll(/[^\w .-]/g, '_');
}

/** What bounds every schedule on `slots`: all work in seconds, and the longest chain. */
export function workAndPath(graph: WorkflowGraph): { readonly work: number; readonly path: number } {
  const ends = new Map<string, number>();
  let work = 0;
  for (const index of parentsFirst(graph)) {
    const { id, parents, runtimeInSeconds } = taskAt(graph, index);
    work += runtimeInSeconds;
    ends.set(id, Math.max(0, ...parents.map((parent) => ends.get(parent) ?? 0)) + runtimeInSeconds);
  }
  return { work, path: Math.max(0, ...ends.values()) };
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
