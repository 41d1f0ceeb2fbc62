/**
 * The store: where everything durable lives, behind one write path.
 *
 * Owns: runs, journals, waits, inboxes, workers, cells, slots, logs. Knows nothing of workflows, replay or time: every method that needs the
 * time is given it.
 *
 * Promises to the engine, each checked for every store by the conformance kit:
 * S1  A resolved `commit` is on disk; a rejected one left nothing behind. A crash in between is one or the other.
 * S2  A commit in the name of a worker that is not `alive` is refused whole with TUTTI_OWNER_LOST (I2).
 * S3  Conditions of single starts, messages and guarded groups are judged inside the transaction; a refused one does not
 *     fail the others.
 * S4  `claim` gives each run to one worker only, and with it all it needs to go on.
 * S5  A message accepted while its run is being put to sleep wakes it: no wake-up is lost. Nor is a `resume` or `cancel`
 *     accepted while its run is being paused.
 * S6  The cost of a commit depends on what it changes, never on how long a journal is (I6).
 */
import type { CellCondition, CellFilter, CellRecord, CellWrite } from '../model/cell.ts';
import type { LogFilter, LogLine, LogRecord } from '../model/log.ts';
import type { ConditionalEntry, MessageRecord, MessageSend, SendResult } from '../model/message.ts';
import type { JournalAppend, JournalEntry } from '../model/journal.ts';
import type { Payload } from '../model/payload.ts';
import type { DefinitionKind, ParentLink, RunNumber, RunRecord, RunState } from '../model/run.ts';
import type { AppendResult, TopicAppend } from '../model/topic.ts';
import type {
  PoolFilter,
  PoolRecord,
  SlotChange,
  SlotFilter,
  SlotOutcome,
  SlotRecord,
} from '../model/slot.ts';
import type { WaitKind, WaitRecord } from '../model/wait.ts';
import type { WorkerNumber, WorkerRecord, WorkerRegistration } from '../model/worker.ts';
import type { TopicStore } from './topic-store.ts';

/**
 * What to do when a run with the same id exists: `refuse` the start; `attach` to the existing run whatever its state;
 * `restart` as the next generation if the existing one has finished (else refuse); `restartFailed` only if it failed or was canceled.
 */
export type IdConflict = 'refuse' | 'attach' | 'restart' | 'restartFailed';

/** A run to be started. */
export interface RunStart {
  readonly id: string;
  readonly kind: DefinitionKind;
  readonly definition: string;
  readonly version: string;
  readonly input: Payload;
  readonly seed: number;
  readonly at: number;
  /** The worker that takes the run at once (state `running`), or `nobody` (state `pending`). */
  readonly owner: WorkerNumber;
  /** When it becomes claimable: 0 at once, or a later time. */
  readonly wakeAt: number;
  readonly deadlineAt: number | null;
  readonly parent: ParentLink | null;
  readonly onConflict: IdConflict;
  /** When a run starts another: what its own journal gets, in the same transaction (I4); `accepted` if `created`. */
  readonly journal?: ConditionalEntry;
  /**
   * Begin with a copy of another run's journal (a retry that keeps finished steps). If that run is gone the whole batch is
   * refused: a run without the copy would do the finished steps again.
   */
  readonly fork?: JournalFork;
}

/** Which journal a run begins with. */
export interface JournalFork {
  /** The run whose entries are copied. */
  readonly run: RunNumber;
  /** Positions of the entries that are left out; the others follow each other without a gap. */
  readonly drop: readonly number[];
}

/**
 * The outcome of one `RunStart`: the new run, or the one that already has the id. A start with a parent that finds its own
 * child (same parent run and operation, whatever its state, also if it is not the newest generation) counts as created: the
 * first try was on disk before a crash.
 */
export interface StartResult {
  readonly created: boolean;
  readonly run: RunRecord;
}

/**
 * Changes that are made together or not at all, judged inside the transaction: if every condition holds when the group's
 * turn comes (groups see what those before them wrote), all of it is written, else nothing of it, and the rest of the batch
 * is not harmed (S3). A group writes no journal, because a position of a journal cannot depend on a condition; and it forks
 * none, because a fork may refuse the whole batch.
 */
export interface GuardedChange {
  /** Empty: the group is always applied. */
  readonly when: readonly CellCondition[];
  /** Runs that exist, have not ended, and do not end in the same batch: they can still read what is sent. Default: none. */
  readonly whenOpen?: readonly RunNumber[];
  readonly cells: readonly CellWrite[];
  readonly starts: readonly Omit<RunStart, 'journal' | 'fork'>[];
  readonly sends: readonly Omit<MessageSend, 'journal'>[];
  /** Without a producer's stamp: a refusal of one part would leave the group half done. */
  readonly appends?: readonly Omit<TopicAppend, 'producer'>[];
}

