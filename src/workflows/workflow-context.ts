import type { Duration } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import type { RetryPolicy } from '../base/retry-policy.ts';
import type { InferOutput, StandardSchema } from '../base/standard-schema.ts';
import type {
  AssetUse,
  Callable,
  EventSource,
  FilteredEvent,
  IdConflict,
  PatternOf,
  PublishedEvent,
  PublishTarget,
  RunTrigger,
  Schedule,
  WantedEvent,
} from '../engine/index.ts';
import type { SignalDefinition } from './signal.ts';

/** What a step's body is given. Inside a step everything is real: the clock, randomness, I/O. */
export interface StepContext {
  /** Aborted when the attempt times out, the run is canceled or this worker lost the run. Pass it to `fetch` and the like. */
  readonly signal: AbortSignal;
  /**
   * The same text in every attempt of this step and after every crash, different for every other step and run. Give it to
   * outside services that know idempotency keys: the step itself runs at least once, not exactly once.
   */
  readonly idempotencyKey: string;
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly runId: string;
  readonly stepName: string;
  readonly log: Logger;
  /**
   * Publishes an event with the commit that records the success of this step (I4), where `ctx.publish` is an operation of its own:
   * once, however often the step is tried; a step that fails publishes nothing. Resolves when the event is checked; one that is
   * refused fails the attempt, awaited or not.
   * @throws TUTTI_TOPIC_NOT_BOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID
   */
  readonly publish: <E>(topic: PublishTarget<E>, event: E) => Promise<void>;
}

/** How a step is tried, limited and undone. */
export interface StepOptions<T> {
  /** Default: Temporal's policy (1 s, doubling, up to 100 s, without end) with 20 % jitter. */
  readonly retry?: RetryPolicy;
  /** How long one attempt may take. Default: no limit. */
  readonly attemptTimeout?: Duration;
  /** How long all attempts and pauses together may take. Default: no limit. */
  readonly timeout?: Duration;
  /**
   * How to undo this step. Registered when the step has finished; `ctx.compensate` and a failing or canceled run call the
   * registered ones in reverse order, each as a durable step of its own.
   */
  readonly compensate?: (result: T, step: StepContext) => unknown;
}

/** How long to wait. */
export interface WaitOptions {
  /** After how long the wait ends with TUTTI_WAIT_TIMEOUT. Default: never. */
  readonly timeout?: Duration;
}

/** Which events to wait for, and how long. */
export interface EventWaitOptions<Type extends string, Data> extends WaitOptions {
  /** A pattern over the event; see docs/reference/patterns.md. Default: every event of the type. */
  readonly where?: PatternOf<FilteredEvent<Type, Data>>;
  /** Name of the wait, shown in lists. Default: the event's type. */
  readonly name?: string;
}

/** What to ask, whom, and until when. */
export interface AskOptions<F extends StandardSchema> extends WaitOptions {
  /** What the answer must look like; it is checked before the answer is accepted. */
  readonly form: F;
  /** Who should answer: a name of a person or group, shown in lists. Default: anyone. */
  readonly to?: string;
  /** How often to remind: shown in lists, logged, and announced as a telemetry event. Default: never. */
  readonly remind?: Duration;
  /** What the person needs to know to answer; must be storable. */
  readonly detail?: unknown;
}

/** An answer: the fields of the form, and who gave it. */
export type Answer<F extends StandardSchema> = InferOutput<F> & { readonly by: string };

/** How to start another run; `I` is its input. */
export interface ChildOptions<I = unknown> {
  /** Default: made of the parent's id, the child's name and a counter, hence stable across replays. */
  readonly id?: string;
  /** Default `refuse`. */
  readonly onConflict?: IdConflict;
  /** Run timeout of the child. Default: the child definition's. */
  readonly timeout?: Duration;
  /**
   * Events that cancel the child, beside those that its definition names, as a topic's `arrival` says them; `where` as a function is
   * given the input as it is written here. Every event counts that was published since the child was started. Default: none.
   */
  readonly cancelOn?: EventSource<I> | readonly EventSource<I>[];
}

/** How many branches run at a time. */
export interface ConcurrencyOptions {
  /** How many at a time. Default: all. */
  readonly concurrency?: number;
}

