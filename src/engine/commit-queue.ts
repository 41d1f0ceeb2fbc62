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
import type { LogLine } from './model/log.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import type { AppendResult, PartitionName, TopicAppend } from './model/topic.ts';
import type { SlotChange, SlotOutcome } from './model/slot.ts';
import type { WaitRecord } from './model/wait.ts';
import type { WorkerNumber } from './model/worker.ts';
import {
  append,
  clientsOf,
  GatheredBatch,
  joined,
  runsOf,
  unowned,
  type Request,
  type EntryListener,
} from './gathered-batch.ts';
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
  /** Called for every wait for an event that is on disk. */
  readonly onEventWait: (wait: WaitRecord) => void;
}

/** How long to wait before a refused batch is tried again, doubling from the first to the last. Milliseconds. */
const retryDelayMinMs = 50;
const retryDelayMaxMs = 5_000;

/** How long a line waits for a commit to ride on. Milliseconds. */
const logDelayMs = 300;
/** How many lines wait at most. */
const logBurstMax = 1_000;

const wroteNothing: readonly string[] = ['TUTTI_STORE_FULL', 'TUTTI_STORE_BUSY', 'TUTTI_STORE_READ_ONLY'];

/** The one way of this process to the store; see the top of the file. */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #gathering = new GatheredBatch();
  #isScheduled = false;
  #isCommitting = false;
  #isRetrying = false;
  #isLogTimerSet = false;
  /** Lines have waited for long enough. */
  #areLogsDue = false;
  #retryDelayMs = retryDelayMinMs;
  /** How often the runs were dropped: a batch that was on its way then must not be tried again for them. */
  #drops = 0;

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

  /** Writes the line with the next commit, whatever causes it; after a while without one, by itself. */
  log(line: LogLine): void {
    this.#gathering.logs.push(line);
    if (this.#gathering.logs.length >= logBurstMax) return this.#flushLogs();
    if (this.#isLogTimerSet) return;
    this.#isLogTimerSet = true;
    const timer = outside(() =>
      this.#options.clock.setTimer(logDelayMs, () => {
        this.#isLogTimerSet = false;
        this.#flushLogs();
      }),
    );
    timer.unref?.();
  }

  /** Calls back once everything enqueued before is on disk. */
  afterwards(call: () => void): void {
    this.#gathering.afterwards.push(call);
    this.#schedule();
  }

  /** Resolves once everything enqueued before is on disk, or was given up because the worker was lost. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#gathering.waiters.push(resolve);
      this.#schedule();
    });
  }

  /** Forgets what runs enqueued; called when the worker is lost. Clients' requests stay, now in nobody's name. */
  dropRuns(): void {
    this.#drops += 1;
    this.#gathering = unowned(clientsOf(this.#gathering));
    if (!this.#gathering.isEmpty) this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isCommitting) return;
    this.#isScheduled = true;
    afterThisTurn(() => void this.#flush());
  }

  #flushLogs(): void {
    if (this.#gathering.logs.length === 0) return;
    this.#areLogsDue = true;
    this.#schedule();
  }

  async #flush(): Promise<void> {
    this.#isScheduled = false;
    this.#isRetrying = false;
    const batch = this.#gathering;
    if (batch.isEmpty && batch.logs.length === 0) return;
    this.#areLogsDue = false;
    this.#gathering = new GatheredBatch();
    this.#isCommitting = true;
    const drops = this.#drops;
    let result: CommitResult | null;
    try {
      result = batch.isWritingNothing
        ? nothingWritten
        : await this.#options.store.commit(this.#compose(batch));
    } catch (error) {
      this.#isCommitting = false;
      this.#failed(batch, error, drops);
      return;
    }
    this.#isCommitting = false;
    this.#retryDelayMs = retryDelayMinMs;
    callBack(batch, result);
    announceAppends(batch, result, this.#options.onAppended);
    for (const wait of batch.waits) if (wait.kind === 'event') this.#options.onEventWait(wait);
    this.#report(batch);
    if (!this.#gathering.isEmpty || this.#areLogsDue) this.#schedule();
  }

  #compose(batch: GatheredBatch): CommitBatch {
    return {
      worker: this.#options.worker(),
      starts: batch.starts.map((request) => request.change),
      sends: batch.sends.map((request) => request.change),
      appends: batch.appends.map((request) => request.change),
      cells: batch.cells,
      logs: batch.logs,
      slots: batch.slots.map((request) => request.change),
      guarded: batch.guarded.map((request) => request.change),
      entries: batch.entries,
      waits: batch.waits,
      endedWaits: batch.endedWaits,
      consumed: batch.consumed,
      runs: batch.runs,
    };
  }

  #failed(batch: GatheredBatch, error: unknown, drops: number): void {
    const code = isTuttiError(error) ? error.code : 'TUTTI_STORE_FAILED';
    this.#options.telemetry.emit({ name: 'commit.failed', at: this.#options.clock.now(), fields: { code } });
    const isTriedAgain = wroteNothing.includes(code) && drops === this.#drops;
    if (code === 'TUTTI_OWNER_LOST') {
      // The clients did nothing wrong: their requests go again, now in nobody's name.
      this.#gathering = joined(unowned(clientsOf(batch)), unowned(clientsOf(this.#gathering)));
      this.#options.onLost(error);
      if (!this.#gathering.isEmpty) this.#schedule();
      return;
    }
    const { starts, sends, appends, guarded, slots } = batch;
    for (const request of [...starts, ...sends, ...appends, ...guarded, ...slots]) request.failed?.(error);
    if (!isTriedAgain) for (const call of batch.waiters) call();
    if (!wroteNothing.includes(code)) {
      this.#gathering = unowned(clientsOf(this.#gathering));
      this.#options.onLost(error);
      if (!this.#gathering.isEmpty) this.#schedule();
      return;
    }
    if (isTriedAgain) this.#gathering = joined(runsOf(batch), this.#gathering);
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#gathering.isEmpty && this.#gathering.logs.length === 0) return;
    this.#isScheduled = true;
    this.#isRetrying = true;
    const delayMs = this.#retryDelayMs;
    this.#retryDelayMs = Math.min(2 * delayMs, retryDelayMaxMs);
    outside(() => this.#options.clock.setTimer(delayMs, () => void this.#flush()));
  }

  #report(batch: GatheredBatch): void {
    const { telemetry, clock } = this.#options;
    if (!telemetry.isOn) return;
    const fields = { entries: batch.entries.length, runs: batch.runs.length, starts: batch.starts.length };
    telemetry.emit({ name: 'commit.done', at: clock.now(), fields });
  }
}

const nothingWritten: CommitResult = { starts: [], sends: [], appends: [], guarded: [], slots: [] };

function callBack(batch: GatheredBatch, result: CommitResult): void {
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
  for (const call of batch.waiters) call();
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
function announceAppends(
  batch: GatheredBatch,
  result: CommitResult,
  announce: (name: PartitionName) => void,
): void {
  for (const { change } of batch.appends) announce(change);
  for (const [i, { change }] of batch.guarded.entries()) {
    if (result.guarded[i]?.applied === true) for (const name of change.appends ?? []) announce(name);
  }
}