/** What became of a guarded group. When it was not applied the lists are empty. */
export interface GuardedResult {
  readonly applied: boolean;
  /** The new versions of the cells, parallel to the group's; `absentCell` for a deleted one. */
  readonly versions: readonly number[];
  readonly starts: readonly StartResult[];
  readonly sends: readonly SendResult[];
  readonly appends: readonly AppendResult[];
}

/** A change of a run's row. Omitted fields stay as they are. */
export interface RunChange {
  readonly run: RunNumber;
  readonly state: RunState;
  readonly at: number;
  readonly owner: WorkerNumber;
  /** Null exactly when `state` is final. */
  readonly wakeAt: number | null;
  readonly result?: Payload | null;
  readonly status?: string | null;
  /**
   * The highest message id the owner has seen in this run's inbox. If the inbox holds a newer one, the store writes
   * `wakeAt` 0 instead, inside the transaction (S5); if that is a `resume` or `cancel` and `state` is `paused`, it also writes
   * `waiting` instead.
   */
  readonly seenMessage: number;
}

/**
 * Everything one transaction writes. All or nothing. Order inside: fence, starts, sends, appends, cells, guarded, entries, waits,
 * endedWaits, consumed, slots, logs, runs. Each part sees what those before it did. Ending a wait, or consuming a message, that is not there does nothing.
 * A `RunChange` into a final state also deletes the waits and the inbox of the run, and gives back its slots. Slots that become
 * free, by whatever part, are granted to the next in line in the same transaction; each such grant is a message of kind `slot`.
 */
export interface CommitBatch {
  /** In whose name; null for a caller that owns no run (a client): then only starts with `nobody`, sends, cells, guarded groups and limits of pools. */
  readonly worker: WorkerNumber | null;
  readonly starts: readonly RunStart[];
  readonly sends: readonly MessageSend[];
  /** Records for topics; those of one partition become one batch. Anyone may append. */
  readonly appends?: readonly TopicAppend[];
  /** Written whatever they hold. A batch without cells costs nothing for them. */
  readonly cells?: readonly CellWrite[];
  readonly guarded?: readonly GuardedChange[];
  readonly entries: readonly JournalAppend[];
  /** Inserted, or replaced when the run already has a wait with that key. */
  readonly waits: readonly WaitRecord[];
  readonly endedWaits: readonly WaitKey[];
  /** Ids of inbox messages whose effect is in `entries`. */
  readonly consumed: readonly number[];
  /** In this order. A batch without them costs nothing for them. */
  readonly slots?: readonly SlotChange[];
  /** Appended to the logs of their runs, except lines of a run's own code that it has said before. */
  readonly logs?: readonly LogLine[];
  readonly runs: readonly RunChange[];
}

/** Names one wait: its run and the key of its operation. */
export interface WaitKey {
  readonly run: RunNumber;
  readonly key: string;
}

/** Parallel to `starts`, `sends`, `guarded` and `slots` of the batch. */
export interface CommitResult {
  readonly starts: readonly StartResult[];
  readonly sends: readonly SendResult[];
  readonly appends: readonly AppendResult[];
  readonly guarded: readonly GuardedResult[];
  readonly slots: readonly SlotOutcome[];
}

/** A run that was just given to the claiming worker, with all it needs to go on. Its state is `running`. */
export interface ClaimedRun {
  readonly run: RunRecord;
  readonly journal: readonly JournalEntry[];
  readonly inbox: readonly MessageRecord[];
  readonly waits: readonly WaitRecord[];
}

/** Who claims, how many runs at most, and of which definitions. */
export interface ClaimRequest {
  readonly worker: WorkerNumber;
  readonly now: number;
  readonly runsMax: number;
  /** Only runs of these definitions. */
  readonly definitions: readonly string[];
}

/** Which runs to list. All given conditions must hold; newest first. */
export interface RunFilter {
  readonly states?: readonly RunState[];
  readonly definition?: string;
  /** Runs whose id starts with this text. */
  readonly idPrefix?: string;
  readonly parent?: RunNumber;
  /** Only runs with a smaller number: the number of the last row of the page before. */
  readonly before?: RunNumber;
  /** Default 100. */
  readonly limit?: number;
}

/** Which waits to list. All given conditions must hold; by `since`, then run, then key. */
export interface WaitFilter {
  readonly run?: RunNumber;
  readonly kind?: WaitKind;
  /** Default: all. */
  readonly limit?: number;
}

/** Waits that were stored behind a mark. */
export interface NewWaits {
  readonly waits: readonly WaitRecord[];
  /** Where to read on: the given mark if nothing is behind it. */
  readonly mark: number;
}