/** What ends a scope, and what does not. */
export interface ScopeOptions {
  /** After how long everything in the scope is canceled and the scope throws TUTTI_WAIT_TIMEOUT. Default: never. */
  readonly timeout?: Duration;
  /**
   * `false` shields the scope: a cancellation of the run, or of a scope around it, waits until it is done. For clean-up.
   * Default `true`.
   */
  readonly cancellable?: boolean;
}

/** The time a run is about, `start` ≤ t < `end`. */
export interface RunInterval {
  readonly start: Date;
  readonly end: Date;
}

/** Where a workflow waits for events of some types: a topic. */
export interface AwaitedTopic<Type extends string> {
  readonly name: string;
  /** Checks what is wanted. @throws TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID */
  awaited(type: Type, where: unknown): WantedEvent;
}

/** A declared event, as a wait for it sees it. */
export interface AwaitedEvent<Type extends string, Data> {
  readonly kind: 'event';
  readonly type: Type;
  readonly schema: StandardSchema<unknown, Data> | undefined;
}

type TypeOf<D> = D extends AwaitedEvent<infer Type, unknown> ? Type : never;
type DataOf<D> = D extends AwaitedEvent<string, infer Data> ? Data : never;

/** Declared events by the name under which `waitForAny` waits for each. */
export type AwaitedEvents = Readonly<Record<string, AwaitedEvent<string, unknown>>>;

/** What `waitForAny` waits for: by name a topic, an event of it, and which ones. */
export type Alternatives<Events extends AwaitedEvents> = {
  readonly [Which in keyof Events]: readonly [
    topic: AwaitedTopic<TypeOf<Events[Which]>>,
    event: Events[Which],
    options?: { readonly where?: PatternOf<FilteredEvent<TypeOf<Events[Which]>, DataOf<Events[Which]>>> },
  ];
};

/** The event that came first, and under which name it was waited for. */
export type FirstEvent<Events extends AwaitedEvents> = {
  [Which in keyof Events & string]: {
    readonly which: Which;
    readonly event: PublishedEvent<TypeOf<Events[Which]>, DataOf<Events[Which]>>;
  };
}[keyof Events & string];

/** A run of another workflow, started and not awaited. */
export interface StartedChild {
  readonly id: string;
}

/**
 * The durable operations of a workflow. Everything the code awaits must come from here (or be made of it with
 * `Promise.all`, `race`, `allSettled`, `any`), so that a replay meets the same completions in the same order.
 */
export interface WorkflowContext {
  readonly runId: string;
  /** Aborted when the run is asked to cancel. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** The time a scheduled or backfilled run is about; null for a run that is about none. */
  readonly interval: RunInterval | null;
  /** Why the run was started; null for a plain request. */
  readonly trigger: RunTrigger | null;

  /**
   * Runs `body` at least once and records its result once (I3). What it returns comes back from the journal in every
   * replay; what it throws is retried by the policy and then thrown here.
   * The body gets what it needs by its arguments: this context is refused to it.
   * @throws TUTTI_STEP_NAME_MISSING, TUTTI_STEP_TIMEOUT, TUTTI_VALUE_NOT_STORABLE, TUTTI_PAYLOAD_TOO_LARGE, TUTTI_OPERATION_IN_STEP,
   *   or the body's own error.
   */
  step<T>(
    name: string,
    body: (step: StepContext) => T | Promise<T>,
    options?: StepOptions<Awaited<T>>,
  ): Promise<Awaited<T>>;

  /** Waits durably; a sleeping run costs disk, not memory. */
  sleep(duration: Duration, name?: string): Promise<void>;
  /** Waits until an instant; one in the past passes at once. */
  sleepUntil(instant: Date | number | string, name?: string): Promise<void>;

