import type { Duration } from '../base/duration.ts';
import type { InferOutput, StandardSchema } from '../base/standard-schema.ts';
import type { Callee } from './callee.ts';
import type { WaitSource } from './wait-source.ts';
import type { AnyRef, JoinedPresence, Presence, PresenceOf, Ref, ValueOf } from './ref.ts';
import type {
  NodeOptions,
  PredicateTaskOptions,
  SeenInputs,
  TaskHandler,
  TaskInputs,
  TaskOptions,
  TaskPresence,
} from './task-types.ts';
import type { TriggerPredicate, TriggerRule } from './trigger-rules.ts';

/** A value now, or a reference to one that comes later. */
type Given<T> = T | Ref<T, Presence>;

/** The input of a called definition: one reference, or a record of references and literals. */
type GivenInput<T> = Given<T> | { readonly [K in keyof T]: Given<T[K]> };

/** How many items of a map are worked on at a time. */
export interface MapOptions extends NodeOptions {
  /** Default: all; the pipeline's own limit still holds. */
  readonly concurrency?: number;
}

/** When a loop ends. */
export interface LoopOptions<T> extends NodeOptions {
  /** Rounds at most. Without `until` it does exactly so many; with it, a loop that is not done by then fails. */
  readonly max: number;
  /** Asked after each round, numbered from 0; true ends the loop. Must be pure. */
  readonly until?: (value: T, round: number) => boolean;
}

/** How to wait. */
export interface WaitOptions extends NodeOptions {
  /** After how long the wait fails with TUTTI_WAIT_TIMEOUT. Default: never. */
  readonly timeout?: Duration;
}

/** What to ask, whom, and until when. */
export interface AskOptions<F extends StandardSchema> extends WaitOptions {
  /** What the answer must look like; it is checked before the answer is accepted. */
  readonly form: F;
  /** The question as people read it. Default: the task's id. */
  readonly question?: string;
  readonly to?: string;
  readonly remind?: Duration;
  /** What the person needs to know to answer. */
  readonly detail?: Given<unknown>;
}

/** The answer to a question: the fields of the form, and who gave it. */
type AnswerTo<F extends StandardSchema> = InferOutput<F> & { readonly by: string };

/** How to call another definition. */
export interface CallOptions extends NodeOptions {
  /** Id of the other run. Default: made of this run's id and the task's, hence stable. */
  readonly id?: string;
  /** Run timeout of the other run. Default: its definition's. */
  readonly timeout?: Duration;
}

/**
 * Declares the tasks of a pipeline. The function that is given one must be pure: it is run when the pipeline is declared,
 * describes the graph, and does no work. Ids are explicit, since results are recorded and cleared by them.
 */
export interface PipelineBuilder<In = unknown> {
  /** The run's input, as the pipeline's schema gives it. */
  readonly input: Ref<In>;

  /** A task with a rule of one's own; its handler sees how each parent ended. */
  task<const I extends TaskInputs, O>(
    id: string,
    inputs: I,
    handler: TaskHandler<SeenInputs<I, TriggerPredicate>, O>,
    options: PredicateTaskOptions<SeenInputs<I, TriggerPredicate>, Awaited<O>>,
  ): Ref<Awaited<O>, 'maybe'>;
  /** A task: runs when all it is given is there, once, and records what its handler returns. */
  task<const I extends TaskInputs, O>(
    id: string,
    inputs: I,
    handler: TaskHandler<SeenInputs<I, 'allSuccess'>, O>,
    options?: TaskOptions<SeenInputs<I, 'allSuccess'>, Awaited<O>, 'allSuccess'>,
  ): Ref<Awaited<O>, TaskPresence<I, 'allSuccess'>>;
  /** A task under another rule; what its handler sees, and whether it may be skipped, follows from the rule. */
  task<const I extends TaskInputs, O, R extends TriggerRule>(
    id: string,
    inputs: I,
    handler: TaskHandler<SeenInputs<I, R>, O>,
    options: TaskOptions<SeenInputs<I, R>, Awaited<O>, R>,
  ): Ref<Awaited<O>, TaskPresence<I, R>>;

