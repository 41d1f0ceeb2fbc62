import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { GraphNode, PipelineGraph, ScopeGraph } from './graph.ts';
import type { Pipeline } from './pipeline.ts';
import type { TaskHandler } from './task-types.ts';

/** What a mocked task does instead: results in a value, or runs another handler. */
export type TaskMock =
  { readonly value: unknown } | { readonly handler: TaskHandler<Readonly<Record<string, unknown>>, unknown> };

/** The same pipeline with other handlers for some tasks, by id without positions. Rules, retries and limits stay. @throws TUTTI_ARGUMENT_INVALID */
export function mockTasks<I, O>(
  pipeline: Pipeline<I, O>,
  mocks: Readonly<Record<string, TaskMock>>,
): Pipeline<I, O> {
  const ids = [...pipeline.graph.byId.keys()];
  for (const id of Object.keys(mocks)) {
    if (pipeline.graph.byId.get(id)?.work.kind === 'task') continue;
    const nearest = nearestName(id, ids);
    const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
    throw new TuttiError('TUTTI_ARGUMENT_INVALID', `Pipeline '${pipeline.name}' has no task '${id}'${hint}`);
  }
  const root = mockScope(pipeline.graph.root, new Map(Object.entries(mocks)));
  const byId = new Map<string, GraphNode>();
  collect(root, byId);
  const graph: PipelineGraph = { ...pipeline.graph, root, byId };
  return { ...pipeline, graph };
}

function mockScope(scope: ScopeGraph, mocks: ReadonlyMap<string, TaskMock>): ScopeGraph {
  return { ...scope, nodes: scope.nodes.map((node) => mockNode(node, mocks)) };
}

function mockNode(node: GraphNode, mocks: ReadonlyMap<string, TaskMock>): GraphNode {
  const { work } = node;
  if ('body' in work) return { ...node, work: { ...work, body: mockScope(work.body, mocks) } };
  const mock = mocks.get(node.id);
  if (mock === undefined || work.kind !== 'task') return node;
  const handler: TaskHandler<never, unknown> = 'handler' in mock ? mock.handler : () => mock.value;
  return { ...node, work: { ...work, task: { ...work.task, handler, target: null, cache: null } } };
}

function collect(scope: ScopeGraph, into: Map<string, GraphNode>): void {
  for (const node of scope.nodes) {
    into.set(node.id, node);
    if ('body' in node.work) collect(node.work.body, into);
  }
}
