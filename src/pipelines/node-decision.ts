/** What can be said of one node of a run: whether it may start, and if not, because of what. */
import { countOf } from './counts.ts';
import type { GraphNode } from './graph.ts';
import { nodeStates, type ScopeRun } from './scope-run.ts';
import { decide, decideTeardown, type Decision, type ParentStates } from './trigger-rules.ts';

/**
 * What the node's setups and its rule say. A setup that has not ended holds back a task that would run, not the end of one that
 * will not; `always` waits for nothing, so not for setups either. A rule of one's own that throws fails its task: then its error.
 */
export function decideNode(scope: ScopeRun, node: GraphNode): Decision | Error {
  const bySetup = node.rule === 'always' ? 'run' : decideBySetups(scope, node);
  if (bySetup !== 'run' && bySetup !== 'wait') return bySetup;
  try {
    const byRule = decideByRule(scope, node);
    return byRule === 'run' ? bySetup : byRule;
  } catch (error) {
    return error instanceof Error ? error : new TypeError(String(error));
  }
}

function decideByRule(scope: ScopeRun, node: GraphNode): Decision {
  const parents = parentStates(scope, node.index);
  if (node.role !== 'teardown') return decide(node.rule, parents, scope.host?.position ?? null);
  const setups = { total: 0, success: 0, skipped: 0 };
  for (const parent of node.parents) {
    if (scope.graph.nodes[parent.node]?.role !== 'setup') continue;
    const state = scope.state(parent.node);
    setups.total += 1;
    if (state === nodeStates.success) setups.success += 1;
    if (state === nodeStates.skipped) setups.skipped += 1;
  }
  return decideTeardown(parents, setups);
}

/** What hangs on a task inside a map or loop is also what hangs on that. */
export function priorityOf(scope: ScopeRun, node: GraphNode): number {
  const own = scope.graph.priorities?.[node.index] ?? 0;
  return scope.host === null ? own : own + priorityOf(scope.host.scope, scope.host.node);
}

/** Whether the arm a node stands in was picked. */
export function isGateOpen(scope: ScopeRun, { gate }: GraphNode): boolean {
  if (gate === null) return true;
  return scope.state(gate.choose) === nodeStates.success && scope.values[gate.choose] === gate.arm;
}

/** A setup further up that failed or was skipped decides at once; one that has not ended holds the task back. */
function decideBySetups(scope: ScopeRun, node: GraphNode): Decision {
  let decision: Decision = 'run';
  for (const setup of scope.graph.neededSetups[node.index] ?? []) {
    const state = scope.state(setup);
    if (state === nodeStates.failed || state === nodeStates.upstreamFailed) return 'upstreamFailed';
    if (state === nodeStates.skipped) decision = 'skipped';
    else if (state !== nodeStates.success && decision === 'run') decision = 'wait';
  }
  return decision;
}

/** The error that kept a node from running: that of the first parent, or needed setup, that has one. */
export function causeOf(scope: ScopeRun, node: GraphNode): unknown {
  const setup = scope.graph.neededSetups[node.index]?.find((index) => scope.values[index] instanceof Error);
  if (setup !== undefined) return scope.values[setup];
  for (const parent of node.parents) {
    const from = scope.outer(parent.depth);
    const state = from.state(parent.node);
    if (state === nodeStates.failed || state === nodeStates.upstreamFailed) return from.values[parent.node];
    const inner = from.inner?.get(parent.node);
    if (inner?.kind === 'map' && inner.firstError !== undefined) return inner.firstError;
  }
  return undefined;
}

function parentStates(scope: ScopeRun, node: number): ParentStates {
  const success = scope.count(node, countOf.success);
  const skipped = scope.count(node, countOf.skipped);
  const failed = scope.count(node, countOf.failed);
  const upstreamFailed = scope.count(node, countOf.upstreamFailed);
  const removed = scope.count(node, countOf.removed);
  const total = scope.count(node, countOf.total);
  const done = success + skipped + failed + upstreamFailed + removed;
  return { total, done, success, skipped, failed, upstreamFailed, removed };
}