  /**
   * One instance of the body per item. The body is run once, with a symbolic item: a static template. Results keep the order
   * of the items; the result of an instance that was skipped is undefined. No items: the result is an empty list.
   */
  map<T, O, P extends Presence, Q extends Presence = 'always'>(
    id: string,
    items: Ref<readonly T[], Q> | readonly T[],
    body: (item: Ref<T>, p: PipelineBuilder<In>) => Ref<O, P>,
    options?: MapOptions,
  ): Ref<(P extends 'maybe' ? O | undefined : O)[], Q>;

  /**
   * Exactly one of the arms, chosen by a text. Every member of the union needs its arm. The tasks of the other arms are skipped,
   * and nothing else: what uses the result of the branch runs.
   */
  branch<K extends string, A extends { readonly [key in K]: AnyRef }, Q extends Presence = 'always'>(
    on: Ref<K, Q>,
    arms: { readonly [key in keyof A]: (p: PipelineBuilder<In>) => key extends K ? A[key] : never },
  ): Ref<ValueOf<A[keyof A]>, JoinedPresence<Q | PresenceOf<A[keyof A]>>>;

  /** The body if the condition holds; else its tasks are skipped, and so is the result. */
  when<O>(
    condition: Ref<boolean, Presence>,
    body: (p: PipelineBuilder<In>) => Ref<O, Presence>,
  ): Ref<O, 'maybe'>;

  /** Puts an id before those of the tasks in the body: `load/orders`. Changes nothing else. */
  group<R extends AnyRef | undefined | void>(id: string, body: (p: PipelineBuilder<In>) => R): R;

  /** The task waits for the others too, without their values. Same meaning as the option `after`. Returns the task. */
  after<T, P extends Presence>(task: Ref<T, P>, ...others: readonly AnyRef[]): Ref<T, P>;

  /**
   * Prepares something that tasks need and that must be taken down again. Tasks after it, also indirectly, run only if it succeeded.
   */
  setup<const I extends TaskInputs, O>(
    id: string,
    inputs: I,
    handler: TaskHandler<SeenInputs<I, 'allSuccess'>, O>,
    options?: TaskOptions<SeenInputs<I, 'allSuccess'>, Awaited<O>, 'allSuccess'>,
  ): SetupRef<Awaited<O>, TaskPresence<I, 'allSuccess'>>;

  /** The body again and again, each round on the result of the one before. */
  loop<T>(
    id: string,
    first: Given<T>,
    body: (current: Ref<T>, p: PipelineBuilder<In>) => Ref<T, Presence>,
    options: LoopOptions<T>,
  ): Ref<T>;

  /** Runs another pipeline or a workflow as a run of its own, and waits for its result. */
  call<I, O>(id: string, callee: Callee<I, O>, input: GivenInput<I>, options?: CallOptions): Ref<O>;

  /** Waits for a signal to this run, or for an event of a topic (`topic.arrival(...)`) since the run started. */
  wait<P>(id: string, source: WaitSource<P>, options?: WaitOptions): Ref<P>;
  /** Waits durably: a duration counted from when it is this node's turn, or until an instant. */
  sleep(id: string, until: Given<Duration | Date>, options?: NodeOptions): Ref<void>;
  /** Asks a person and waits for the answer. */
  ask<F extends StandardSchema>(id: string, options: AskOptions<F>): Ref<AnswerTo<F>>;
}

/** A setup, to which the teardown belongs. */
export interface SetupRef<T, P extends Presence = 'always'> extends Ref<T, P> {
  /**
   * Takes down what the setup made, once everything between the two has ended, however it ended, the teardowns of setups that follow
   * from this one included; also when the run is canceled. Its failure does not fail the run unless `failsRun` is set. Returns the setup.
   */
  teardown(
    id: string,
    handler: TaskHandler<{ readonly setup: T }, unknown>,
    options?: TeardownOptions,
  ): Ref<T, P>;
}

/** Settings of a teardown. */
export interface TeardownOptions {
  /** Default: everything that follows from the setup, directly or not, at the end of the declaration. */
  readonly after?: readonly AnyRef[];
  /** Whether its failure fails the run. Default false. */
  readonly failsRun?: boolean;
  readonly attemptTimeout?: Duration;
  readonly timeout?: Duration;
  readonly retry?: TaskOptions['retry'];
}
