import type { Duration } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import type { RetryPolicy } from '../base/retry-policy.ts';
import type { PublishTarget } from '../engine/index.ts';
import type { Notification } from './notification.ts';
import type { Outcome } from './outcome.ts';
import type { AnyRef, JoinedPresence, Presence, PresenceOf, Ref } from './ref.ts';
import type { Target } from './target.ts';
import type { TriggerPredicate, TriggerRule } from './trigger-rules.ts';

/** What a task is given: literals and references by name. Only references at the top are edges of the graph. */
export type TaskInputs = Readonly<Record<string, unknown>>;

/** What a handler sees of one parent: its plain value where the rule promises it, else how the parent ended. */
type Seen<T, P extends Presence, R> = R extends 'allSuccess'
  ? T
  : R extends 'noneFailed' | 'noneFailedMinOneSuccess'
    ? P extends 'maybe'
      ? T | undefined
      : T
    : Outcome<T>;

/** What a handler sees of its inputs under rule `R`. */
export type SeenInputs<I, R> = {
  readonly [K in keyof I]: I[K] extends Ref<infer T, infer P> ? Seen<T, P, R> : I[K];
};

/** Presences of all inputs, joined. */
type PresenceOfInputs<I> = JoinedPresence<{ [K in keyof I]: PresenceOf<I[K]> }[keyof I]>;

/** Whether a task under rule `R` may be skipped: what makes a skip that cascades visible in the editor. */
export type TaskPresence<I, R> = R extends 'allSuccess'
  ? PresenceOfInputs<I>
  : R extends 'noneFailed' | 'allDone' | 'always'
    ? 'always'
    : 'maybe';

/** The half-open stretch of time whose data a scheduled run is about. */
export interface DataInterval {
  readonly start: Date;
  readonly end: Date;
}

/** What a task's handler is given beside its inputs. Inside a task everything is real: the clock, randomness, I/O. */
export interface TaskContext {
  /** Aborted when the attempt times out, the run is canceled or this worker lost the run. */
  readonly signal: AbortSignal;
  /** The same text in every attempt of this task instance and after every crash, different for every other one. */
  readonly idempotencyKey: string;
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly runId: string;
  readonly pipeline: string;
  /** The task's id with the positions of the maps and loops around it, such as `parse[3]/one`. */
  readonly task: string;
  /** Position in the innermost map or loop around it; null outside. */
  readonly mapIndex: number | null;
  /** The data interval of a scheduled run. Of a run started by hand: empty, at the instant of its creation. */
  readonly interval: DataInterval;
  /** Key of the asset partition the run was started for: by a rule over assets, or by a tick beside one. Null for none. */
  readonly partition: string | null;
  readonly log: Logger;
  /**
   * Publishes an event with the commit that records the success of this task (I4): once, however often the task is tried; a task
   * that fails publishes nothing. Resolves when the event is checked; one that is refused fails the attempt, awaited or not. Its
   * cause is what the run followed from when the task began. A result that comes from the cache or the target publishes nothing.
   * @throws TUTTI_TOPIC_NOT_BOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID
   */
  readonly publish: <E>(topic: PublishTarget<E>, event: E) => Promise<void>;
}

/** Does the work of a task. What it returns must be storable; it is recorded once and comes back in every replay. */
export type TaskHandler<I, O> = (inputs: I, context: TaskContext) => O;

/** When a failed task is tried again: the engine's retry policy, and a condition. Default: not at all. */
export interface TaskRetry extends RetryPolicy {
  /** Asked for each error of the handler; false fails the task at once. Default: every error is worth a retry. */
  readonly if?: (error: unknown) => boolean;
}

/** What a task's end, or lateness, is told to. */
export interface TaskCallbacks {
  readonly onSuccess?: readonly Notification[] | Notification;
  /** Also for a task that did not run because something before it failed. */
  readonly onFailure?: readonly Notification[] | Notification;
  readonly onSkipped?: readonly Notification[] | Notification;
}

/** A time by which something has to be done, and whom to tell if it is not. The work itself goes on. */
export interface Deadline {
  /** Counted from the start of the run. */
  readonly after: Duration;
  readonly notify: readonly Notification[] | Notification;
}

/** Slots of a pool that a task holds while it runs. */
export interface PoolUse {
  readonly name: string;
  /** How many this task takes. Default 1. */
  readonly slots?: number;
  /** How many the pool has, unless an operator has set its limit. Default 1. */
  readonly limit?: number;
}

/** Results to be used again. Results above the threshold for inline payloads are not kept. */
interface TaskCache<In> {
  /** What the result depends on: a storable value. Tasks of one id and equal keys share results. */
  readonly key: (inputs: In) => unknown;
  /** How long a result may be used. Default: for ever. */
  readonly expires?: Duration;
}

/** What every node of the graph can be told. */
export interface NodeOptions {
  /** Further tasks to wait for, without their values. One that was skipped does not hold this one up; one that failed does. */
  readonly after?: readonly AnyRef[];
  /** Nothing needs this task, and that is on purpose. Default false: then it must lead to the pipeline's result. */
  readonly leaf?: boolean;
  readonly tags?: readonly string[];
  readonly owner?: string;
  /** Documentation: shown with the graph. */
  readonly doc?: string;
}

/** Settings of a task beside its rule. `In` is what its handler sees, `O` what it returns. */
export interface TaskSettings<In = never, O = unknown> extends NodeOptions, TaskCallbacks {
  readonly retry?: TaskRetry | undefined;
  /** How long one attempt may take. Default: no limit. */
  readonly attemptTimeout?: Duration;
  /** How long all attempts and pauses together may take. Default: no limit. */
  readonly timeout?: Duration;
  /** How many instances of this task may run at a time in one run. Default: the pipeline's limit. */
  readonly concurrency?: number;
  /** Which ready tasks go first where slots are scarce: the higher one. Rolled up along the graph. Default 1. */
  readonly priority?: number;
  /** A failure of this task does not fail the run. Default false. */
  readonly allowFailure?: boolean;
  /** Only at the root of a graph, not in maps and loops. */
  readonly deadline?: Deadline;
  /**
   * Slots that tasks of all runs and workers share. A name of your choice limits a resource; one made of the inputs limits what is
   * done at a time for one customer, file or account.
   */
  readonly pool?: PoolUse | ((inputs: In) => PoolUse);
  /**
   * In a run of a schedule: waits for this task of the run of the interval before, until that has succeeded or was skipped; a skip
   * of this task is held back as long. Only at the root of a graph, not in maps and loops. Default false.
   */
  readonly dependsOnPast?: boolean;
  /** Hands out an earlier result for the same key instead of running again, across runs. */
  readonly cache?: TaskCache<In>;
  /** The place in the world that says whether the work is done; see {@link Target}. */
  readonly target?: (inputs: In) => Target<O>;
}

/** Settings of a task with a rule by name. */
export interface TaskOptions<In = never, O = unknown, R = TriggerRule> extends TaskSettings<In, O> {
  /** When it runs. Default `allSuccess`. */
  readonly rule?: R;
}

/** Settings of a task with a rule of one's own. */
export interface PredicateTaskOptions<In = never, O = unknown> extends TaskSettings<In, O> {
  readonly rule: TriggerPredicate;
}
