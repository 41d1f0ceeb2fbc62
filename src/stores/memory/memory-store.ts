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
import { checkAlive } from './check-batch.ts';
import { commitBatch } from './commit.ts';
import { copyCell, copyEntry, copyLogRecord, copyMessage, copyRun, copyWait, copyWorker } from './copies.ts';
import { createTables, type Tables } from './tables.ts';

/** A store in memory: the reference model of the port. What it holds is gone with the process. */
export interface MemoryStore extends Store {
  /** Another handle on the same state, as another process would have; closing one leaves the others open. */
  openAnother(): MemoryStore;
}

/** A new, empty store in memory. Every call is one transaction, done before the call returns its promise. */
export function createMemoryStore(): MemoryStore {
  return new MemoryStoreHandle({ tables: createTables(), listeners: new Set(), isCallingBack: false });
}

/** What all handles on one store share. */
interface Shared {
  readonly tables: Tables;
  readonly listeners: Set<() => void>;
  /** Whether the listeners are about to be called, so that a burst of commits calls them once. */
  isCallingBack: boolean;
}

class MemoryStoreHandle implements MemoryStore {
  readonly #shared: Shared;
  readonly #listeners = new Set<() => void>();
  #isClosed = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  openAnother(): MemoryStore {
    return new MemoryStoreHandle(this.#shared);
  }

