import type { TopicRecord } from '../../engine/index.ts';
import type { PartitionLog } from './partition-log.ts';

/** Where a feed begins and ends, and which types it is for (bits, see `typeBit`). */
export interface FeedBounds {
  readonly from: number;
  /** Null for a feed that follows the tip. */
  readonly end: number | null;
  readonly types: number;
}

/** The records of a partition one after the other, for one subscription. */
export class RecordFeed {
  readonly #log: PartitionLog;
  readonly #bounds: FeedBounds;
  readonly #onGap: (from: number, to: number) => void;
  #readAt: number;
  #unread: readonly TopicRecord[] = [];
  #position = 0;

  /** `onGap` is told of offsets under which there is nothing for this subscription: other types, or compacted away. */
  constructor(log: PartitionLog, bounds: FeedBounds, onGap: (from: number, to: number) => void) {
    this.#log = log;
    this.#bounds = bounds;
    this.#onGap = onGap;
    this.#readAt = bounds.from;
  }

  /** The offset behind the last record given. */
  get readAt(): number {
    return this.#readAt;
  }

  /** Whether nothing is at hand that was read and not given yet. */
  get isEmpty(): boolean {
    return this.#position >= this.#unread.length;
  }

  /** The next of the records at hand; null when they are used up. */
  take(): TopicRecord | null {
    const record = this.#unread[this.#position];
    if (record === undefined) return null;
    const { end } = this.#bounds;
    if (end !== null && record.offset >= end) return this.#passTo(end);
    this.#position += 1;
    this.#passTo(record.offset);
    this.#readAt = record.offset + 1;
    return record;
  }

  /** Gets more records to hand; false when there are none now. @throws TUTTI_STORE_FAILED when a batch is damaged. */
  async load(): Promise<boolean> {
    const end = this.#bounds.end ?? Number.POSITIVE_INFINITY;
    while (this.#readAt < end) {
      const { records, next } = await this.#log.read(this.#readAt, this.#bounds.types);
      this.#unread = records;
      this.#position = 0;
      if (records.length > 0) return true;
      if (next <= this.#readAt) return false;
      this.#passTo(Math.min(next, end));
    }
    return false;
  }

  #passTo(offset: number): null {
    if (offset > this.#readAt) {
      this.#onGap(this.#readAt, offset);
      this.#readAt = offset;
    }
    return null;
  }
}
