/**
 * The embedded store: one SQLite file with a write-ahead log, synced at every commit.
 *
 * Owns: the connection, the tables composed into the `Store` port, checkpoints, the poll for foreign commits. Everything
 * runs synchronously on the calling thread (docs/decisions/0004-commit-on-the-main-thread.md); the promises of the port
 * are resolved when the work is done. Several processes may open one file: SQLite's write lock orders their
 * transactions, and every condition of the port is judged inside the transaction it belongs to.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type {
  BatchReplacement,
  CellFilter,
  CellRecord,
  ClaimedRun,
  ClaimRequest,
  CommitBatch,
  CommitResult,
  JournalEntry,
  LogFilter,
  LogRecord,
  MessageRecord,
  NewWaits,
  PartitionName,
  PartitionRecord,
  PoolFilter,
  PoolRecord,
  PrunedRun,
  PruneRequest,
  RunFilter,
  RunNumber,
  RunRecord,
  RunState,
  SlotFilter,
  SlotRecord,
  Store,
  TopicRead,
  TopicSlice,
  WaitFilter,
  WaitRecord,
  WorkerNumber,
  WorkerRecord,
  WorkerRegistration,
} from '../../engine/index.ts';
import { Cells } from './cells.ts';
import { Checkpointer } from './checkpoint.ts';
import { Claims } from './claims.ts';
import { Commits, type CommitTables } from './commits.ts';
import { type Connection, inMemory, openConnection, pageBytes } from './connection.ts';
import { Counters } from './counters.ts';
import { ForeignCommits } from './foreign-commits.ts';
import { LogRoom } from './log-room.ts';
import { Inbox } from './inbox.ts';
import { Journal } from './journal.ts';
import { Logs } from './logs.ts';
import { Prune } from './prune.ts';
import { Runs } from './runs.ts';
import { Topics } from './topics/topics.ts';
import { Slots } from './slots.ts';
import { Waits } from './waits.ts';
import { Workers } from './workers.ts';
import { machineProcesses, type ProcessTable } from './process-table.ts';
import type { WriteHooks } from './write-points.ts';

/** How to open a {@link SqliteStore}. */
export interface SqliteStoreOptions {
  /** Path of the database file, created with its directory if missing; or `:memory:`. */
  readonly file: string;
  /** Milliseconds a write waits, blocking the thread, while another process writes. Default 5000. */
  readonly busyTimeoutMs?: number;
  /** Milliseconds between looks for commits of other processes, while somebody listens. Default 25. */
  readonly pollMs?: number;
  /** Times the polls; they do not keep the process alive. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Bytes of the write-ahead log not yet copied into the file at which the background copy starts. Default 16 MiB. */
  readonly checkpointBytes?: number;
  /** Bytes above which the log is copied and truncated before the next commit, at its cost. Default 256 MiB. */
  readonly logBytesMax?: number;
  /** Bytes of room made at a time behind the log's end, which makes commits faster; 0: none. Default 512 KiB. */
  readonly logRoomBytes?: number;
  /** Which processes live. Default: the machine's. */
  readonly processes?: ProcessTable;
  /** For tests that interrupt writes. Default none. */
  readonly hooks?: WriteHooks;
}

/** The embedded store, with what `tutti doctor` asks beside the port. */
export interface SqliteStore extends Store {
  /** Absolute path of the database file, or `:memory:`. */
  readonly file: string;
  /** Bytes on disk, with the write-ahead log; 0 in memory. */
  fileSizeBytes(): Promise<number>;
  /** Reads the whole file. Returns what SQLite finds wrong with it, one sentence each; empty when it is sound. */
  integrityCheck(): Promise<readonly string[]>;
}

const mebibyte = 2 ** 20;
/** A page in the log, behind its header of 24 bytes. */
const logFrameBytes = pageBytes + 24;

