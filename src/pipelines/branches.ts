/** Branches: which arm runs, what becomes of the others, and what the branch results in. */
import type { GraphNode, NodeWork } from './graph.ts';
import type { OuterRun } from './outer-run.ts';
import { isEnd, nodeStates, type NodeStateCode, type ScopeRun } from './scope-run.ts';

type Choose = Extract<NodeWork, { kind: 'choose' }>;
type Join = Extract<NodeWork, { kind: 'join' }>;

/** The value to choose by is there. The node ends with the name of the arm. */
export function chooseArm(run: OuterRun, scope: ScopeRun, node: GraphNode, work: Choose): void {
  const value = run.resolve(scope, work.on);
  if (work.isCondition && typeof value !== 'boolean') {
    return run.failWith(scope, node, `the condition is a ${typeof value}; expected true or false.`);
  }
  const arm = String(value);
  if (!work.isCondition && !work.arms.has(arm)) {
    const arms = [...work.arms.keys()].join(', ');
    return run.failWith(scope, node, `nothing is declared for "${arm}"; there are arms for ${arms}.`);
  }
  run.end(scope, node, nodeStates.success, arm);
}

/** The choice has ended: the picked arm goes on; the others end as skipped, or as the choice itself did. */
export function openArms(run: OuterRun, scope: ScopeRun, node: GraphNode, work: Choose): void {
  const state = scope.state(node.index);
  const picked = state === nodeStates.success ? String(scope.values[node.index]) : null;
  const hasFailed = state === nodeStates.failed || state === nodeStates.upstreamFailed;
  const otherwise = hasFailed ? nodeStates.upstreamFailed : nodeStates.skipped;
  const error = hasFailed ? scope.values[node.index] : undefined;
  const endUnstarted = (index: number, end: NodeStateCode, value: unknown): void => {
    const member = scope.graph.nodes[index];
    if (member === undefined || scope.state(index) !== nodeStates.blocked) return;
    if (end === nodeStates.skipped) run.skip(scope, member);
    else run.end(scope, member, end, value);
  };
  for (const [arm, members] of work.arms) {
    for (const member of members) {
      if (arm === picked) run.look(scope, member);
      else endUnstarted(member, otherwise, error);
    }
  }
  const also = picked === null ? undefined : scope.graph.alsoSkipped?.get(node.index)?.get(picked);
  for (const other of also ?? []) endUnstarted(other, nodeStates.skipped, undefined);
}

/** The result of a branch is that of the arm that ran; nothing is decided while that is under way. */
export function joinArms(run: OuterRun, scope: ScopeRun, node: GraphNode, work: Join): void {
  const chosen = scope.state(work.choose);
  if (!isEnd(chosen)) return;
  if (chosen === nodeStates.skipped) return run.end(scope, node, nodeStates.skipped, undefined);
  if (chosen !== nodeStates.success) {
    return run.end(scope, node, nodeStates.upstreamFailed, scope.values[work.choose]);
  }
  const arm = work.arms.get(String(scope.values[work.choose]));
  if (arm === undefined) return run.end(scope, node, nodeStates.skipped, undefined);
  const state = arm.type === 'node' ? scope.outer(arm.depth).state(arm.node) : nodeStates.success;
  if (!isEnd(state)) return;
  const value = run.resolve(scope, arm);
  if (state === nodeStates.success) run.end(scope, node, nodeStates.success, value);
  else if (state === nodeStates.skipped) run.end(scope, node, nodeStates.skipped, undefined);
  else run.end(scope, node, nodeStates.upstreamFailed, value);
}
