import type {
  AnyDefinition,
  ApprovalView,
  Client,
  EntryView,
  RunDetail,
  StartOptions,
  WaitView,
} from '../app/index.ts';
import type { Duration } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import type { Callable, Definition, PayloadCodec, PayloadLimits, Store, Telemetry } from '../engine/index.ts';
import type {
  AnyEvent,
  DeadLetter,
  EventOf,
  NewEvent,
  NewEventOf,
  Published,
  PublishedEvent,
  PublishOptions,
  Subscription,
  Topic,
} from '../events/index.ts';
import type { SignalDefinition, Workflow } from '../workflows/index.ts';
import type { HandlerMock, HandlerMockBody, HandlerMockOptions } from './handler-mocks.ts';
import type { StepMock, StepMockBody, StepMockOptions, WorkflowMock } from './mocks.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What {@link createTestTutti} is told. Everything but the definitions has a default. */
export interface TestTuttiOptions {
  /** The code to execute: workflows, pipelines, topics with their subscriptions. */
  readonly definitions: readonly AnyDefinition[];
  /** Where virtual time begins: an instant, milliseconds since the epoch. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date | number | string;
  /** Seed of all randomness: ids, the seeds of runs, jitter. The same seed gives the same history. Default `'tutti'`. */
  readonly seed?: string | number;
  /** `memory`, `sqlite` (a database in memory), or a store of your own, which you close. Default `memory`. */
  readonly store?: 'memory' | 'sqlite' | Store;
  /**
   * Schedules fire, backfills go on and conditions over assets start runs, as time moves. Runs then begin on the way to whatever a
   * test waits for; `advance` and `advanceTo` are the calls to move time with. Default false: runs start by hand.
   */
  readonly schedules?: boolean;
  /** Replays every run at every rest and compares. Default true. */
  readonly dev?: boolean;
  /** Default: silence. */
  readonly logger?: Logger;
  /** Default: none. */
  readonly telemetry?: Telemetry;
  /** Compresses or encrypts payloads. Default: none. */
  readonly codec?: PayloadCodec;
  /** Sizes of payloads in characters. Default: as in production. */
  readonly limits?: Partial<PayloadLimits>;
  /**
   * How long virtual time waits for the bodies of steps: milliseconds of real time after the last one ended. Bodies that take
   * longer are taken to hang, and time goes on beside them, to their timeouts for example. Default 500.
   */
  readonly bodyGraceMs?: number;
  /** How many timers may fire on the way to one goal before that is given up with TUTTI_TEST_STUCK. Default 100,000. */
  readonly timersMax?: number;
}

/** A run that was started in a test. */
export interface TestRun<O = unknown> {
  readonly id: string;
  readonly definition: string;
  /**
   * Runs it to its end, skipping time, and gives its output.
   * @throws what the run failed with; TUTTI_TEST_STUCK when nothing that is left would end it.
   */
  result(): Promise<O>;
}

/** A run of a test: what `start` gave, or its id. */
export type RunReference = string | { readonly id: string };

/** A topic, or its name. */
export type NamedTopic = string | { readonly name: string };

/** A subscription, or its name as `topic/subscription`; its own name alone where only one topic has it. */
export type SubscriptionReference = string | Pick<Subscription, 'settings'>;

/** Events of one key that wait: for the next try of the first of them, or for quiet. */
export interface ParkedEvents {
  /** Null for an event without a key. */
  readonly key: string | null;
  /** `retry`: the first one failed, and the others wait behind it. `debounce`: they wait for quiet. */
  readonly why: 'retry' | 'debounce';
  readonly events: readonly PublishedEvent[];
  /** How often the first one was tried. */
  readonly attempts: number;
  /** When it goes on; virtual time, milliseconds since the epoch. */
  readonly dueAt: number;
  /** What the last try said; null for none. */
  readonly error: string | null;
}

/** Something that can be started by name: a definition of any paradigm, or its name. */
export type Startable = Definition | string;

/**
 * The real engine on a store of its own, under a virtual clock and seeded randomness, with the determinism guard in place.
 *
 * Time stands still unless something here moves it: `run`, `result`, `untilWaiting` skip to whatever happens next; `advance`
 * and `advanceTo` move it by as much as they say. It never moves while a commit, a delivery, a claim or the body of a step is
 * under way. Bodies may do real input and output: time waits for them, for `bodyGraceMs` of real time after the last one
 * ended; those that take longer are taken to hang and time goes on beside them, so that their timeouts fire.
 */
export interface TestTutti extends AsyncDisposable {
  /** Everything else one can ask of Tutti: lists, questions, pause, resume, retry. */
  readonly client: Client;
  readonly clock: VirtualClock;
  /** Virtual time, milliseconds since the epoch. */
  readonly now: number;

  /** Starts a run. @throws as `Client.startRun`: nothing was started. */
  start<I, O>(definition: Callable<I, O>, input: NoInfer<I>, options?: StartOptions): Promise<TestRun<O>>;
  start(definition: Startable, input?: unknown, options?: StartOptions): Promise<TestRun>;
  /** Starts a run, runs it to its end and gives its output; see {@link TestRun.result}. */
  run<I, O>(definition: Callable<I, O>, input: NoInfer<I>, options?: StartOptions): Promise<O>;
  run(definition: Startable, input?: unknown, options?: StartOptions): Promise<unknown>;

  /** Lets everything happen that can happen without time. */
  settle(): Promise<void>;
  /** Moves time on by this much; everything due on the way happens at its own time. */
  advance(duration: Duration): Promise<void>;
  /** Moves time on to this instant. @throws TUTTI_OPTION_INVALID for one that is past. */
  advanceTo(instant: Date | number | string): Promise<void>;
  /**
   * Runs the run, skipping time, until it waits for something from outside (a signal, a person, an event), or for the one of
   * this name; gives that wait. @throws TUTTI_TEST_STUCK when it ends or stands still before.
   */
  untilWaiting(run: RunReference, name?: string): Promise<WaitView>;
  /** Lets everything happen that can happen without time, and gives the run as it stands then. */
  untilRested(run: RunReference): Promise<RunDetail>;

