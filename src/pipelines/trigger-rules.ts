/**
 * When a task runs, given how its parents ended: one pure function over counts, so that it costs the same for two parents
 * and for ten thousand. The rules, their eagerness and what a task becomes otherwise are Airflow's
 * (its trigger rule dependency and that class's tests); `allDone...SetupSuccess` is the one of teardowns.
 */

/** Every rule with a name, in the order of Airflow's table. */
export const triggerRules = [
  'allSuccess',
  'allFailed',
  'allDone',
  'allDoneMinOneSuccess',
  'allSkipped',
  'oneSuccess',
  'oneFailed',
  'oneDone',
  'noneFailed',
  'noneFailedMinOneSuccess',
  'noneSkipped',
  'always',
] as const;

/** A rule by its name. */
export type TriggerRule = (typeof triggerRules)[number];

/** How many parents there are, and how many of them ended in which way. Parents that are map instances count one each. */
export interface ParentStates {
  readonly total: number;
  /** All that have ended, in whichever way. */
  readonly done: number;
  readonly success: number;
  readonly skipped: number;
  readonly failed: number;
  readonly upstreamFailed: number;
  /** Map instances that the map has no more: no rule holds it against a task that they did not succeed, fail or get skipped. */
  readonly removed: number;
}

/** A rule of one's own: true as soon as the task shall run. Must be pure; asked at first, and again after each parent's end. */
export type TriggerPredicate = (parents: ParentStates) => boolean;

/** What is decided for a task. `wait`: nothing yet. */
export type Decision = 'wait' | 'run' | 'skipped' | 'upstreamFailed' | 'removed';

/** Counts of setup parents, for the rule of teardowns. */
export interface SetupStates {
  readonly total: number;
  readonly success: number;
  readonly skipped: number;
}

/**
 * What the rule says of a task with these parents; every rule passes at once when there are none.
 * `mapIndex` is the task's own position in a map, or null outside of maps.
 */
export function decide(
  rule: TriggerRule | TriggerPredicate,
  parents: ParentStates,
  mapIndex: number | null = null,
): Decision {
  if (parents.total === 0) return 'run';
  if (typeof rule === 'function') {
    if (rule(parents)) return 'run';
    return parents.done === parents.total ? 'skipped' : 'wait';
  }
  return deciders[rule](parents, mapIndex);
}

/** The rule of teardowns: they wait for all, and run if there was anything set up. */
export function decideTeardown(parents: ParentStates, setups: SetupStates): Decision {
  if (parents.done < parents.total) return 'wait';
  if (setups.total === 0 || setups.success > 0) return 'run';
  return setups.skipped === setups.total ? 'skipped' : 'upstreamFailed';
}

type Decider = (parents: ParentStates, mapIndex: number | null) => Decision;

const deciders: Readonly<Record<TriggerRule, Decider>> = {
  allSuccess(parents, mapIndex) {
    const { total, success, removed } = parents;
    if (hasFailure(parents)) return 'upstreamFailed';
    if (parents.skipped > 0) return 'skipped';
    if (mapIndex !== null && removed > 0 && success > 0 && mapIndex >= success) return 'removed';
    return success + removed === total ? 'run' : 'wait';
  },
  allFailed(parents) {
    const failures = parents.failed + parents.upstreamFailed;
    if (failures + parents.removed === parents.total) return 'run';
    return parents.success > 0 || parents.skipped > 0 ? 'skipped' : 'wait';
  },
  allDone: (parents) => (isDone(parents) ? 'run' : 'wait'),
  allDoneMinOneSuccess(parents) {
    if (parents.skipped > 0) return 'skipped';
    if (!isDone(parents)) return 'wait';
    return parents.success > 0 ? 'run' : 'upstreamFailed';
  },
  allSkipped(parents) {
    if (parents.skipped === parents.total) return 'run';
    return parents.success > 0 || hasFailure(parents) || isDone(parents) ? 'skipped' : 'wait';
  },
  oneSuccess(parents) {
    if (parents.success > 0) return 'run';
    if (!isDone(parents)) return 'wait';
    return parents.skipped === parents.total ? 'skipped' : 'upstreamFailed';
  },
  oneFailed(parents) {
    if (hasFailure(parents)) return 'run';
    return isDone(parents) ? 'skipped' : 'wait';
  },
  oneDone(parents) {
    if (parents.success + parents.failed > 0) return 'run';
    return isDone(parents) ? 'skipped' : 'wait';
  },
  noneFailed(parents) {
    if (hasFailure(parents)) return 'upstreamFailed';
    return isDone(parents) ? 'run' : 'wait';
  },
  noneFailedMinOneSuccess(parents) {
    if (hasFailure(parents)) return 'upstreamFailed';
    if (parents.skipped === parents.total) return 'skipped';
    if (!isDone(parents)) return 'wait';
    return parents.success > 0 ? 'run' : 'upstreamFailed';
  },
  noneSkipped(parents) {
    if (parents.skipped > 0) return 'skipped';
    return isDone(parents) ? 'run' : 'wait';
  },
  always: () => 'run',
};

function hasFailure(parents: ParentStates): boolean {
  return parents.failed > 0 || parents.upstreamFailed > 0;
}

function isDone(parents: ParentStates): boolean {
  return parents.done === parents.total;
}
