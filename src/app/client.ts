/**
 * What one can ask of Tutti from outside a run, in one process or across HTTP: the same words, the same errors.
 * Every method that changes something resolves when the change is on disk (I1).
 */
import type { AssetClient } from './asset-client.ts';
import type { CancelingEvent } from './canceling-events.ts';
import type { RunView } from './run-view.ts';
import type { ScheduleClient } from './schedule-client.ts';
import type { TopicClient } from './topic-client.ts';
import type { ErrorRecord } from '../base/error-record.ts';
import type {
  Cause,
  DefinitionKind,
  EntryKind,
  EntryOutcome,
  IdConflict,
  LogLevel,
  RunState,
  RunTrigger,
  WaitKind,
  WorkerRecord,
} from '../engine/index.ts';
import type { GraphView, TaskSummary } from '../pipelines/index.ts';

/** One thing a run waits for. */
export interface WaitView {
  readonly runId: string;
  /** Key of the waiting operation. */
  readonly key: string;
  readonly kind: WaitKind;
  readonly name: string;
  readonly since: number;
  readonly deadline: number | null;
  readonly detail: unknown;
}

/** A run and what came of it. */
export interface RunOutcome extends RunView {
  /** What it returned; null unless it completed. */
  readonly output: unknown;
  /** Why it failed, was canceled or is paused; else null. */
  readonly error: ErrorRecord | null;
}

/** A run with everything a reader at 3 a.m. needs. */
export interface RunDetail extends RunOutcome {
  readonly input: unknown;
  /** Why it was started, and the time it is about; null for a plain request. */
  readonly trigger: RunTrigger | null;
  /** What it followed from when it began: an event, or the run that started it; null without either. */
  readonly cause: Cause | null;
  readonly waits: readonly WaitView[];
  /** Number of messages in its inbox that it has not consumed yet. */
  readonly inbox: number;
  /** The newest entries, oldest of them first. */
  readonly recent: readonly EntryView[];
  readonly children: readonly RunView[];
  /** True if no living worker has the code of this definition. */
  readonly codeMissing: boolean;
}

/** One journal entry, decoded. */
export interface EntryView {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly scope: string;
  readonly name: string;
  readonly occurrence: number;
  readonly attempt: number;
  readonly outcome: EntryOutcome;
  readonly startedAt: number;
  readonly at: number;
  readonly value: unknown;
}

