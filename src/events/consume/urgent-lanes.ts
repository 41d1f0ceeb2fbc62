import type { TopicRecord } from '../../engine/index.ts';
import { Heap } from './flow/heap.ts';

/** Urgent events that may be kept until they are taken, and the bytes of their data. */
const recordsMax = 1_000;
const bytesMax = 16 << 20;
/** Keys of events passed over that may be remembered. */
const keysMax = 100_000;

interface Urgent {
  readonly record: TopicRecord;
  /** Its own priority, or a lower one of an event of its key before it. */
  readonly priority: number;
}

/**
 * What a look ahead has found of a partition beyond the place up to which it was read: urgent events that may go before those
 * passed over, and the keys of the latter. An urgent event with an event of its key before it that was passed over is passed
 * over too: order per key comes first.
 */
export class UrgentLanes {
  readonly #found = new Heap<Urgent>((one, other) =>
    one.priority === other.priority ? one.record.offset < other.record.offset : one.priority > other.priority,
  );
  /** By key: the last event of it that was found and not taken yet. */
  readonly #waiting = new Map<string, Urgent>();
  /** By key: the last offset that was passed over. */
  readonly #passedOver = new Map<string, number>();
  #bytes = 0;

  /** Whether no more may be looked at before something is taken or read. */
  get isFull(): boolean {
    return this.#found.size >= recordsMax || this.#bytes >= bytesMax || this.#passedOver.size >= keysMax;
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** Looks at the next event of the partition; `readTo` is how far it was read in order. Returns whether it may go first. */
  see(record: TopicRecord, priority: number, readTo: number): boolean {
    const { key, offset } = record;
    const isHeld = key !== null && (this.#passedOver.get(key) ?? -1) >= readTo;
    if (priority === 0 || isHeld) {
      if (key !== null) this.#passedOver.set(key, offset);
      return false;
    }
    const before = key === null ? undefined : this.#waiting.get(key);
    // Its bytes are copied, so that one small event does not keep a whole batch in memory.
    const kept = { ...record, data: Buffer.from(record.data) };
    const urgent = { record: kept, priority: Math.min(priority, before?.priority ?? priority) };
    this.#found.push(urgent);
    this.#bytes += kept.data.length;
    if (key !== null) this.#waiting.set(key, urgent);
    return true;
  }

  /** The most urgent one; of one key in their order. */
  take(): TopicRecord | null {
    const urgent = this.#found.pop();
    if (urgent === undefined) return null;
    const { record } = urgent;
    this.#bytes -= record.data.length;
    if (record.key !== null && this.#waiting.get(record.key) === urgent) this.#waiting.delete(record.key);
    return record;
  }

  /** Forgets what lies before the place up to which the partition was read. */
  forget(readTo: number): void {
    for (const [key, offset] of this.#passedOver) if (offset < readTo) this.#passedOver.delete(key);
  }
}
