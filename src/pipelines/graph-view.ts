import type { GraphNode, ScopeGraph } from './graph.ts';
import type { Pipeline } from './pipeline.ts';

/** A node of a graph as people and programs outside see it. */
export interface NodeView {
  readonly id: string;
  /** `task`, `shell`, `http`, `sql`, `map`, `loop`, `branch`, `join`, `call`, `wait`, `sleep` or `ask`. */
  readonly kind: string;
  /** Name of the rule, or `custom`. */
  readonly rule: string;
  readonly role: 'work' | 'setup' | 'teardown';
  /** Id of the map or loop whose body it belongs to; null at the root. */
  readonly inside: string | null;
  /** Ids of the nodes it waits for. */
  readonly parents: readonly string[];
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly doc: string | null;
}

/** A graph as people and programs outside see it. */
export interface GraphView {
  readonly pipeline: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly doc: string | null;
  /** In the order of declaration, the nodes of a body before its map or loop. */
  readonly nodes: readonly NodeView[];
}

/** Describes a pipeline's graph. */
export function describeGraph(pipeline: Pipeline): GraphView {
  const { name, version, tags, owner, doc, graph } = pipeline;
  return { pipeline: name, version, tags, owner, doc, nodes: viewScope(graph.root, []) };
}

function viewScope(scope: ScopeGraph, around: readonly ScopeGraph[]): readonly NodeView[] {
  const scopes = [scope, ...around];
  return scope.nodes.flatMap((node) => [
    ...('body' in node.work ? viewScope(node.work.body, scopes) : []),
    {
      id: node.id,
      kind: kindOf(node),
      rule: typeof node.rule === 'string' ? node.rule : 'custom',
      role: node.role,
      inside: scope.id === '' ? null : scope.id,
      parents: parentIds(node, scopes),
      tags: node.tags,
      owner: node.owner,
      doc: node.doc,
    },
  ]);
}

/** The kind of a node as people call it. */
export function kindOf({ work }: GraphNode): string {
  if (work.kind === 'task') return work.task.label;
  return work.kind === 'choose' ? 'branch' : work.kind;
}

function parentIds(node: GraphNode, scopes: readonly ScopeGraph[]): readonly string[] {
  const ids = node.parents.map(({ depth, node: parent }) => scopes[depth]?.nodes[parent]?.id);
  const [own] = scopes;
  if (node.gate !== null) ids.push(own?.nodes[node.gate.choose]?.id);
  for (const captured of node.captures) ids.push(own?.nodes[captured]?.id);
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** Ids around an instance without positions: of `parse[3]/one` it is `parse/one`. */
export function withoutPositions(id: string): string {
  return id.replaceAll(/\[\d+\]/g, '');
}
