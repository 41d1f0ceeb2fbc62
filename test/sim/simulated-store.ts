/**
 * The store as one process sees it: every call takes its time, may fail, may be cut off. Behind it all processes share one real
 * store, and the model watches what is written there.
 *
 * A call has two legs. A request that was sent arrives even if its process dies or freezes meanwhile (unless the crash took it
 * along); an answer reaches the process when it runs, or never.
 */
import { TuttiError } from '../../src/base/tutti-error.ts';
import type {
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
  PoolFilter,
  PoolRecord,
  BatchReplacement,
  PartitionName,
  PartitionRecord,
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
} from '../../src/engine/index.ts';
import type { CallKind, CallPlan } from './faults.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { StoreServer } from './store-server.ts';

export class SimulatedStore implements Store {
  readonly #process: SimulatedProcess;
  readonly #server: StoreServer;

  constructor(process: SimulatedProcess, server: StoreServer) {
    this.#process = process;
    this.#server = server;
  }

  commit(batch: CommitBatch): Promise<CommitResult> {
    return this.#call('commit', 'commit', () => this.#server.commit(this.#process, batch));
  }

  claim(request: ClaimRequest): Promise<readonly ClaimedRun[]> {
    return this.#call('write', 'claim', () => this.#server.claim(this.#process, request));
  }

  nextWake(definitions: readonly string[]): Promise<number | null> {
    return this.#call('read', 'nextWake', () => this.#server.store.nextWake(definitions));
  }

  registerWorker(registration: WorkerRegistration): Promise<WorkerNumber> {
    return this.#call('write', 'register', () => this.#server.register(this.#process, registration));
  }

  renewLease(worker: WorkerNumber, leaseUntil: number): Promise<boolean> {
    return this.#call('renewal', 'renew', () => this.#server.renew(this.#process, worker, leaseUntil));
  }

  declareDead(now: number): Promise<readonly WorkerNumber[]> {
    return this.#call('write', 'declareDead', () => this.#server.declareDead(this.#process, now));
  }

  retireWorker(worker: WorkerNumber): Promise<void> {
    return this.#call('write', 'retire', () => this.#server.retire(this.#process, worker));
  }

  listWorkers(): Promise<readonly WorkerRecord[]> {
    return this.#call('read', 'listWorkers', () => this.#server.store.listWorkers());
  }

  newMessages(worker: WorkerNumber, after: number, limit: number): Promise<readonly MessageRecord[]> {
    return this.#call('read', 'newMessages', () => this.#server.store.newMessages(worker, after, limit));
  }

  getRun(number: RunNumber): Promise<RunRecord | null> {
    return this.#call('read', 'getRun', () => this.#server.store.getRun(number));
  }

  findRun(id: string, generation?: number): Promise<RunRecord | null> {
    return this.#call('read', 'findRun', () => this.#server.store.findRun(id, generation));
  }

  listRuns(filter: RunFilter): Promise<readonly RunRecord[]> {
    return this.#call('read', 'listRuns', () => this.#server.store.listRuns(filter));
  }

  countRuns(): Promise<Readonly<Record<RunState, number>>> {
    return this.#call('read', 'countRuns', () => this.#server.store.countRuns());
  }

  readJournal(run: RunNumber, from: number, limit: number): Promise<readonly JournalEntry[]> {
    return this.#call('read', 'readJournal', () => this.#server.store.readJournal(run, from, limit));
  }

  readJournalEnd(run: RunNumber, limit: number): Promise<readonly JournalEntry[]> {
    return this.#call('read', 'readJournalEnd', () => this.#server.store.readJournalEnd(run, limit));
  }

  getCell(space: string, key: string): Promise<CellRecord | null> {
    return this.#call('read', 'getCell', () => this.#server.store.getCell(space, key));
  }

  listCells(space: string, filter?: CellFilter): Promise<readonly CellRecord[]> {
    return this.#call('read', 'listCells', () => this.#server.store.listCells(space, filter));
  }

  listCellSpaces(): Promise<readonly string[]> {
    return this.#call('read', 'listCellSpaces', () => this.#server.store.listCellSpaces());
  }

  listPools(filter?: PoolFilter): Promise<readonly PoolRecord[]> {
    return this.#call('read', 'listPools', () => this.#server.store.listPools(filter));
  }

