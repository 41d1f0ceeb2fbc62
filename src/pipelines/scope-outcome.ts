import type { GraphNode } from './graph.ts';
import { nodeStates, type ScopeRun } from './scope-run.ts';

/** How a scope ended, and the first error if it did not end well. */
export interface ScopeOutcome {
  readonly state: 'success' | 'failed' | 'upstreamFailed' | 'skipped';
  readonly error: unknown;
}

/**
 * The run-state rule. Airflow looks at leaves alone: any that failed, or did not run because something before it failed, fails
 * the run; so a last task that runs whatever happened hides a failure. Here a failure also counts when it is not a leaf's, unless the
 * task is declared with `allowFailure` or another task took it: one that ran because of it and succeeded.
 */
export function outcomeOf(scope: ScopeRun, compat: 'airflow' | null): ScopeOutcome {
  const { nodes, leaves } = scope.graph;
  let upstream: unknown;
  let isIncomplete = false;
  for (const index of leaves) {
    const state = scope.state(index);
    if (state === nodeStates.failed && nodes[index]?.allowFailure === false)
      return { state: 'failed', error: scope.values[index] };
    if (state !== nodeStates.upstreamFailed) continue;
    upstream ??= scope.values[index];
    isIncomplete = true;
  }
  if (compat === null) {
    for (const node of nodes) {
      if (scope.states[node.index] !== nodeStates.failed || node.allowFailure || isTaken(scope, node))
        continue;
      return { state: 'failed', error: scope.values[node.index] };
    }
  }
  if (isIncomplete) return { state: 'upstreamFailed', error: upstream };
  return { state: isResultSkipped(scope) ? 'skipped' : 'success', error: undefined };
}

/** Whether a task that asks for failures ran because of this one, and succeeded. */
function isTaken(scope: ScopeRun, node: GraphNode): boolean {
  return (scope.graph.children[node.index] ?? []).some((edge) => {
    const child = scope.graph.nodes[edge.node];
    return child !== undefined && asksForFailures(child) && scope.state(edge.node) === nodeStates.success;
  });
}

function asksForFailures({ rule }: GraphNode): boolean {
  return rule === 'oneFailed' || rule === 'allFailed' || typeof rule === 'function';
}

function isResultSkipped(scope: ScopeRun): boolean {
  const { result } = scope.graph;
  return result?.type === 'node' && scope.outer(result.depth).state(result.node) === nodeStates.skipped;
}
