/** What tasks that depend on their past leave behind: by run and task, how it ended, and who waits for that. */
import { nodeStates, stateName, type NodeState } from './scope-run.ts';

/** The end of a task, under {@link pastKey} of its run. */
export const endSpace = 'pipeline-past';
/** The id of the run that waits for a task, under the key of what it waits for. */
export const waiterSpace = 'pipeline-past-waiter';

/** The key of a task of a scheduled run. */
export function pastKey(run: string, task: string): string {
  return `${run}|${task}`;
}

/** The run, its schedule and the task of a key. Ids of scheduled runs end with `@` and an instant. */
export function readPastKey(key: string): {
  readonly run: string;
  readonly schedule: string;
  readonly task: string;
} {
  const [, schedule = '', instant = '', task = ''] = /^(.*)@([^|@]*)\|(.*)$/s.exec(key) ?? [];
  return { run: `${schedule}@${instant}`, schedule, task };
}

/** Whether the same task of the next run may go on after this end. */
export function letsPass(state: unknown): boolean {
  return state === passing.success || state === passing.skipped;
}

const passing: Readonly<Record<'success' | 'skipped', NodeState>> = {
  success: stateName(nodeStates.success),
  skipped: stateName(nodeStates.skipped),
};
