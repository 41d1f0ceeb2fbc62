/**
 * Group commit: everything that wants to be written while one commit is on its way to disk rides on the next one.
 *
 * Owns: the batch being gathered, and the only call of `store.commit` of this process. Does not own: what the changes mean.
 * In: changes of runs (in the order they were made), starts, sends, appends and guarded groups of clients. Out: callbacks after the commit.
 *
 * Invariants:
 * C1  Nothing is called back before its batch is on disk (I1).
 * C2  Changes of one run reach the store in the order they were made; at most one commit is under way.
 * C3  A failed commit loses nothing of a run: if the store says it wrote nothing, the same changes are tried again; if that is
 *     not certain, or the worker was declared dead, all runs of this worker are dropped and claimed anew (I5).
 * C4  A client's start, send or guarded group is told at once that the commit failed, and is not tried again behind its back.
 */
import type { Clock } from '../base/clock.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import type { CellWrite } from './model/cell.ts';
import type { JournalAppend } from './model/journal.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import { nobody } from './model/run.ts';
import type { AppendResult, PartitionName, TopicAppend } from './model/topic.ts';
import type { SlotChange, SlotOutcome } from './model/slot.ts';
import type { WaitRecord } from './model/wait.ts';
import type { WorkerNumber } from './model/worker.ts';
import { afterThisTurn, outside } from './outside.ts';
import type {
  CommitBatch,
  CommitResult,
  GuardedChange,
  GuardedResult,
  RunChange,
  RunStart,
  StartResult,
  Store,
  WaitKey,
} from './ports/store.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** Who is told that an entry is on disk. */
export interface EntryListener {
  entryCommitted(entry: JournalAppend): void;
}

interface Request<Change, Result> {
  readonly change: Change;
  readonly done: (result: Result) => void;
  /** Present for clients: told of a failed commit (C4). Absent for runs: tried again (C3). */
  readonly failed?: (error: unknown) => void;
}

/** One batch being gathered. */
class Batch {
  readonly starts: Request<RunStart, StartResult>[] = [];
  readonly sends: Request<MessageSend, SendResult>[] = [];
  readonly appends: Request<TopicAppend, AppendResult>[] = [];
  readonly guarded: Request<GuardedChange, GuardedResult>[] = [];
  readonly slots: Request<SlotChange, SlotOutcome>[] = [];
  readonly cells: CellWrite[] = [];
  readonly entries: JournalAppend[] = [];
  readonly listeners: (EntryListener | null)[] = [];
  readonly waits: WaitRecord[] = [];
  readonly endedWaits: WaitKey[] = [];
  readonly consumed: number[] = [];
  readonly runs: RunChange[] = [];
  readonly afterwards: (() => void)[] = [];

  get isEmpty(): boolean {
    return (
      this.entries.length === 0 &&
      this.runs.length === 0 &&
      this.starts.length === 0 &&
      this.sends.length === 0 &&
      this.appends.length === 0 &&
      this.guarded.length === 0 &&
      this.slots.length === 0 &&
      this.cells.length === 0 &&
      this.waits.length === 0 &&
      this.endedWaits.length === 0 &&
      this.consumed.length === 0 &&
      this.afterwards.length === 0
    );
  }

  get isWritingNothing(): boolean {
    return this.isEmpty || this.afterwards.length === this.size;
  }

  get size(): number {
    return (
      this.entries.length +
      this.runs.length +
      this.starts.length +
      this.sends.length +
      this.appends.length +
      this.guarded.length +
      this.slots.length +
      this.cells.length +
      this.waits.length +
      this.endedWaits.length +
      this.consumed.length +
      this.afterwards.length
    );
  }
}

/** What a commit queue is made of. */
export interface CommitQueueOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** The number under which this process may write now; null before it registered and for pure clients. */
  readonly worker: () => WorkerNumber | null;
  /** Called when this worker may no longer write: it must drop all its runs and register anew. */
  readonly onLost: (error: unknown) => void;
  /** Called for every append that is on disk. */
  readonly onAppended: (name: PartitionName) => void;
}

/** How long to wait before a refused batch is tried again, doubling from the first to the last. Milliseconds. */
const retryDelayMinMs = 50;
const retryDelayMaxMs = 5_000;

const wroteNothing: readonly string[] = ['TUTTI_STORE_FULL', 'TUTTI_STORE_BUSY', 'TUTTI_STORE_READ_ONLY'];

