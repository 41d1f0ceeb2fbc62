/**
 * The records of one partition, decoded once for all subscriptions of this process that read it.
 *
 * Owns: the last batches that were read, as a bounded cache, so that who follows the tip never touches the store twice for
 * one batch. Batches never change under their offsets, so a cached one cannot be stale (one that was compacted away still
 * holds what was written).
 */
import {
  asBuffer,
  decodeRecord,
  recordStarts,
  type TopicRecord,
  type PartitionName,
  type Store,
  type StoredBatch,
  type TopicSlice,
} from '../../engine/index.ts';

/** Bytes of batches fetched by one read. */
const readBytesMax = 1 << 20;
/** Bytes of batches kept. */
const cacheBytesMax = 16 << 20;

interface DecodedBatch {
  readonly batch: StoredBatch;
  readonly records: readonly TopicRecord[];
}

/** What a read gave: records from the offset asked for on, and where to read on. */
export interface ReadRecords {
  readonly records: readonly TopicRecord[];
  readonly next: number;
}

/** One partition, as its readers share it; see the top of the file. */
export class PartitionLog {
  readonly name: PartitionName;
  readonly #store: Store;
  /** By base offset, the least recently read first. */
  readonly #cache = new Map<number, DecodedBatch>();
  #newest: DecodedBatch | null = null;
  #cachedBytes = 0;

  constructor(store: Store, name: PartitionName) {
    this.#store = store;
    this.name = name;
  }

  /**
   * Records from `from` on, of batches that may hold the wanted types; empty with `next` equal to `from` at the end.
   * @throws TUTTI_STORE_FAILED when a batch is damaged.
   */
  async read(from: number, types: number): Promise<ReadRecords> {
    const cached = this.#cachedAt(from);
    if (cached !== null) return { records: recordsFrom(cached, from), next: cached.batch.lastOffset + 1 };
    const slice = await this.#store.readTopic({ ...this.name, from, bytesMax: readBytesMax, types });
    const records: TopicRecord[] = [];
    for (const batch of slice.batches) {
      for (const record of recordsFrom(this.#decode(batch), from)) records.push(record);
    }
    return { records, next: slice.next };
  }

  /**
   * Batches from `from` on that may hold the wanted types, as they are stored, for who decodes few of their records. They are not
   * kept: who looks far ahead of the others would drive out what they are about to read.
   */
  async scan(from: number, types: number): Promise<TopicSlice> {
    return this.#store.readTopic({ ...this.name, from, bytesMax: readBytesMax, types });
  }

  /** One record; null when it is gone. */
  async readOne(offset: number): Promise<TopicRecord | null> {
    const { records } = await this.read(offset, 0x7fffffff);
    return records[0]?.offset === offset ? records[0] : null;
  }

  #cachedAt(offset: number): DecodedBatch | null {
    // Who follows the tip asks for the batch that was read last.
    if (this.#newest !== null && holds(this.#newest, offset)) return this.#newest;
    for (const decoded of this.#cache.values()) if (holds(decoded, offset)) return decoded;
    return null;
  }

  #decode(batch: StoredBatch): DecodedBatch {
    const known = this.#cache.get(batch.baseOffset);
    if (known !== undefined && known.batch.lastOffset === batch.lastOffset) return known;
    this.#cachedBytes -= known?.batch.bytes.length ?? 0;
    const bytes = asBuffer(batch.bytes);
    const records = recordStarts(batch).map((start) => decodeRecord(bytes, start, batch.baseOffset));
    const decoded = { batch, records };
    this.#cachedBytes += batch.bytes.length;
    this.#cache.set(batch.baseOffset, decoded);
    this.#newest = decoded;
    for (const [base, oldest] of this.#cache) {
      if (this.#cachedBytes <= cacheBytesMax && this.#cache.size <= 256) break;
      this.#cache.delete(base);
      this.#cachedBytes -= oldest.batch.bytes.length;
    }
    return decoded;
  }
}

function holds({ batch }: DecodedBatch, offset: number): boolean {
  return batch.baseOffset <= offset && offset <= batch.lastOffset;
}

function recordsFrom(decoded: DecodedBatch, from: number): readonly TopicRecord[] {
  if (decoded.batch.baseOffset >= from) return decoded.records;
  return decoded.records.filter((record) => record.offset >= from);
}
