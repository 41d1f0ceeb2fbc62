import type { ChildEdge, GraphNode } from './graph.ts';

/**
 * How much hangs on each node: its own priority and that of everything that follows from it, counted once (Airflow's
 * `downstream` weights). Null when no task has a priority of its own: then the order of readiness is as good.
 */
export function rollUpPriorities(
  nodes: readonly GraphNode[],
  children: readonly (readonly ChildEdge[])[],
): readonly number[] | null {
  const own = nodes.map((node) => (node.work.kind === 'task' ? node.work.task.priority : 0));
  if (own.every((priority, index) => nodes[index]?.work.kind !== 'task' || priority === 1)) return null;
  return nodes.map(({ index }) => {
    const following = new Set([index]);
    for (const node of following) for (const edge of children[node] ?? []) following.add(edge.node);
    let sum = 0;
    for (const node of following) sum += own[node] ?? 0;
    return sum;
  });
}
