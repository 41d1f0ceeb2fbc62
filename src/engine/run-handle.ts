import type { ResolvedRetryPolicy } from '../base/retry-policy.ts';
import type { CancelScope } from './cancel-scope.ts';
import type { CellName, CellWrite } from './model/cell.ts';
import type { EntryKind } from './model/journal.ts';
import type { LogLevel } from './model/log.ts';
import type { PublishedEvent } from './model/published-event.ts';
import type { RunRecord, RunState } from './model/run.ts';
import type { RunCause } from './model/cause.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { WantedEvent } from './model/event-wait.ts';
import type { TopicAppend } from './model/topic.ts';
import type { IdConflict } from './ports/store.ts';

/** Where an operation stands in the code: its scope path (for its identity) and what can cancel it. */
export interface Place {
  readonly path: string;
  readonly cancelScope: CancelScope;
}

/** Checks and encodes what a run publishes, given what that follows from. */
export type PreparePublish = (cause: RunCause) => Promise<TopicAppend>;

/** One try of a step, as its body sees it. */
export interface StepAttempt {
  readonly attempt: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly idempotencyKey: string;
  /** Aborted on timeout, cancellation and loss of the run. Made on first use. */
  readonly signal: AbortSignal;
  /** Writes a cell in the same transaction as the step's completion (I4); nothing of it if this attempt fails. */
  writeCell(write: CellWrite): void;
  /** The value in a cell as it is now; undefined if there is none. */
  readCellValue(name: CellName): Promise<unknown>;
  /** Where the latest run of this id stands now; null if there is none. */
  readRunState(id: string): Promise<RunState | null>;
  /** The values in the cells of a space whose keys start with this text, by key. */
  readCellValues(space: string, prefix: string): Promise<ReadonlyMap<string, unknown>>;
  /**
   * What a run resulted in; of one that is under way, once it has ended. Null for one that is gone or did not complete. Without a
   * generation it is the newest. @throws the reason for which this attempt was stopped meanwhile.
   */
  readRunOutput(id: string, generation?: number): Promise<{ readonly output: unknown } | null>;
  /** `writeCell` with a value. False, and nothing is written, if it is too large for a cell. @throws TUTTI_VALUE_NOT_STORABLE */
  writeCellValue(name: CellName, value: unknown): boolean;
  /**
   * Publishes in the same transaction as the step's completion (I4); nothing of it if this attempt fails. What several calls
   * publish keeps their order. Resolves when it is checked and encoded.
   * @throws what `prepare` throws, which also fails the attempt; TUTTI_EVENT_TOO_LATE after its end.
   */
  publish(prepare: PreparePublish): Promise<void>;
  /** Writes a line into the run's log, under this step and attempt. */
  log(level: LogLevel, text: string): void;
}

/** Slots that `acquire` was granted and that a step needs while its body runs. */
export interface HeldSlots extends Pick<AcquireRequest, 'pool' | 'slots' | 'priority' | 'limit'> {
  /** What `acquire` resolved to. */
  readonly acquired: string;
  /** The grant may have come from the journal, and another generation may have held it: ask before the first attempt. */
  readonly mustAsk: boolean;
}

/** What a step takes up while its body runs, and not while it pauses before its next try. */
export interface StepRoom {
  /** Slots of a pool; null for none. */
  readonly slots: HeldSlots | null;
  /** The step pauses. */
  leave(): void;
  /** The next try is due: calls `go` once there is room for it. */
  enter(go: () => void): void;
}

/** A step as the code asks for it. Times in milliseconds; null for no limit. */
export interface StepRequest {
  readonly place: Place;
  readonly name: string;
  body(attempt: StepAttempt): unknown;
  readonly retry: ResolvedRetryPolicy;
  readonly attemptTimeoutMs: number | null;
  readonly timeoutMs: number | null;
  /** Default: none. */
  readonly room?: StepRoom;
}

/** A sleep as the code asks for it. */
export interface TimerRequest {
  readonly place: Place;
  readonly name: string;
  /** Milliseconds since the epoch; must follow from the run's own time. */
  readonly until: number;
}

/** A wait for a signal; `timeoutMs` in milliseconds, null for none. */
export interface SignalRequest {
  readonly place: Place;
  readonly name: string;
  readonly timeoutMs: number | null;
}

/** A wait for an event of a topic; `timeoutMs` in milliseconds, null for none. */
export interface EventWaitRequest {
  readonly place: Place;
  readonly name: string;
  readonly timeoutMs: number | null;
  readonly wanted: WantedEvent;
}

/** A question to a person; `timeoutMs` in milliseconds, null for none. */
export interface ApprovalRequest {
  readonly place: Place;
  readonly name: string;
  readonly timeoutMs: number | null;
  readonly question: ApprovalQuestion;
  /** Checks an answer before it is accepted. @throws TUTTI_INPUT_INVALID */
  readonly acceptAnswer: (answer: unknown) => Promise<unknown>;
}