  async commit(batch: CommitBatch): Promise<CommitResult> {
    const result = commitBatch(this.#tables(), batch);
    this.#callListeners();
    return result;
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedRun[]> {
    const tables = this.#tables();
    checkAlive(tables, request.worker);
    const claimed: ClaimedRun[] = [];
    while (claimed.length < request.runsMax) {
      const first = tables.claims.first(request.definitions);
      if (first === undefined || first.time > request.now) break;
      claimed.push(claimRun(tables, first.number, request));
    }
    return claimed;
  }

  async nextWake(definitions: readonly string[]): Promise<number | null> {
    return this.#tables().claims.first(definitions)?.time ?? null;
  }

  async registerWorker(registration: WorkerRegistration): Promise<WorkerNumber> {
    return this.#tables().workers.register(registration);
  }

  async renewLease(worker: WorkerNumber, leaseUntil: number): Promise<boolean> {
    return this.#tables().workers.renew(worker, leaseUntil);
  }

  async declareDead(now: number): Promise<readonly WorkerNumber[]> {
    const tables = this.#tables();
    const dead = tables.workers.declareDead(now);
    for (const worker of dead) releaseRuns(tables, worker);
    if (dead.length > 0) this.#callListeners();
    return dead;
  }

  async retireWorker(worker: WorkerNumber): Promise<void> {
    const tables = this.#tables();
    if (!tables.workers.retire(worker)) return;
    releaseRuns(tables, worker);
    this.#callListeners();
  }

  async listWorkers(): Promise<readonly WorkerRecord[]> {
    return this.#tables().workers.list().map(copyWorker);
  }

  async newMessages(worker: WorkerNumber, after: number, limit: number): Promise<readonly MessageRecord[]> {
    const { claims, inboxes } = this.#tables();
    const newer = claims.ownedBy(worker).flatMap((run) => inboxes.newerThan(run, after));
    return newer
      .toSorted((one, other) => one.id - other.id)
      .slice(0, limit)
      .map(copyMessage);
  }

  async getRun(number: RunNumber): Promise<RunRecord | null> {
    const run = this.#tables().runs.get(number);
    return run === undefined ? null : copyRun(run);
  }

  async findRun(id: string, generation?: number): Promise<RunRecord | null> {
    const generations = this.#tables().runs.generations(id);
    const run =
      generation === undefined
        ? generations.at(-1)
        : generations.find((one) => one.generation === generation);
    return run === undefined ? null : copyRun(run);
  }

  async listRuns(filter: RunFilter): Promise<readonly RunRecord[]> {
    return this.#tables().runs.list(filter).map(copyRun);
  }

  async countRuns(): Promise<Readonly<Record<RunState, number>>> {
    return this.#tables().runs.count();
  }

  async readJournal(run: RunNumber, from: number, limit: number): Promise<readonly JournalEntry[]> {
    return this.#tables().journals.read(run, from, limit).map(copyEntry);
  }

  async readJournalEnd(run: RunNumber, limit: number): Promise<readonly JournalEntry[]> {
    return this.#tables().journals.readEnd(run, limit).map(copyEntry);
  }

  async listWaits(filter: WaitFilter): Promise<readonly WaitRecord[]> {
    return this.#tables().waits.list(filter).map(copyWait);
  }

  async newEventWaits(after: number, limit: number): Promise<NewWaits> {
    const { waits, mark } = this.#tables().waits.newForEvents(after, limit);
    return { waits: waits.map(copyWait), mark };
  }

  async listInbox(run: RunNumber): Promise<readonly MessageRecord[]> {
    return this.#tables().inboxes.of(run).map(copyMessage);
  }

  async getCell(space: string, key: string): Promise<CellRecord | null> {
    const cell = this.#tables().cells.get(space, key);
    return cell === undefined ? null : copyCell(cell);
  }

  async listCells(space: string, filter: CellFilter = {}): Promise<readonly CellRecord[]> {
    return this.#tables().cells.list(space, filter).map(copyCell);
  }

  async listCellSpaces(): Promise<readonly string[]> {
    return this.#tables().cells.spaces();
  }

  async listPools(filter: PoolFilter = {}): Promise<readonly PoolRecord[]> {
    return this.#tables().slots.listPools(filter);
  }

  async listSlots(filter: SlotFilter): Promise<readonly SlotRecord[]> {
    return this.#tables().slots.list(filter);
  }

  async readLogs(run: RunNumber, filter: LogFilter = {}): Promise<readonly LogRecord[]> {
    return this.#tables().logs.read(run, filter).map(copyLogRecord);
  }

  async prune(request: PruneRequest): Promise<readonly PrunedRun[]> {
    const tables = this.#tables();
    return tables.ended.take(request).map((number) => deleteRun(tables, number));
  }

  async readTopic(read: TopicRead): Promise<TopicSlice> {
    return this.#tables().topics.read(read);
  }

  async listPartitions(topic?: string): Promise<readonly PartitionRecord[]> {
    return this.#tables().topics.list(topic);
  }

  async findOffset(name: PartitionName, time: number): Promise<number> {
    return this.#tables().topics.findOffset(name, time);
  }

  async trimPartition(name: PartitionName, before: number): Promise<number> {
    return this.#tables().topics.trim(name, before);
  }

  async replaceBatches(replacement: BatchReplacement): Promise<boolean> {
    return this.#tables().topics.replace(replacement);
  }

  async releaseDelayed(now: number, limit: number): Promise<number> {
    const released = this.#tables().topics.releaseDelayed(now, limit);
    if (released > 0) this.#callListeners();
    return released;
  }

  async nextDelayed(): Promise<number | null> {
    return this.#tables().topics.nextDelayed();
  }

  async forgetDuplicates(now: number, limit: number): Promise<number> {
    return this.#tables().topics.forgetDuplicates(now, limit);
  }

  /** Calls back, once per burst, also after commits made through this very handle. */
  onForeignCommit(listener: () => void): () => void {
    this.#tables();
    // Wrapped, so that a function given twice is called twice and stopped one by one.
    const own = (): void => listener();
    this.#listeners.add(own);
    this.#shared.listeners.add(own);
    return () => {
      this.#listeners.delete(own);
      this.#shared.listeners.delete(own);
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const listener of this.#listeners) this.#shared.listeners.delete(listener);
    this.#listeners.clear();
  }

  #tables(): Tables {
    if (this.#isClosed)
      throw new TuttiError('TUTTI_STORE_FAILED', 'The memory store was used after it was closed.');
    return this.#shared.tables;
  }

  /** In a microtask of its own, so that a listener neither delays the commit nor can make it fail. */
  #callListeners(): void {
    const shared = this.#shared;
    if (shared.isCallingBack || shared.listeners.size === 0) return;
    shared.isCallingBack = true;
    queueMicrotask(() => {
      shared.isCallingBack = false;
      for (const listener of [...shared.listeners]) listener();
    });
  }
}

function claimRun(tables: Tables, number: RunNumber, request: ClaimRequest): ClaimedRun {
  const before = tables.runs.existing(number);
  const run: RunRecord = {
    ...before,
    state: 'running',
    owner: request.worker,
    wakeAt: 0,
    startedAt: before.startedAt ?? request.now,
    updatedAt: request.now,
  };
  tables.runs.replace(run);
  return {
    run: copyRun(run),
    journal: tables.journals.read(number, 0, Infinity).map(copyEntry),
    inbox: tables.inboxes.of(number).map(copyMessage),
    waits: tables.waits.list({ run: number }).map(copyWait),
  };
}

/** Files the runs of a worker that is no longer alive among those to be claimed. */
function releaseRuns(tables: Tables, worker: WorkerNumber): void {
  for (const run of tables.claims.ownedBy(worker)) tables.claims.refresh(tables.runs.existing(run));
}

function deleteRun(tables: Tables, number: RunNumber): PrunedRun {
  const run = tables.runs.existing(number);
  tables.journals.deleteRun(number);
  tables.waits.deleteRun(number);
  tables.inboxes.deleteRun(number);
  tables.logs.deleteRun(number);
  tables.runs.delete(run);
  return { number, id: run.id };
}