/**
 * Opens the embedded store, creating or migrating the file as needed. A file that is not ours, or newer, is left as it was.
 *
 * @throws TUTTI_STORE_NOT_OURS, TUTTI_STORE_NEWER, TUTTI_STORE_READ_ONLY, TUTTI_STORE_FULL, TUTTI_STORE_BUSY, TUTTI_STORE_FAILED.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const file = options.file === inMemory ? inMemory : resolve(options.file);
  const connection = openConnection({
    file,
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    hooks: options.hooks ?? {},
  });
  return new OpenStore(connection, options);
}

class OpenStore implements SqliteStore {
  readonly file: string;
  readonly #connection: Connection;
  readonly #tables: CommitTables;
  readonly #commits: Commits;
  readonly #claims: Claims;
  readonly #prune: Prune;
  readonly #foreignCommits: ForeignCommits;
  readonly #checkpointer: Checkpointer | null;
  readonly #logRoom: LogRoom | null;
  #closing: Promise<void> | null = null;

  constructor(connection: Connection, options: SqliteStoreOptions) {
    const { db, file } = connection;
    this.file = file;
    this.#connection = connection;
    const workers = new Workers(db, options.processes ?? machineProcesses());
    const counters = new Counters(db);
    this.#tables = {
      counters,
      workers,
      runs: new Runs(db),
      journal: new Journal(db),
      waits: new Waits(db, counters),
      inbox: new Inbox(db),
      topics: new Topics(db),
      cells: new Cells(db, counters),
      slots: new Slots(db, counters),
      logs: new Logs(db),
    };
    this.#commits = new Commits(connection, this.#tables);
    this.#claims = new Claims(db, workers);
    this.#prune = new Prune(db, counters);
    this.#foreignCommits = new ForeignCommits(db, options.pollMs ?? 25, options.clock ?? systemClock);
    const startPages = Math.ceil((options.checkpointBytes ?? 16 * mebibyte) / pageBytes);
    const boundPages = Math.ceil((options.logBytesMax ?? 256 * mebibyte) / pageBytes);
    const limits = { startPages, restartPages: Math.min(4 * startPages, boundPages), boundPages };
    const reached = connection.reached.bind(connection);
    this.#checkpointer = file === inMemory ? null : new Checkpointer(db, file, limits, reached);
    const roomBytes = file === inMemory ? 0 : (options.logRoomBytes ?? mebibyte / 2);
    this.#logRoom = roomBytes === 0 ? null : new LogRoom(file, roomBytes);
  }

  async commit(batch: CommitBatch): Promise<CommitResult> {
    return this.#write(() => this.#commits.write(batch));
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedRun[]> {
    const { workers } = this.#tables;
    const isWorthwhile = this.#connection.read(() => {
      workers.assertAlive(request.worker);
      return this.#claims.isWorthwhile(request);
    });
    if (!isWorthwhile) return [];
    const runs = this.#write(() => {
      workers.assertAlive(request.worker);
      const taken = this.#claims.take(request);
      this.#claims.release();
      return taken;
    });
    return this.#connection.read(() => this.#withEverything(runs));
  }

  async nextWake(definitions: readonly string[]): Promise<number | null> {
    return this.#connection.read(() => this.#claims.nextWake(definitions));
  }

  async registerWorker(registration: WorkerRegistration): Promise<WorkerNumber> {
    return this.#write(() => this.#tables.workers.register(registration));
  }

  async renewLease(worker: WorkerNumber, leaseUntil: number): Promise<boolean> {
    return this.#write(() => this.#tables.workers.renewLease(worker, leaseUntil));
  }

  async declareDead(now: number): Promise<readonly WorkerNumber[]> {
    const { workers } = this.#tables;
    const dead = this.#connection.read(() => workers.findDead(now));
    if (dead.length === 0) return [];
    // Judged again inside the transaction: a lease may have been renewed meanwhile.
    return this.#write(() => workers.declareDead(workers.findDead(now)));
  }

  async retireWorker(worker: WorkerNumber): Promise<void> {
    this.#write(() => this.#tables.workers.retire(worker));
  }

  async listWorkers(): Promise<readonly WorkerRecord[]> {
    return this.#connection.read(() => this.#tables.workers.list());
  }

  async newMessages(worker: WorkerNumber, after: number, limit: number): Promise<readonly MessageRecord[]> {
    return this.#connection.read(() => this.#tables.inbox.newForWorker(worker, after, limit));
  }

  async getRun(number: RunNumber): Promise<RunRecord | null> {
    return this.#connection.read(() => this.#tables.runs.byNumber(number));
  }

  async findRun(id: string, generation?: number): Promise<RunRecord | null> {
    return this.#connection.read(() => this.#tables.runs.byId(id, generation));
  }

  async listRuns(filter: RunFilter): Promise<readonly RunRecord[]> {
    return this.#connection.read(() => this.#tables.runs.list(filter));
  }

  async countRuns(): Promise<Readonly<Record<RunState, number>>> {
    const { runs, counters } = this.#tables;
    return this.#connection.read(() => ({
      ...runs.countOpen(),
      completed: counters.value('completed'),
      failed: counters.value('failed'),
      canceled: counters.value('canceled'),
    }));
  }

  async readJournal(run: RunNumber, from: number, limit: number): Promise<readonly JournalEntry[]> {
    return this.#connection.read(() => this.#tables.journal.read(run, from, limit));
  }

  async readJournalEnd(run: RunNumber, limit: number): Promise<readonly JournalEntry[]> {
    return this.#connection.read(() => this.#tables.journal.readEnd(run, limit));
  }

  async listWaits(filter: WaitFilter): Promise<readonly WaitRecord[]> {
    return this.#connection.read(() => this.#tables.waits.list(filter));
  }

  async newEventWaits(after: number, limit: number): Promise<NewWaits> {
    return this.#connection.read(() => this.#tables.waits.newForEvents(after, limit));
  }

  async listInbox(run: RunNumber): Promise<readonly MessageRecord[]> {
    return this.#connection.read(() => this.#tables.inbox.ofRun(run));
  }

  async readTopic(read: TopicRead): Promise<TopicSlice> {
    return this.#connection.read(() => this.#tables.topics.read(read));
  }

  async listPartitions(topic?: string): Promise<readonly PartitionRecord[]> {
    return this.#connection.read(() => this.#tables.topics.list(topic));
  }

  async findOffset(name: PartitionName, time: number): Promise<number> {
    return this.#connection.read(() => this.#tables.topics.findOffset(name, time));
  }

  async trimPartition(name: PartitionName, before: number): Promise<number> {
    return this.#write(() => this.#tables.topics.trim(name, before));
  }

  async replaceBatches(replacement: BatchReplacement): Promise<boolean> {
    return this.#write(() => this.#tables.topics.replace(replacement));
  }

  async releaseDelayed(now: number, limit: number): Promise<number> {
    const { topics } = this.#tables;
    const next = await this.nextDelayed();
    return next === null || next > now ? 0 : this.#write(() => topics.releaseDelayed(now, limit));
  }

  async nextDelayed(): Promise<number | null> {
    return this.#connection.read(() => this.#tables.topics.nextDelayed());
  }

  async forgetDuplicates(now: number, limit: number): Promise<number> {
    return this.#write(() => this.#tables.topics.forgetDuplicates(now, limit));
  }

  async getCell(space: string, key: string): Promise<CellRecord | null> {
    return this.#connection.read(() => this.#tables.cells.get(space, key));
  }

  async listCells(space: string, filter: CellFilter = {}): Promise<readonly CellRecord[]> {
    return this.#connection.read(() => this.#tables.cells.list(space, filter));
  }

  async listCellSpaces(): Promise<readonly string[]> {
    return this.#connection.read(() => this.#tables.cells.spaces());
  }

  async listPools(filter: PoolFilter = {}): Promise<readonly PoolRecord[]> {
    return this.#connection.read(() => this.#tables.slots.listPools(filter));
  }

  async listSlots(filter: SlotFilter): Promise<readonly SlotRecord[]> {
    return this.#connection.read(() => this.#tables.slots.list(filter));
  }

  async readLogs(run: RunNumber, filter: LogFilter = {}): Promise<readonly LogRecord[]> {
    return this.#connection.read(() => this.#tables.logs.read(run, filter));
  }

  async prune(request: PruneRequest): Promise<readonly PrunedRun[]> {
    if (!this.#connection.read(() => this.#prune.isWorthwhile(request))) return [];
    return this.#write(() => {
      const { counters } = this.#tables;
      counters.begin();
      const pruned = this.#prune.delete(request);
      counters.flush();
      return pruned;
    });
  }

  onForeignCommit(listener: () => void): () => void {
    return this.#foreignCommits.listen(listener);
  }

  /** Copies the log into the file and closes it. A second call waits for the first; other calls afterwards are refused. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async fileSizeBytes(): Promise<number> {
    if (this.file === inMemory) return 0;
    const sizes = [this.file, `${this.file}-wal`].map(
      (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async integrityCheck(): Promise<readonly string[]> {
    return this.#connection.read(() => {
      const rows = this.#connection.db.prepare('pragma integrity_check').all();
      return rows.map((row) => String(row['integrity_check'])).filter((finding) => finding !== 'ok');
    });
  }

  #write<T>(body: () => T): T {
    if (this.#closing !== null) {
      throw new TuttiError('TUTTI_STORE_FAILED', `The store ${this.file} is closed.`);
    }
    const result = this.#connection.write(() => {
      const written = body();
      this.#logRoom?.keep((this.#checkpointer?.logPages ?? 0) * logFrameBytes);
      return written;
    });
    this.#checkpointer?.afterCommit();
    return result;
  }

  #withEverything(runs: readonly RunRecord[]): readonly ClaimedRun[] {
    if (runs.length === 0) return [];
    const { journal, inbox, waits } = this.#tables;
    const numbers = JSON.stringify(runs.map((run) => run.number));
    const journals = journal.readRuns(numbers);
    const inboxes = inbox.ofRuns(numbers);
    const waiting = waits.ofRuns(numbers);
    return runs.map((run) => ({
      run,
      journal: journals.get(run.number) ?? [],
      inbox: inboxes.get(run.number) ?? [],
      waits: waiting.get(run.number) ?? [],
    }));
  }

  async #close(): Promise<void> {
    this.#foreignCommits.stop();
    await this.#checkpointer?.close();
    this.#logRoom?.close();
    this.#connection.close();
  }
}