/** Where everything durable lives; see the top of the file. */
export interface Store extends TopicStore {
  /**
   * Writes a batch as one durable transaction. An accepted message makes its run claimable at once (`wakeAt` 0). To a run that is
   * paused, or has not begun, only `resume` and `cancel` do that (a paused one is put back to `waiting`); other messages to it lie
   * in the inbox until then.
   * A batch that contradicts what is stored (a journal position that is taken, a run that does not exist or has finished, a
   * write that a client may not make) is refused with TUTTI_STORE_FAILED.
   * @throws TUTTI_OWNER_LOST (S2), TUTTI_STORE_FULL, TUTTI_STORE_READ_ONLY, TUTTI_STORE_BUSY, TUTTI_STORE_FAILED: nothing was written.
   */
  commit(batch: CommitBatch): Promise<CommitResult>;

  /**
   * Gives runs that are due (`wakeAt` ≤ now) and have no living owner to the worker, oldest due first (then by number), state
   * `running`, `wakeAt` 0.
   * Paused runs are never claimed. @throws TUTTI_OWNER_LOST when the worker itself is not alive.
   */
  claim(request: ClaimRequest): Promise<readonly ClaimedRun[]>;
  /**
   * The earliest `wakeAt` of runs that a claim may give once it is due: of these definitions, without a living owner, not
   * paused. Null if there is none, also when all of them wait for a message (`neverWakes`).
   */
  nextWake(definitions: readonly string[]): Promise<number | null>;

  registerWorker(registration: WorkerRegistration): Promise<WorkerNumber>;
  /** Extends the lease. False if the worker is no longer alive: it must drop all its runs and register anew. */
  renewLease(worker: WorkerNumber, leaseUntil: number): Promise<boolean>;
  /**
   * Declares workers dead whose lease ended before `now`, or whose process the store knows to be gone; their runs become claimable
   * with their own `wakeAt`. Returns their numbers, smallest first.
   */
  declareDead(now: number): Promise<readonly WorkerNumber[]>;
  /** The worker says goodbye: state `stopped`, its runs become claimable with their own `wakeAt`. A dead worker stays dead. */
  retireWorker(worker: WorkerNumber): Promise<void>;
  listWorkers(): Promise<readonly WorkerRecord[]>;

  /** Messages newer than `after` for runs this worker owns, oldest first, at most `limit`. */
  newMessages(worker: WorkerNumber, after: number, limit: number): Promise<readonly MessageRecord[]>;

  getRun(number: RunNumber): Promise<RunRecord | null>;
  /** The newest generation under this id, or the one given. */
  findRun(id: string, generation?: number): Promise<RunRecord | null>;
  listRuns(filter: RunFilter): Promise<readonly RunRecord[]>;
  countRuns(): Promise<Readonly<Record<RunState, number>>>;
  /** Entries from position `from` on, in order, at most `limit`. */
  readJournal(run: RunNumber, from: number, limit: number): Promise<readonly JournalEntry[]>;
  /** The newest entries, at most `limit`, the oldest of them first. Costs what it gives, however long the journal is. */
  readJournalEnd(run: RunNumber, limit: number): Promise<readonly JournalEntry[]>;
  listWaits(filter: WaitFilter): Promise<readonly WaitRecord[]>;
  /**
   * Waits for events that were stored behind a mark, in the order of their commits, at most `limit`; 0 is in front of all. One that
   * is stored again under its key is new again. Costs what it gives, however many wait.
   */
  newEventWaits(after: number, limit: number): Promise<NewWaits>;
  listInbox(run: RunNumber): Promise<readonly MessageRecord[]>;

  /** The cell of this name; null if there is none. */
  getCell(space: string, key: string): Promise<CellRecord | null>;
  listCells(space: string, filter?: CellFilter): Promise<readonly CellRecord[]>;
  /** The spaces that have cells, in order (by code point). */
  listCellSpaces(): Promise<readonly string[]>;

  /** The newest lines of the run, at most `logLinesMax` in all. */
  readLogs(run: RunNumber, filter?: LogFilter): Promise<readonly LogRecord[]>;
  /** Pools that have a limit, holders or waiters. */
  listPools(filter?: PoolFilter): Promise<readonly PoolRecord[]>;
  listSlots(filter: SlotFilter): Promise<readonly SlotRecord[]>;

  /**
   * Deletes runs that finished before `endedBefore`, oldest first, with everything of theirs. Returns what was deleted, so that
   * the caller can drop their payload files afterwards.
   */
  prune(request: PruneRequest): Promise<readonly PrunedRun[]>;

  /** Calls back after commits of other processes (and, at the store's choice, of this one). Returns how to stop listening. */
  onForeignCommit(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Which finished runs to delete, and how many at most. */
export interface PruneRequest {
  readonly endedBefore: number;
  readonly runsMax: number;
}

/** A run that was deleted. */
export interface PrunedRun {
  readonly number: RunNumber;
  readonly id: string;
}
