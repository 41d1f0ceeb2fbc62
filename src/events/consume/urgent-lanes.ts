import type { TopicRecord } from '../../engine/index.ts';
import { Heap } from './flow/heap.ts';

/** Urgent events that may be kept until they are taken, and the bytes of their data. */
const recordsMax = 1_000;
const bytesMax = 16 << 20;
/** Keys of events passed over are remembered in so many groups of so many keys. */
const groupsMax = 4;
const keysMax = 25_000;

interface Urgent {
  readonly record: TopicRecord;
  /** Its own priority, or a lower one of an event of its key before it. */
  readonly priority: number;
}

interface KeyGroup {
  readonly offsets: Map<string, number>;
  /** The highest of the offsets. */
  last: number;
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
  /** By key: the last offset that was passed over. The oldest group is forgotten whole, once the last of it was read. */
  #passedOver: KeyGroup[] = [];
  #bytes = 0;

  /** Whether no more may be looked at before something is taken or read. */
  get isFull(): boolean {
    return this.#found.size >= recordsMax || this.#bytes >= bytesMax || this.#isFullOfKeys;
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** The next event of the partition is not urgent. */
  passOver(key: string | null, offset: number): void {
    if (key === null) return;
    let group = this.#passedOver.at(-1);
    if (group === undefined || group.offsets.size >= keysMax) {
      group = { offsets: new Map(), last: offset };
      this.#passedOver.push(group);
    }
    group.offsets.set(key, offset);
    group.last = offset;
  }

  /** The next event of the partition is urgent; `readTo` is how far that was read in order. Returns whether it may go first. */
  see(record: TopicRecord, priority: number, readTo: number): boolean {
    const { key, offset } = record;
    if (key !== null && this.#passedOver.some(({ offsets }) => (offsets.get(key) ?? -1) >= readTo)) {
      this.passOver(key, offset);
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
    while ((this.#passedOver[0]?.last ?? readTo) < readTo) this.#passedOver.shift();
  }

  get #isFullOfKeys(): boolean {
    return this.#passedOver.length === groupsMax && (this.#passedOver.at(-1)?.offsets.size ?? 0) >= keysMax;
  }
}
