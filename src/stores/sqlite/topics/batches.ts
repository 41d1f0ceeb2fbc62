import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BatchReplacement, StoredBatch, TopicRead, TopicSlice } from '../../../engine/index.ts';
import { offsetsPerPartition, type PartitionRow } from './partitions.ts';

/** Rows looked at by one statement of a read; each look is a fresh chance to stop. */
const rowsPerLook = 256;

interface BatchRow {
  readonly id: number;
  readonly last_offset: number;
  readonly appended_at: number;
  readonly count: number;
  readonly types: number;
  readonly length: number;
}

/** Table `topic_batch`. */
export class Batches {
  readonly #insert: StatementSync;
  readonly #covering: StatementSync;
  readonly #look: StatementSync;
  readonly #bytes: StatementSync;
  readonly #byTime: StatementSync;
  readonly #lastBefore: StatementSync;
  readonly #deleteBefore: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      'insert into topic_batch (id, partition, last_offset, appended_at, count, types, bytes) values (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#covering = db.prepare(
      'select id, last_offset from topic_batch where id >= ? and id <= ? order by id desc limit 1',
    );
    // The length is read from the row's header; the bytes stay where they are.
    this.#look = db.prepare(
      `select id, last_offset, appended_at, count, types, length(bytes) as length from topic_batch
       where id >= ? and id < ? order by id limit ${rowsPerLook}`,
    );
    this.#bytes = db.prepare('select bytes from topic_batch where id = ?');
    this.#byTime = db.prepare(
      'select min(id) as id from topic_batch where partition = ? and appended_at >= ?',
    );
    this.#lastBefore = db.prepare(
      'select id, last_offset from topic_batch where id >= ? and id < ? and last_offset < ? order by id desc limit 1',
    );
    this.#deleteBefore = db.prepare('delete from topic_batch where id >= ? and id <= ?');
    this.#delete = db.prepare('delete from topic_batch where id = ?');
  }

  insert(partition: number, batch: StoredBatch): void {
    const id = partition * offsetsPerPartition + batch.baseOffset;
    const { lastOffset, appendedAt, count, types, bytes } = batch;
    this.#insert.run(id, partition, lastOffset, appendedAt, count, types, bytes);
  }

  read(partition: PartitionRow, read: TopicRead): TopicSlice {
    const first = partition.number * offsetsPerPartition;
    const end = first + offsetsPerPartition;
    const batches: StoredBatch[] = [];
    let next = Math.max(read.from, partition.start_offset);
    let bytes = 0;
    let from = this.#idCovering(first, read.from);
    for (;;) {
      const rows = this.#look.all(from, end) as unknown as BatchRow[];
      for (const row of rows) {
        if (bytes >= read.bytesMax) return { batches, next };
        from = row.id + 1;
        next = Math.max(next, row.last_offset + 1);
        if (row.last_offset < read.from || (row.types & read.types) === 0) continue;
        bytes += row.length;
        batches.push(this.#toBatch(row, first));
      }
      if (rows.length < rowsPerLook) return { batches, next: Math.max(next, partition.next_offset) };
    }
  }

  /** Base offset of the first batch appended at or after `time`; null if there is none. */
  firstSince(partition: number, time: number): number | null {
    const id = this.#byTime.get(partition, time)?.['id'];
    return typeof id === 'number' ? id - partition * offsetsPerPartition : null;
  }

  /** Deletes what lies wholly before the offset. Returns the offset behind it, or null if that is nothing. */
  deleteBefore(partition: number, before: number): number | null {
    const first = partition * offsetsPerPartition;
    const last = this.#lastBefore.get(first, first + before, before);
    if (last === undefined) return null;
    this.#deleteBefore.run(first, Number(last['id']));
    return Number(last['last_offset']) + 1;
  }

  replace(partition: number, { remove, put }: BatchReplacement): boolean {
    const first = partition * offsetsPerPartition;
    if (!remove.every((base) => this.#bytes.get(first + base) !== undefined)) return false;
    for (const base of remove) this.#delete.run(first + base);
    for (const batch of put) this.insert(partition, batch);
    return true;
  }

  /** Id of the batch that holds the offset, else the id at which a later one could be. */
  #idCovering(first: number, offset: number): number {
    const row = this.#covering.get(first, first + offset);
    if (row === undefined || Number(row['last_offset']) < offset) return first + offset;
    return Number(row['id']);
  }

  #toBatch(row: BatchRow, first: number): StoredBatch {
    return {
      baseOffset: row.id - first,
      lastOffset: row.last_offset,
      count: row.count,
      appendedAt: row.appended_at,
      types: row.types,
      bytes: this.#bytes.get(row.id)?.['bytes'] as Uint8Array,
    };
  }
}
