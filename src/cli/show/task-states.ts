import type { NodeState, TaskSummary } from '../../pipelines/index.ts';
import type { Style } from '../output.ts';

/** Which state speaks for a task of several instances: the first of these that one of them is in. */
const order: readonly NodeState[] = [
  'failed',
  'upstreamFailed',
  'running',
  'ready',
  'blocked',
  'success',
  'skipped',
  'removed',
];

/** States as people read them. */
const words: Readonly<Record<NodeState, string>> = {
  blocked: 'waits',
  ready: 'ready',
  running: 'runs',
  success: 'done',
  failed: 'failed',
  upstreamFailed: 'not run',
  skipped: 'skipped',
  removed: 'removed',
};

/** The color of a state. */
export const stateStyles: Readonly<Record<NodeState, Style>> = {
  blocked: 'dim',
  ready: 'dim',
  running: 'cyan',
  success: 'green',
  failed: 'red',
  upstreamFailed: 'yellow',
  skipped: 'dim',
  removed: 'dim',
};

/** The state that speaks for a task. */
export function worstState({ states }: TaskSummary): NodeState {
  return order.find((state) => (states[state] ?? 0) > 0) ?? 'blocked';
}

/** For example `done`, or `11 done, 1 failed`. */
export function countsOf({ states }: TaskSummary): string {
  const present = order.filter((state) => (states[state] ?? 0) > 0);
  if (present.length === 0) return 'waits';
  const isSingle = present.length === 1 && states[present[0] ?? 'blocked'] === 1;
  return present
    .map((state) => (isSingle ? words[state] : `${states[state] ?? 0} ${words[state]}`))
    .join(', ');
}