  /** The run as it stands now. */
  show(run: RunReference): Promise<RunDetail>;
  /** All entries of the run's journal so far, in order. */
  journal(run: RunReference): Promise<readonly EntryView[]>;

  /** Sends a signal; resolves when it is on disk. @throws as `Client.sendSignal`. */
  signal<P>(run: RunReference, signal: SignalDefinition<P>, payload: NoInfer<P>): Promise<void>;
  signal(run: RunReference, signal: string, payload?: unknown): Promise<void>;
  /** Sends a signal when this much virtual time has passed. What goes wrong then is thrown by whatever moves the time. */
  signalAfter<P>(
    duration: Duration,
    run: RunReference,
    signal: SignalDefinition<P>,
    payload: NoInfer<P>,
  ): void;
  signalAfter(duration: Duration, run: RunReference, signal: string, payload?: unknown): void;
  /** Answers an open question of the run, in the name of `by` (default `test`). @throws TUTTI_APPROVAL_NOT_FOUND, TUTTI_INPUT_INVALID */
  answer(run: RunReference, question: string, answer: object, by?: string): Promise<ApprovalView>;
  /** Answers when this much virtual time has passed; see `signalAfter`. */
  answerAfter(duration: Duration, run: RunReference, answer: PlannedAnswer): void;
  /** Asks the run to cancel; resolves when that is on disk. */
  cancel(run: RunReference, reason?: string): Promise<void>;

  /** Publishes an event; resolves when it is on disk. Handlers and waiting runs get it as soon as something here lets them. @throws as `Topic.publish` */
  publish<D extends AnyEvent>(
    topic: Topic<D>,
    event: NoInfer<NewEventOf<D>>,
    options?: PublishOptions,
  ): Promise<Published>;
  publish(topic: string, event: NewEvent, options?: PublishOptions): Promise<Published>;
  /** Publishes when this much virtual time has passed. What goes wrong then is thrown by whatever moves the time. */
  publishAfter<D extends AnyEvent>(duration: Duration, topic: Topic<D>, event: NoInfer<NewEventOf<D>>): void;
  publishAfter(duration: Duration, topic: string, event: NewEvent): void;
  /** All events of a topic so far, whoever published them: those of one partition in their order, one partition after the other. */
  published<D extends AnyEvent>(topic: Topic<D>): Promise<readonly EventOf<D>[]>;
  published(topic: string): Promise<readonly PublishedEvent[]>;
  /** What waits in a subscription for its next try, or for quiet. */
  parked(subscription: SubscriptionReference): Promise<readonly ParkedEvents[]>;
  /** What a subscription has given up on, in the order of the log. */
  deadLetters(subscription: SubscriptionReference): Promise<readonly DeadLetter[]>;
  /** What the open runs wait for, the oldest wait first; for an event its `detail` says which. */
  waiting(): Promise<readonly WaitView[]>;
  /**
   * Skips time until the subscription has handled, dropped or given up every event so far; without one, until each has. Events
   * that are to be delivered later are not waited for. @throws TUTTI_TEST_STUCK when it never comes to that, because it is paused.
   */
  untilHandled(subscription?: SubscriptionReference): Promise<void>;
  /**
   * Replaces the handler of a subscription, or only makes it fail at first. The newest mock counts.
   * @throws TUTTI_SUBSCRIPTION_NOT_FOUND; TUTTI_OPTION_INVALID for one that starts runs instead.
   */
  mockHandler(
    subscription: SubscriptionReference,
    mock: HandlerMockBody | HandlerMockOptions,
    options?: HandlerMockOptions,
  ): HandlerMock;

  /** Replaces the body of a step in all runs of a definition, or only makes it fail at first. The newest mock that fits counts. */
  mockStep(
    definition: NamedDefinition,
    stepName: string,
    mock: StepMockBody | StepMockOptions,
    options?: StepMockOptions,
  ): StepMock;
  /**
   * Replaces the code of a workflow: each run of it calls `mock` once, with its input, and ends as that does.
   * @throws TUTTI_DEFINITION_NOT_FOUND
   */
  mockWorkflow<I, O>(workflow: Workflow<I, O>, mock: (input: I) => O | Promise<O>): WorkflowMock;
  mockWorkflow(definition: string, mock: (input: unknown) => unknown): WorkflowMock;
  /** @throws TUTTI_TEST_MOCK_UNUSED for mocks that nothing ever asked for, with the nearest name. Leaving the scope does the same. */
  verifyMocks(): void;

  /**
   * Kills the engine as SIGKILL would and starts another one on the same store: what was not on disk is lost, and the runs go
   * on from their journals. Bodies that are running go on in the void. With `definitions` the new engine has other code, as
   * after a deployment. Their events are entered in the catalogue and compared with those before.
   * @throws TUTTI_DEFINITION_DUPLICATE, TUTTI_DEFINITION_INVALID, TUTTI_EVENT_INCOMPATIBLE: the old engine goes on.
   */
  restart(deployment?: { readonly definitions: readonly AnyDefinition[] }): Promise<void>;
  /** Ends everything; opened stores are closed. May be called twice. */
  close(): Promise<void>;
}

/** A definition with a name, or the name. */
export type NamedDefinition = string | { readonly name: string };

/** What a person will answer. */
export interface PlannedAnswer {
  readonly question: string;
  readonly answer: object;
  /** Default `test`. */
  readonly by?: string;
}