  /** Waits for the next signal of this name; one that arrived before counts. @throws TUTTI_WAIT_TIMEOUT */
  waitFor<P>(signal: SignalDefinition<P>, options?: WaitOptions): Promise<P>;
  /**
   * Waits for an event of a topic. Every event published since the run started counts, also before this line was reached; a
   * second wait for the same goes on behind the event that the first one gave.
   * @throws TUTTI_WAIT_TIMEOUT, TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID
   */
  waitForEvent<Type extends string, Data>(
    topic: AwaitedTopic<NoInfer<Type>>,
    event: AwaitedEvent<Type, Data>,
    options?: EventWaitOptions<NoInfer<Type>, NoInfer<Data>>,
  ): Promise<PublishedEvent<Type, Data>>;
  /**
   * Waits for the first of several events, and closes the other waits: `{ which, event }`.
   * @throws TUTTI_WAIT_TIMEOUT, TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID, TUTTI_OPTION_INVALID for no alternative
   */
  waitForAny<Events extends AwaitedEvents>(
    alternatives: Alternatives<Events>,
    options?: WaitOptions,
  ): Promise<FirstEvent<Events>>;
  /** Asks a person and waits for the answer. @throws TUTTI_WAIT_TIMEOUT after `timeout`. */
  ask<F extends StandardSchema>(question: string, options: AskOptions<F>): Promise<Answer<F>>;

  /** Runs another workflow, or a pipeline, and waits for its result. A cancellation of this run cancels the child. */
  call<I, O>(child: Callable<I, O>, input: I, options?: ChildOptions<NoInfer<I>>): Promise<O>;
  /** Starts another workflow, or a pipeline, without waiting; it outlives this run. */
  start<I, O>(child: Callable<I, O>, input: I, options?: ChildOptions<NoInfer<I>>): Promise<StartedChild>;
  /** Sends a signal to another run; commits with this run's journal (I4). */
  send<P>(runId: string, signal: SignalDefinition<P>, payload: P): Promise<void>;

  /**
   * Publishes an event; it commits with this run's journal (I4), so a replay never publishes it again. Its
   * cause is what the run follows from: the event that started it, or a later one it was given; without any, the run itself.
   * @throws TUTTI_TOPIC_NOT_BOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID
   */
  publish<E>(topic: PublishTarget<E>, event: E): Promise<void>;

  /** Runs the given functions, at most `concurrency` at a time, each in a scope of its own. Results keep the order. */
  parallel<T extends readonly ((ctx: WorkflowContext) => unknown)[]>(
    branches: T,
    options?: ConcurrencyOptions,
  ): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }>;
  /** Runs `body` for each item, at most `concurrency` at a time, each in a scope of its own. Results keep the order. */
  map<T, R>(
    items: readonly T[],
    body: (item: T, index: number, ctx: WorkflowContext) => R,
    options?: ConcurrencyOptions,
  ): Promise<Awaited<R>[]>;
  /** Groups operations: cancels them together, limits their time, or shields them from cancellation. */
  scope<T>(name: string, options: ScopeOptions, body: (ctx: WorkflowContext) => Promise<T>): Promise<T>;

  /** Undoes what was done so far, newest first, and ends the run as failed with this reason. */
  compensate(reason: string): Promise<never>;
  /**
   * True in runs that get here after the patch was added, false in those that had passed it: lets new code live beside old runs. A
   * run keeps its first answer, also in a loop or another branch.
   */
  patch(name: string): boolean;
  /** Says what the run is doing, for people; shown in lists. */
  status(text: string): void;
}

/** A durable function: `I` is what it is started with, `O` what it returns. */
export interface Workflow<I = unknown, O = unknown> extends Callable<I, O> {
  readonly type: 'workflow';
  readonly name: string;
  readonly version: string;
  readonly input: StandardSchema<unknown, I> | undefined;
  readonly timeoutMs: number | null;
  readonly signals: readonly SignalDefinition<unknown>[] | undefined;
  readonly durability: 'strict' | 'batched';
  readonly schedules: readonly Schedule[];
  /** Events that cancel a run. */
  readonly cancelOn: readonly EventSource<unknown>[];
  readonly assets: AssetUse;
  // A method, not a property: its parameters are compared bivariantly, so a Workflow<Order, Receipt> fits where any workflow is expected.
  code(ctx: WorkflowContext, input: I): Promise<O>;
}

/** The code of a workflow: an async function that is run again from its journal after a crash. */
export type WorkflowCode<I, O> = (ctx: WorkflowContext, input: I) => Promise<O>;