/** A line that a run or one of its steps wrote. */
export interface LogView {
  /** Position in the run's log, from 1; the first one left tells how many older ones are gone. */
  readonly seq: number;
  /** Name of the step; null for the run's own code. */
  readonly step: string | null;
  /** Key of the step, '' for the run's own code. */
  readonly key: string;
  /** Which try of the step, from 1; 0 for the run's own code. */
  readonly attempt: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** Which lines of a run to read, in order; all given conditions must hold. */
export interface LogQuery {
  /** Name of a step. */
  readonly step?: string;
  readonly attempt?: number;
  /** Only lines behind this position. */
  readonly after?: number;
  /** Default 1,000. */
  readonly limit?: number;
}

/** An open question to a person. */
export interface ApprovalView {
  /** `<run id>:<key>`; any unique prefix addresses it. */
  readonly id: string;
  readonly runId: string;
  readonly definition: string;
  readonly question: string;
  readonly to: string | null;
  readonly since: number;
  readonly deadline: number | null;
  readonly remindEveryMs: number | null;
  /** When it was last due for a reminder; null before the first. */
  readonly remindedAt: number | null;
  readonly detail: unknown;
  /** JSON Schema of the answer, if the form can describe itself. */
  readonly form: unknown;
}

/** A definition the engine has the code of. */
export interface DefinitionView {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly version: string;
  readonly timeoutMs: number | null;
  readonly signals: readonly string[] | null;
  /** JSON Schema of the input, if the schema can describe itself. */
  readonly input: unknown;
  /** File it came from, if it was found in a module. */
  readonly source: string | null;
}

/** How to start a run. */
export interface StartOptions {
  /** Default: a new sortable id. */
  readonly id?: string;
  /** Default `refuse`. */
  readonly onConflict?: IdConflict;
  /** Run timeout in milliseconds. Default: the definition's. */
  readonly timeoutMs?: number;
  /** Start no earlier than this instant. Default: at once. */
  readonly at?: number;
  /**
   * Events that cancel the run, beside those that its definition names. Every event counts that was published since this call was
   * answered, also while no worker was at work; a run that is to begin later is canceled when it begins. A retry keeps them. Default: none.
   */
  readonly cancelOn?: CancelingEvent | readonly CancelingEvent[];
}

/** Which runs to list, newest first; all given conditions must hold. */
export interface RunQuery {
  readonly states?: readonly RunState[];
  readonly definition?: string;
  readonly idPrefix?: string;
  /** Id of the last row of the page before. */
  readonly after?: string;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
}

/** Which tasks of a pipeline run to do again. */
export interface ClearRequest {
  /** Selectors: `x`, `x+`, `+x`, `@x`, `tag:t`, ids with positions. What is after a task goes with it. */
  readonly select?: readonly string[];
  /** All that failed. Default false. */
  readonly failed?: boolean;
  /** Keep the results of what is after the selected tasks. Default false. */
  readonly only?: boolean;
  /** Which state of the graph: the newest one, or the one the run began with. Default `latest`. */
  readonly version?: 'latest' | 'original';
  /** Only say what would be done again. Default false. */
  readonly isDryRun?: boolean;
  /**
   * Cancel a run that has not ended, and clear then. What it has finished is kept; what is running right now begins again in the
   * next generation, and teardowns of what was set up run before. Default false: such a run is refused.
   */
  readonly cancelFirst?: boolean;
}

/** What was cleared. */
export interface ClearView {
  /** Instances that are done again. */
  readonly tasks: readonly string[];
  /** The next generation; null after a dry run. */
  readonly run: RunView | null;
}

/** Which tasks of a pipeline run to count as ended, and how. */
export interface MarkRequest {
  readonly select: readonly string[];
  readonly state: 'success' | 'failed' | 'skipped';
  /** What they result in, for `success`. Default: nothing. */
  readonly value?: unknown;
  /** Who decided. */
  readonly by: string;
  /** As in {@link ClearRequest}. */
  readonly cancelFirst?: boolean;
}

/** A pipeline run with its tasks by state. */
export interface TasksView {
  readonly run: RunDetail;
  readonly graph: GraphView;
  readonly tasks: readonly TaskSummary[];
}

/** What the engine says of itself. */
export interface EngineStatus {
  readonly version: string;
  readonly runs: Readonly<Record<RunState, number>>;
  readonly workers: readonly WorkerRecord[];
  readonly store: { readonly kind: string; readonly location: string };
}

/**
 * Run ids are accepted as a unique prefix, as `id@generation`, or as `latest` (the newest run).
 * Common errors: TUTTI_RUN_NOT_FOUND, TUTTI_RUN_ID_AMBIGUOUS, TUTTI_ENGINE_UNREACHABLE (across HTTP), TUTTI_STORE_*.
 */
export interface Client extends ScheduleClient, AssetClient, TopicClient {
  /**
   * Starts a run. @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_INPUT_INVALID, TUTTI_RUN_ID_TAKEN, TUTTI_PAYLOAD_TOO_LARGE, and for
   * `cancelOn` TUTTI_TOPIC_NOT_FOUND, TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID, TUTTI_OPTION_*: nothing was started.
   */
  startRun(definition: string, input: unknown, options?: StartOptions): Promise<RunView>;
  /** Resolves when the run has finished or is paused, or after `timeoutMs` (then with the state it is in). */
  waitForRun(id: string, options?: { readonly timeoutMs?: number }): Promise<RunOutcome>;
  listRuns(query: RunQuery): Promise<readonly RunView[]>;
  showRun(id: string): Promise<RunDetail>;
  /** Entries from position `from` (default 0) on, in order, at most `limit` (default 1,000). */
  readHistory(
    id: string,
    options?: { readonly from?: number; readonly limit?: number },
  ): Promise<readonly EntryView[]>;
  /** What the run and its steps wrote with `log`; at most the newest 10,000 lines. */
  readLogs(id: string, query?: LogQuery): Promise<readonly LogView[]>;
  /** @throws TUTTI_SIGNAL_UNKNOWN, TUTTI_INPUT_INVALID, TUTTI_RUN_FINISHED: the signal was not accepted. */
  sendSignal(id: string, name: string, payload: unknown): Promise<void>;
  /** Asks the run to cancel; it may clean up first. @throws TUTTI_RUN_FINISHED */
  cancelRun(id: string, reason: string): Promise<void>;
  /** Stops a run between steps until it is resumed. @throws TUTTI_RUN_FINISHED */
  pauseRun(id: string, reason: string): Promise<void>;
  /** Lets a paused run go on. @throws TUTTI_RUN_FINISHED, TUTTI_STATE_CONFLICT if it is not paused. */
  resumeRun(id: string): Promise<void>;
  /**
   * Runs a failed or canceled run again as the next generation under its id: with all finished steps kept, or from the beginning
   * (always, once compensations have run). @throws TUTTI_STATE_CONFLICT if it has not failed.
   */
  retryRun(id: string, options?: { readonly fromStart?: boolean }): Promise<RunView>;
  listApprovals(query?: { readonly to?: string; readonly run?: string }): Promise<readonly ApprovalView[]>;
  /** @throws TUTTI_APPROVAL_NOT_FOUND, TUTTI_APPROVAL_CLOSED, TUTTI_INPUT_INVALID: the answer was not accepted. */
  answerApproval(id: string, answer: unknown, by: string): Promise<ApprovalView>;
  listDefinitions(): Promise<readonly DefinitionView[]>;
  /** The graph of a pipeline. @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_STATE_CONFLICT if it is none. */
  showGraph(definition: string): Promise<GraphView>;
  /** A pipeline run with its tasks by state. @throws TUTTI_STATE_CONFLICT if it is none. */
  showTasks(id: string): Promise<TasksView>;
  /** Has tasks of a finished pipeline run done again, as its next generation. @throws TUTTI_STATE_CONFLICT, TUTTI_ARGUMENT_INVALID: nothing was started. */
  clearTasks(id: string, request: ClearRequest): Promise<ClearView>;
  /** Counts tasks of a finished pipeline run as ended, and goes on from there, as its next generation. @throws as `clearTasks` */
  markTasks(id: string, request: MarkRequest): Promise<RunView>;
  status(): Promise<EngineStatus>;
}