  listSlots(filter: SlotFilter): Promise<readonly SlotRecord[]> {
    return this.#call('read', 'listSlots', () => this.#server.store.listSlots(filter));
  }

  listWaits(filter: WaitFilter): Promise<readonly WaitRecord[]> {
    return this.#call('read', 'listWaits', () => this.#server.store.listWaits(filter));
  }

  newEventWaits(after: number, limit: number): Promise<NewWaits> {
    return this.#call('read', 'newEventWaits', () => this.#server.store.newEventWaits(after, limit));
  }

  listInbox(run: RunNumber): Promise<readonly MessageRecord[]> {
    return this.#call('read', 'listInbox', () => this.#server.store.listInbox(run));
  }

  readLogs(run: RunNumber, filter?: LogFilter): Promise<readonly LogRecord[]> {
    return this.#call('read', 'readLogs', () => this.#server.store.readLogs(run, filter));
  }

  readTopic(read: TopicRead): Promise<TopicSlice> {
    return this.#call('read', 'readTopic', () => this.#server.store.readTopic(read));
  }

  listPartitions(topic?: string): Promise<readonly PartitionRecord[]> {
    return this.#call('read', 'listPartitions', () => this.#server.store.listPartitions(topic));
  }

  findOffset(name: PartitionName, time: number): Promise<number> {
    return this.#call('read', 'findOffset', () => this.#server.store.findOffset(name, time));
  }

  trimPartition(name: PartitionName, before: number): Promise<number> {
    return this.#call('write', 'trimPartition', () => this.#server.store.trimPartition(name, before));
  }

  replaceBatches(replacement: BatchReplacement): Promise<boolean> {
    return this.#call('write', 'replaceBatches', () => this.#server.store.replaceBatches(replacement));
  }

  releaseDelayed(now: number, limit: number): Promise<number> {
    return this.#call('write', 'releaseDelayed', () => this.#server.store.releaseDelayed(now, limit));
  }

  nextDelayed(): Promise<number | null> {
    return this.#call('read', 'nextDelayed', () => this.#server.store.nextDelayed());
  }

  forgetDuplicates(now: number, limit: number): Promise<number> {
    return this.#call('write', 'forgetDuplicates', () => this.#server.store.forgetDuplicates(now, limit));
  }

  prune(request: PruneRequest): Promise<readonly PrunedRun[]> {
    return this.#call('write', 'prune', () => this.#server.store.prune(request));
  }

  onForeignCommit(listener: () => void): () => void {
    return this.#server.listen(this.#process, listener);
  }

  async close(): Promise<void> {
    // The store outlives its clients.
  }

  async #call<T>(kind: CallKind, name: string, work: () => Promise<T>): Promise<T> {
    const { world } = this.#process;
    world.touch();
    await this.#process.resumed();
    const plan = this.#server.network.plan(kind);
    if (plan.requestMs > 0) await world.sleep(plan.requestMs);
    if (this.#process.state === 'dead' && !plan.survivesDeath) return never();
    const outcome = await this.#arrive(plan, name, work);
    if (plan.responseMs > 0) await world.sleep(plan.responseMs);
    await this.#process.resumed();
    return outcome();
  }

  /** What happens where the store is. Returns what the caller will see. */
  async #arrive<T>(plan: CallPlan, name: string, work: () => Promise<T>): Promise<() => T> {
    const { world } = this.#process;
    if (plan.fault !== 'none') world.trace(this.#process.name, `${name}: ${plan.fault}`);
    if (plan.fault === 'refused') {
      const code = plan.survivesDeath ? 'TUTTI_STORE_FULL' : 'TUTTI_STORE_BUSY';
      return fails(new TuttiError(code, `The simulated store refused ${name}.`));
    }
    if (plan.fault === 'lostBefore') return fails(lost(name));
    if (plan.fault === 'late') {
      world.after(plan.lateByMs, () => void settle(work));
      return fails(lost(name));
    }
    const outcome = await settle(work);
    return plan.fault === 'lostAfter' ? fails(lost(name)) : outcome;
  }
}

function lost(name: string): TuttiError {
  return new TuttiError('TUTTI_STORE_FAILED', `The simulated connection was lost during ${name}.`);
}

function fails(error: Error): () => never {
  return () => {
    throw error;
  };
}

async function settle<T>(work: () => Promise<T>): Promise<() => T> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return fails(error as Error);
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