/** The one way of this process to the store; see the top of the file. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #gathering = new Batch();
  #isScheduled = false;
  #isCommitting = false;
  #isRetrying = false;
  #retryDelayMs = retryDelayMinMs;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Whether something is on its way to disk or about to be; not while a refused batch waits to be tried again. */
  get isBusy(): boolean {
    return this.#isCommitting || (this.#isScheduled && !this.#isRetrying);
  }

  /** Whether a refused batch waits to be tried again. */
  get isRetrying(): boolean {
    return this.#isRetrying;
  }

  entry(entry: JournalAppend, listener: EntryListener | null): void {
    this.#gathering.entries.push(entry);
    this.#gathering.listeners.push(listener);
    this.#schedule();
  }

  wait(wait: WaitRecord): void {
    this.#gathering.waits.push(wait);
    this.#schedule();
  }

  endWait(key: WaitKey): void {
    this.#gathering.endedWaits.push(key);
    this.#schedule();
  }

  consume(message: number): void {
    this.#gathering.consumed.push(message);
    this.#schedule();
  }

  change(change: RunChange): void {
    this.#gathering.runs.push(change);
    this.#schedule();
  }

  start(change: RunStart, done: (result: StartResult) => void, failed?: (error: unknown) => void): void {
    this.#gathering.starts.push({ change, done, ...(failed === undefined ? {} : { failed }) });
    this.#schedule();
  }

  send(change: MessageSend, done: (result: SendResult) => void, failed?: (error: unknown) => void): void {
    this.#gathering.sends.push({ change, done, ...(failed === undefined ? {} : { failed }) });
    this.#schedule();
  }

  append(change: TopicAppend, done: (result: AppendResult) => void, failed?: (error: unknown) => void): void {
    this.#gathering.appends.push({ change, done, ...(failed === undefined ? {} : { failed }) });
    this.#schedule();
  }

  /** A change of cells by a run; it rides with what the run enqueues in the same turn. */
  cells(writes: readonly CellWrite[]): void {
    append(this.#gathering.cells, writes);
    this.#schedule();
  }

  guarded(
    change: GuardedChange,
    done: (result: GuardedResult) => void,
    failed: (error: unknown) => void,
  ): void {
    this.#gathering.guarded.push({ change, done, failed });
    this.#schedule();
  }

  slots(change: SlotChange, done: (outcome: SlotOutcome) => void, failed?: (error: unknown) => void): void {
    this.#gathering.slots.push({ change, done, ...(failed === undefined ? {} : { failed }) });
    this.#schedule();
  }

  /** Calls back once everything enqueued before is on disk. */
  afterwards(call: () => void): void {
    this.#gathering.afterwards.push(call);
    this.#schedule();
  }

  /** Resolves once everything enqueued before is on disk. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.afterwards(resolve));
  }

  /** Forgets what runs enqueued; called when the worker is lost. Clients' requests stay. */
  dropRuns(): void {
    this.#gathering = clientsOf(this.#gathering);
    if (!this.#gathering.isEmpty) this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isCommitting) return;
    this.#isScheduled = true;
    afterThisTurn(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#isScheduled = false;
    this.#isRetrying = false;
    const batch = this.#gathering;
    if (batch.isEmpty) return;
    this.#gathering = new Batch();
    this.#isCommitting = true;
    let result: CommitResult | null;
    try {
      result = batch.isWritingNothing
        ? nothingWritten
        : await this.#options.store.commit(this.#compose(batch));
    } catch (error) {
      this.#isCommitting = false;
      this.#failed(batch, error);
      return;
    }
    this.#isCommitting = false;
    this.#retryDelayMs = retryDelayMinMs;
    callBack(batch, result);
    announceAppends(batch, result, this.#options.onAppended);
    this.#report(batch);
    if (!this.#gathering.isEmpty) this.#schedule();
  }

  #compose(batch: Batch): CommitBatch {
    return {
      worker: this.#options.worker(),
      starts: batch.starts.map((request) => request.change),
      sends: batch.sends.map((request) => request.change),
      appends: batch.appends.map((request) => request.change),
      cells: batch.cells,
      slots: batch.slots.map((request) => request.change),
      guarded: batch.guarded.map((request) => request.change),
      entries: batch.entries,
      waits: batch.waits,
      endedWaits: batch.endedWaits,
      consumed: batch.consumed,
      runs: batch.runs,
    };
  }

  #failed(batch: Batch, error: unknown): void {
    const code = isTuttiError(error) ? error.code : 'TUTTI_STORE_FAILED';
    this.#options.telemetry.emit({ name: 'commit.failed', at: this.#options.clock.now(), fields: { code } });
    if (code === 'TUTTI_OWNER_LOST') {
      // The clients did nothing wrong: their requests go again, now in nobody's name.
      this.#gathering = joined(unowned(clientsOf(batch)), unowned(clientsOf(this.#gathering)));
      this.#options.onLost(error);
      if (!this.#gathering.isEmpty) this.#schedule();
      return;
    }
    const { starts, sends, appends, guarded, slots } = batch;
    for (const request of [...starts, ...sends, ...appends, ...guarded, ...slots]) request.failed?.(error);
    if (!wroteNothing.includes(code)) {
      this.#gathering = clientsOf(this.#gathering);
      this.#options.onLost(error);
      if (!this.#gathering.isEmpty) this.#schedule();
      return;
    }
    this.#gathering = joined(runsOf(batch), this.#gathering);
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#gathering.isEmpty) return;
    this.#isScheduled = true;
    this.#isRetrying = true;
    const delayMs = this.#retryDelayMs;
    this.#retryDelayMs = Math.min(2 * delayMs, retryDelayMaxMs);
    outside(() => this.#options.clock.setTimer(delayMs, () => void this.#flush()));
  }

  #report(batch: Batch): void {
    const { telemetry, clock } = this.#options;
    if (!telemetry.isOn) return;
    const fields = { entries: batch.entries.length, runs: batch.runs.length, starts: batch.starts.length };
    telemetry.emit({ name: 'commit.done', at: clock.now(), fields });
  }
}

const nothingWritten: CommitResult = { starts: [], sends: [], appends: [], guarded: [], slots: [] };

function callBack(batch: Batch, result: CommitResult): void {
  tell(batch.starts, result.starts);
  tell(batch.sends, result.sends);
  tell(batch.appends, result.appends);
  tell(batch.guarded, result.guarded);
  tell(batch.slots, result.slots);
  const { entries, listeners } = batch;
  for (let i = 0; i < entries.length; i += 1) {
    const entry = entries[i];
    if (entry !== undefined) listeners[i]?.entryCommitted(entry);
  }
  for (const call of batch.afterwards) call();
}

function tell<Change, Result>(
  requests: readonly Request<Change, Result>[],
  results: readonly Result[],
): void {
  for (let i = 0; i < requests.length; i += 1) {
    const result = results[i];
    if (result !== undefined) requests[i]?.done(result);
  }
}

/** Which partitions got records, those of applied groups included. */
function announceAppends(batch: Batch, result: CommitResult, tell: (name: PartitionName) => void): void {
  for (const { change } of batch.appends) tell(change);
  for (const [i, { change }] of batch.guarded.entries()) {
    if (result.guarded[i]?.applied === true) for (const append of change.appends ?? []) tell(append);
  }
}

/** What clients asked for, without what runs did. */
function clientsOf(batch: Batch): Batch {
  const kept = new Batch();
  keepRequests(kept, batch, (request) => request.failed !== undefined);
  append(kept.guarded, batch.guarded);
  return kept;
}

/** What runs did, without what clients asked for. */
function runsOf(batch: Batch): Batch {
  const kept = joined(batch, new Batch());
  for (const list of [kept.starts, kept.sends, kept.appends, kept.guarded, kept.slots]) list.length = 0;
  keepRequests(kept, batch, (request) => request.failed === undefined);
  return kept;
}

function keepRequests(kept: Batch, batch: Batch, isKept: (request: { failed?: unknown }) => boolean): void {
  append(kept.starts, batch.starts.filter(isKept));
  append(kept.sends, batch.sends.filter(isKept));
  append(kept.appends, batch.appends.filter(isKept));
  append(kept.slots, batch.slots.filter(isKept));
}

/** The same requests, for runs that no worker takes at once. */
function unowned(batch: Batch): Batch {
  const free = new Batch();
  free.sends.push(...batch.sends);
  append(free.appends, batch.appends);
  free.guarded.push(...batch.guarded);
  free.slots.push(...batch.slots);
  free.starts.push(
    ...batch.starts.map((request) => ({ ...request, change: { ...request.change, owner: nobody } })),
  );
  return free;
}

function joined(first: Batch, second: Batch): Batch {
  const both = new Batch();
  for (const batch of [first, second]) {
    append(both.starts, batch.starts);
    append(both.sends, batch.sends);
    append(both.appends, batch.appends);
    append(both.guarded, batch.guarded);
    append(both.slots, batch.slots);
    append(both.cells, batch.cells);
    append(both.entries, batch.entries);
    append(both.listeners, batch.listeners);
    append(both.waits, batch.waits);
    append(both.endedWaits, batch.endedWaits);
    append(both.consumed, batch.consumed);
    append(both.runs, batch.runs);
    append(both.afterwards, batch.afterwards);
  }
  return both;
}

/** `push(...)` would overflow the stack with a batch of a hundred thousand entries. */
function append<T>(target: T[], more: readonly T[]): void {
  for (const item of more) target.push(item);
}
