/**
 * Where a subscription stands in a partition, as one cell keeps it: what is settled, what is parked, and who works on it.
 *
 * Parked offsets count as settled for the watermark: an event that waits for its next try holds up the later events of its
 * key, which are parked behind it, and nobody else. The list is the whole truth about them; losing it would lose events.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import { SettledOffsets, type OffsetRange } from './settled-offsets.ts';

/** Events that wait until `dueAt`, all of one lane, in order. */
export interface ParkedLane {
  /** Name of the lane: the events' key, or one of its own for an event without. */
  readonly lane: string;
  /** `retry`: the first one failed. `debounce`: they wait for quiet. */
  readonly why: 'retry' | 'debounce';
  readonly offsets: readonly number[];
  /** How often the first one was tried. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** When the first one was parked. */
  readonly since: number;
  /** What the last try said; null for none. */
  readonly error: string | null;
}

/** An event during whose handling the process ended. */
export interface Suspect {
  readonly offset: number;
  /** How many processes have ended while it was handled. */
  readonly deaths: number;
}

/** The content of a cursor's cell. */
export interface CursorRecord {
  /** Number of the worker that reads the partition for the subscription; 0 for nobody. */
  readonly owner: number;
  /** How often the partition changed hands; part of what an owner writes, so that a former one can be told apart. */
  readonly epoch: number;
  readonly next: number;
  readonly done: readonly OffsetRange[];
  readonly parked: readonly ParkedLane[];
  readonly isPaused: boolean;
  /** Why it is paused, if nobody asked for it. */
  readonly pausedBecause?: string;
  /** Where a side cursor ends; null for a live one. */
  readonly until: number | null;
  /** The event being tried alone after a process ended in the middle of its work; null usually. */
  readonly suspect: Suspect | null;
  /** Below this offset events are tried one by one, because a process ended at work on some of them. */
  readonly cautiousBelow: number;
  /** Offsets that retention took before they were read. Empty unless the topic says that it may. */
  readonly lost: readonly OffsetRange[];
  /** How many events were settled whose signal found no run. Absent for none. */
  readonly unreached?: number;
}

/** A cursor that nobody has used yet. */
export function newCursor(next: number, until: number | null = null): CursorRecord {
  return {
    owner: 0,
    epoch: 0,
    next,
    done: [],
    parked: [],
    isPaused: false,
    until,
    suspect: null,
    cautiousBelow: 0,
    lost: [],
  };
}

/** The cell's text. */
export function writeCursor(cursor: CursorRecord): string {
  return JSON.stringify(cursor);
}

/** @throws TUTTI_STORE_FAILED when the cell does not hold a cursor. */
export function readCursor(text: string, what: string): CursorRecord {
  try {
    const value = JSON.parse(text) as CursorRecord;
    if (typeof value.next === 'number' && Array.isArray(value.parked)) return value;
  } catch {
    // The error below says it all.
  }
  throw new TuttiError('TUTTI_STORE_FAILED', `The position of ${what} cannot be read: ${text.slice(0, 80)}`);
}

/** How far a subscription is behind in a partition. */
export interface Lag {
  /** Events not settled, parked ones included; filtered ones not yet looked at count too. */
  readonly events: number;
  /** The oldest offset that needs work; null when there is none. */
  readonly oldest: number | null;
}

/** The lag of a cursor in a partition whose next record will be at `nextOffset`. */
export function lagOf(cursor: CursorRecord, nextOffset: number): Lag {
  const parked = cursor.parked.flatMap((lane) => lane.offsets);
  const end = Math.min(nextOffset, cursor.until ?? nextOffset);
  const beyond = cursor.done.reduce((sum, [from, to]) => sum + (to - from), 0);
  const unread = Math.max(0, end - cursor.next - beyond);
  const candidates = unread > 0 ? [cursor.next, ...parked] : parked;
  const oldest = candidates.length === 0 ? null : Math.min(...candidates);
  return { events: unread + parked.length, oldest };
}

/** The lowest offset that the cursor still needs: retention must not pass it. */
export function neededFrom(cursor: CursorRecord): number {
  let lowest = cursor.next;
  for (const { offsets } of cursor.parked) for (const offset of offsets) lowest = Math.min(lowest, offset);
  return lowest;
}

/** A cursor's own copy of what is settled, to be worked on. */
export function settledOf(cursor: CursorRecord): SettledOffsets {
  return new SettledOffsets(cursor.next, cursor.done);
}
