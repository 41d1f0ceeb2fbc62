import { TuttiError } from '../base/tutti-error.ts';
import type { GraphNode, InputSlot } from './graph.ts';
import type { GraphRun } from './graph-run.ts';
import type { Outcome } from './outcome.ts';
import { nodeStates, type ScopeRun } from './scope-run.ts';

/** The inputs of a node as its handler sees them: plain values, or how each parent ended, as the rule promises. */
export function seenInputs(run: GraphRun, scope: ScopeRun, node: GraphNode): Record<string, unknown> {
  const isPlain =
    node.role === 'teardown' ||
    node.rule === 'allSuccess' ||
    node.rule === 'noneFailed' ||
    node.rule === 'noneFailedMinOneSuccess';
  const inputs: Record<string, unknown> = {};
  for (const slot of node.inputs) {
    inputs[slot.name] =
      isPlain || slot.source.type === 'literal' ? run.resolve(scope, slot.source) : outcome(run, scope, slot);
  }
  return inputs;
}

function outcome(run: GraphRun, scope: ScopeRun, { source }: InputSlot): Outcome<unknown> {
  const state = source.type === 'node' ? scope.outer(source.depth).state(source.node) : nodeStates.success;
  const value = run.resolve(scope, source);
  switch (state) {
    case nodeStates.success:
      return { state: 'success', value };
    case nodeStates.failed:
      return { state: 'failed', error: asError(value) };
    case nodeStates.upstreamFailed:
      return { state: 'upstreamFailed', error: asError(value) };
    case nodeStates.skipped:
    case nodeStates.removed:
      return { state: 'skipped' };
    default:
      return { state: 'pending' };
  }
}

function asError(value: unknown): Error {
  if (value instanceof Error) return value;
  return new TuttiError('TUTTI_TASKS_FAILED', 'It did not run because something before it failed.');
}
