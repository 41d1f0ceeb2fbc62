import type { CellWrite } from './model/cell.ts';
import type { JournalAppend } from './model/journal.ts';
import type { LogLine } from './model/log.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import { nobody } from './model/run.ts';
import type { SlotChange, SlotOutcome } from './model/slot.ts';
import type { WaitRecord } from './model/wait.ts';
import type {
  GuardedChange,
  GuardedResult,
  RunChange,
  RunStart,
  StartResult,
  WaitKey,
} from './ports/store.ts';

/** Who is told that an entry is on disk. */
export interface EntryListener {
  entryCommitted(entry: JournalAppend): void;
}

/** A change whose outcome somebody wants to know. */
export interface Request<Change, Result> {
  readonly change: Change;
  readonly done: (result: Result) => void;
  /** Present for clients: told of a failed commit (C4). Absent for runs: tried again (C3). */
  readonly failed?: (error: unknown) => void;
}

/** What one commit will write, and who is told: starts, sends and the rest in the order they were asked for. */
export class GatheredBatch {
  readonly starts: Request<RunStart, StartResult>[] = [];
  readonly sends: Request<MessageSend, SendResult>[] = [];
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
  /** Who waits until nothing is on its way any more, written or given up. */
  readonly waiters: (() => void)[] = [];
  /** They ride along: lines alone are no reason to commit at once, so they do not count below. */
  readonly logs: LogLine[] = [];

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get isWritingNothing(): boolean {
    return this.logs.length === 0 && this.afterwards.length + this.waiters.length === this.size;
  }

  get size(): number {
    return (
      this.entries.length +
      this.runs.length +
      this.starts.length +
      this.sends.length +
      this.guarded.length +
      this.slots.length +
      this.cells.length +
      this.waits.length +
      this.endedWaits.length +
      this.consumed.length +
      this.afterwards.length +
      this.waiters.length
    );
  }
}

/** What clients asked for, without what runs did. */
export function clientsOf(batch: GatheredBatch): GatheredBatch {
  const kept = new GatheredBatch();
  append(kept.starts, batch.starts.filter(isOfClient));
  append(kept.sends, batch.sends.filter(isOfClient));
  append(kept.guarded, batch.guarded);
  append(kept.slots, batch.slots.filter(isOfClient));
  append(kept.waiters, batch.waiters);
  return kept;
}

/** What runs did, without what clients asked for. */
export function runsOf(batch: GatheredBatch): GatheredBatch {
  const kept = new GatheredBatch();
  append(kept.starts, batch.starts.filter(isOfRun));
  append(kept.sends, batch.sends.filter(isOfRun));
  append(kept.slots, batch.slots.filter(isOfRun));
  append(kept.waiters, batch.waiters);
  appendOwn(kept, batch);
  return kept;
}

/** The same requests, for runs that no worker takes at once. */
export function unowned(batch: GatheredBatch): GatheredBatch {
  const free = new GatheredBatch();
  append(free.sends, batch.sends);
  append(free.guarded, batch.guarded);
  append(free.slots, batch.slots);
  append(free.waiters, batch.waiters);
  for (const request of batch.starts) {
    free.starts.push({ ...request, change: { ...request.change, owner: nobody } });
  }
  return free;
}

/** Both batches as one, the first one's changes before the second one's. */
export function joined(first: GatheredBatch, second: GatheredBatch): GatheredBatch {
  const both = new GatheredBatch();
  for (const batch of [first, second]) {
    append(both.starts, batch.starts);
    append(both.sends, batch.sends);
    append(both.guarded, batch.guarded);
    append(both.slots, batch.slots);
    append(both.waiters, batch.waiters);
    appendOwn(both, batch);
  }
  return both;
}

/** Adds to a list; `push(...more)` would overflow the stack with a batch of a hundred thousand entries. */
export function append<T>(target: T[], more: readonly T[]): void {
  for (const item of more) target.push(item);
}

/** Adds what only runs write, and lines of their logs. */
function appendOwn(target: GatheredBatch, batch: GatheredBatch): void {
  append(target.logs, batch.logs);
  append(target.cells, batch.cells);
  append(target.entries, batch.entries);
  append(target.listeners, batch.listeners);
  append(target.waits, batch.waits);
  append(target.endedWaits, batch.endedWaits);
  append(target.consumed, batch.consumed);
  append(target.runs, batch.runs);
  append(target.afterwards, batch.afterwards);
}

function isOfClient(request: { readonly failed?: unknown }): boolean {
  return request.failed !== undefined;
}

function isOfRun(request: { readonly failed?: unknown }): boolean {
  return request.failed === undefined;
}
