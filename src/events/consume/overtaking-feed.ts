/**
 * The records of a partition for a subscription to a topic with priorities: in order, except that urgent events go first, also
 * those that lie beyond what fits into memory.
 *
 * Owns: the feed that reads in order, and a look ahead of it, which reads on to the tip once memory is full. What it finds
 * is given before what is next in order, and not again when the feed comes to it.
 *
 * Invariants:
 * U1  Every record that the feed in order would give is given once.
 * U2  Records of one key are given in order.
 * U3  Every tenth record is the next in order, whatever is urgent.
 */
import {
  afterThisTurn,
  asBuffer,
  decodeRecord,
  glanceAtRecord,
  recordStarts,
  type StoredBatch,
  type TopicRecord,
} from '../../engine/index.ts';
import { readAttributes } from '../publish/event-attributes.ts';
import type { PartitionLog } from './partition-log.ts';
import { RecordFeed, type FeedBounds } from './record-feed.ts';
import type { SettledOffsets } from './settled-offsets.ts';
import { UrgentLanes } from './urgent-lanes.ts';

/** One is given in order after so many urgent ones. */
const urgentMax = 9;
/** Reads of about a mebibyte that one look ahead makes at most. */
const readsMax = 4;
/** Gaps between what is settled beyond which nothing goes first any more: their list lies in one cell. */
const gapsMax = 10_000;

/** See the top of the file. */
export class OvertakingFeed {
  readonly #log: PartitionLog;
  readonly #bounds: FeedBounds;
  readonly #settled: SettledOffsets;
  readonly #inOrder: RecordFeed;
  readonly #urgent = new UrgentLanes();
  /** What became of those that were found beyond where the feed in order is, by offset. */
  readonly #ahead = new Map<number, 'found' | 'given'>();
  /** How far the look ahead has come. */
  #seenTo: number;
  #sinceInOrder = 0;

  constructor(
    log: PartitionLog,
    bounds: FeedBounds,
    {
      settled,
      onGap,
    }: { readonly settled: SettledOffsets; readonly onGap: (from: number, to: number) => void },
  ) {
    this.#log = log;
    this.#bounds = bounds;
    this.#settled = settled;
    this.#inOrder = new RecordFeed(log, bounds, onGap);
    this.#seenTo = bounds.from;
  }

  /** The offset behind the last record given in order. */
  get readAt(): number {
    return this.#inOrder.readAt;
  }

  /** Whether nothing is at hand that was read and not given yet. */
  get isEmpty(): boolean {
    return this.#urgent.isEmpty && this.#inOrder.isEmpty;
  }

  /** The next of the records at hand; null when those in order are used up, and it is their turn. */
  take(): TopicRecord | null {
    if (this.#sinceInOrder < urgentMax) {
      const urgent = this.#takeUrgent();
      if (urgent !== null) {
        this.#sinceInOrder += 1;
        return urgent;
      }
    }
    for (let record = this.#inOrder.take(); record !== null; record = this.#inOrder.take()) {
      this.#sinceInOrder = 0;
      if (this.#ahead.size === 0) return record;
      // What was found and not given yet is given here: later ones of its key come next.
      const wasGiven = this.#ahead.get(record.offset) === 'given';
      this.#ahead.delete(record.offset);
      if (!wasGiven) return record;
    }
    return null;
  }

  #takeUrgent(): TopicRecord | null {
    for (let record = this.#urgent.take(); record !== null; record = this.#urgent.take()) {
      if (!this.#ahead.has(record.offset)) continue;
      this.#ahead.set(record.offset, 'given');
      return record;
    }
    return null;
  }

  /** Gets more records in order to hand; false when there are none now. @throws TUTTI_STORE_FAILED when a batch is damaged. */
  load(): Promise<boolean> {
    return this.#inOrder.load();
  }

  /** Looks for urgent records beyond those in order; returns whether there is more to look at. @throws TUTTI_STORE_FAILED */
  async lookAhead(): Promise<boolean> {
    const end = this.#bounds.end ?? Number.POSITIVE_INFINITY;
    for (let reads = 0; reads < readsMax; reads += 1) {
      const readTo = this.#inOrder.readAt;
      this.#seenTo = Math.max(this.#seenTo, readTo);
      if (this.#urgent.isFull) this.#urgent.forget(readTo);
      const isAtBound = this.#urgent.isFull || this.#settled.ranges.length >= gapsMax;
      if (isAtBound || this.#seenTo >= end) return false;
      const { batches, next } = await this.#log.scan(this.#seenTo, this.#bounds.types);
      if (next <= this.#seenTo) return false;
      for (const batch of batches) if (!this.#seeBatch(batch, { readTo, end })) return false;
      this.#seenTo = Math.max(this.#seenTo, next);
      // Stores that read on this thread give nobody else a turn.
      await new Promise<void>((resolve) => afterThisTurn(resolve));
    }
    return true;
  }

  /** Looks at the records of a batch that were not seen yet; false when it must stop before the last one. */
  #seeBatch(batch: StoredBatch, { readTo, end }: { readonly readTo: number; readonly end: number }): boolean {
    const bytes = asBuffer(batch.bytes);
    for (const start of recordStarts(batch)) {
      const { offset, key, hasAttributes } = glanceAtRecord(bytes, start, batch.baseOffset);
      if (offset < this.#seenTo) continue;
      if (offset >= end || this.#urgent.isFull) return false;
      this.#seenTo = offset + 1;
      if (this.#settled.has(offset)) continue;
      // A priority is an attribute, so most records need not be decoded to be passed over.
      const record = hasAttributes ? decodeRecord(bytes, start, batch.baseOffset) : null;
      const priority = record === null ? 0 : priorityOf(record);
      if (record === null || priority === 0) this.#urgent.passOver(key, offset);
      else if (this.#urgent.see(record, priority, readTo)) this.#ahead.set(offset, 'found');
    }
    return true;
  }
}

/** What cannot be read is nothing urgent; who comes to it in order says what is wrong. */
function priorityOf(record: TopicRecord): number {
  if (!record.attributes.includes('"p":')) return 0;
  try {
    return readAttributes(record).p ?? 0;
  } catch {
    return 0;
  }
}
