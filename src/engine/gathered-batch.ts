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
  /** They ride along: lines alone are no reason to commit at once, so they do not count below. */
  readonly logs: LogLine[] = [];

  get isEmpty(): boolean {
    return this.size === 0;
  }

  get isWritingNothing(): boolean {
    return this.logs.length === 0 && this.afterwards.length === this.size;
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
      this.afterwards.length
    );
  }
}

/** What clients asked for, without what runs did. */
export function clientsOf(batch: GatheredBatch): GatheredBatch {
  const kept = new GatheredBatch();
  kept.starts.push(...batch.starts.filter((request) => request.failed !== undefined));
  kept.sends.push(...batch.sends.filter((request) => request.failed !== undefined));
  kept.guarded.push(...batch.guarded);
  kept.slots.push(...batch.slots.filter((request) => request.failed !== undefined));
  return kept;
}

export function runsOf(batch: GatheredBatch): GatheredBatch {
  const kept = joined(batch, new GatheredBatch());
  kept.starts.splice(
    0,
    Number.POSITIVE_INFINITY,
    ...batch.starts.filter((request) => request.failed === undefined),
  );
  kept.sends.splice(
    0,
    Number.POSITIVE_INFINITY,
    ...batch.sends.filter((request) => request.failed === undefined),
  );
  kept.guarded.length = 0;
  kept.slots.splice(
    0,
    Number.POSITIVE_INFINITY,
    ...batch.slots.filter((request) => request.failed === undefined),
  );
  return kept;
}

/** The same requests, for runs that no worker takes at once. */
export function unowned(batch: GatheredBatch): GatheredBatch {
  const free = new GatheredBatch();
  free.sends.push(...batch.sends);
  free.guarded.push(...batch.guarded);
  free.slots.push(...batch.slots);
  free.starts.push(
    ...batch.starts.map((request) => ({ ...request, change: { ...request.change, owner: nobody } })),
  );
  return free;
}

export function joined(first: GatheredBatch, second: GatheredBatch): GatheredBatch {
  const both = new GatheredBatch();
  for (const batch of [first, second]) {
    append(both.starts, batch.starts);
    append(both.sends, batch.sends);
    append(both.guarded, batch.guarded);
    append(both.slots, batch.slots);
    append(both.logs, batch.logs);
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
export function append<T>(target: T[], more: readonly T[]): void {
  for (const item of more) target.push(item);
}