/** What lists show of a question; stored as the detail of its wait. */
export interface ApprovalQuestion {
  readonly to: string | null;
  readonly remindEveryMs: number | null;
  readonly detail: unknown;
  /** JSON Schema of the answer, if the form can describe itself, else null. */
  readonly form: unknown;
}

/** Events to publish; `name` is the topic's. */
export interface PublishRequest {
  readonly place: Place;
  readonly name: string;
  /** Called once, when the operation begins. */
  readonly prepare: PreparePublish;
}

/** Another run to start; `id` null for one that follows from the parent, `timeoutMs` null for the definition's. */
export interface ChildRequest {
  readonly place: Place;
  /** Name of the definition to run. */
  readonly name: string;
  readonly input: unknown;
  readonly id: string | null;
  readonly onConflict: IdConflict;
  readonly timeoutMs: number | null;
  /** Events that cancel it, beside those that its definition names. Default: none. */
  readonly cancelOn?: readonly WantedEvent[];
}

/** A signal to another run. */
export interface SendRequest {
  readonly place: Place;
  readonly runId: string;
  readonly signal: string;
  readonly payload: unknown;
}

/** Slots of a pool as the code asks for them; see `engine/model/slot.ts`. */
export interface AcquireRequest {
  readonly place: Place;
  readonly name: string;
  /** By convention `space/name`. */
  readonly pool: string;
  /** How many, at least 1. */
  readonly slots: number;
  /** Higher goes first. */
  readonly priority: number;
  /** How many slots the pool has as long as nobody has set a limit for it. */
  readonly limit: number;
  /** After how long the wait ends, milliseconds. Default: never. */
  readonly timeoutMs?: number | null;
}

/** Slots to give back. */
export interface ReleaseRequest {
  readonly place: Place;
  readonly name: string;
  /** What `acquire` resolved to. */
  readonly acquired: string;
}

/** The durable operations a paradigm builds on. Promises settle in journal order only. */
export interface RunHandle {
  readonly record: RunRecord;
  /** Why the run was started, and the time it is about; null for a plain request. */
  readonly trigger: RunTrigger | null;
  /** The run's own time: that of the last delivered completion. The same in every replay. */
  readonly now: number;
  /** True while the journal still answers; logs and other side remarks are then repeated, not new. */
  readonly isReplaying: boolean;
  /** Whether the journal still has an end to deliver. Unlike `isReplaying` it turns false at the end of a rehearsal's journal, too. */
  readonly hasRecordsLeft: boolean;
  /**
   * Whether the journal holds the end of the first operation of this kind and name at a place. Never true once it is through:
   * code that limits how much it issues at a time uses it, so that replay does not wait for what cannot end yet.
   */
  isRecorded(kind: EntryKind, path: string, name: string): boolean;
  /** The whole run; canceled when the run is asked to. */
  readonly root: CancelScope;
  step(request: StepRequest): Promise<unknown>;
  timer(request: TimerRequest): Promise<void>;
  signal(request: SignalRequest): Promise<unknown>;
  /**
   * Waits for an event that was published since the run started, or since the last one it was given by a wait for the same.
   * @throws TUTTI_WAIT_TIMEOUT
   */
  event(request: EventWaitRequest): Promise<PublishedEvent>;
  ask(request: ApprovalRequest): Promise<unknown>;
  call(request: ChildRequest): Promise<unknown>;
  /** Starts a run without awaiting it. Resolves to its id when both runs' sides are on disk. */
  start(request: ChildRequest): Promise<string>;
  send(request: SendRequest): Promise<void>;
  publish(request: PublishRequest): Promise<void>;
  /**
   * Waits until the run holds the slots. They stay with the run, whatever worker it moves to, until it gives them back or
   * ends. A cancellation while waiting takes the request out of the line. Resolves to the name under which to give them back.
   * @throws TUTTI_WAIT_TIMEOUT, TUTTI_OPTION_INVALID
   */
  acquire(request: AcquireRequest): Promise<string>;
  /** Gives slots back, also those that are still waited for. Giving them back twice does nothing. */
  release(request: ReleaseRequest): Promise<void>;
  /**
   * Whether the journal holds this mark; sets it if the run is writing new history. The first answer stays for as long as the run
   * lasts: without the mark, a run whose code got here before knows by its journal, in every replay.
   */
  mark(name: string): boolean;
  /** Cancels a scope and all pending operations in it, in the order they were issued. */
  cancel(scope: CancelScope, reason: Error): void;
  /** Writes a line into the run's log; once, however often a replay repeats it. */
  log(level: LogLevel, text: string): void;
  /** What the run is doing, for people. */
  setStatus(text: string): void;
  /** The code did what must not be in it: the run will be paused with this error, whatever the code does next. */
  violate(error: Error): void;
}
