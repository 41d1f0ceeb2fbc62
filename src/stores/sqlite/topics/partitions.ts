import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { PartitionName, PartitionRecord } from '../../../engine/index.ts';

/** Offsets of a partition lie below this; see the schema. */
export const offsetsPerPartition: number = 2 ** 39;
/** Partitions beyond would make ids that JavaScript cannot hold. */
const partitionsMax = 2 ** 14 - 1;

/** A row of table `topic_partition`. */
export interface PartitionRow {
  readonly number: number;
  readonly start_offset: number;
  readonly next_offset: number;
}

/** Table `topic_partition`. */
export class Partitions {
  readonly #find: StatementSync;
  readonly #create: StatementSync;
  readonly #advance: StatementSync;
  readonly #start: StatementSync;
  readonly #list: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare(
      'select number, start_offset, next_offset from topic_partition where topic = ? and partition = ?',
    );
    this.#create = db.prepare(
      'insert into topic_partition (topic, partition, start_offset, next_offset) values (?, ?, 0, 0)',
    );
    this.#advance = db.prepare('update topic_partition set next_offset = ? where number = ?');
    this.#start = db.prepare('update topic_partition set start_offset = ? where number = ?');
    this.#list = db.prepare(
      `select p.topic, p.partition, p.start_offset, p.next_offset,
         coalesce(sum(length(b.bytes)), 0) as bytes, count(b.id) as batches
       from topic_partition p left join topic_batch b
         on b.id >= p.number * ${offsetsPerPartition} and b.id < (p.number + 1) * ${offsetsPerPartition}
       where ?1 is null or p.topic = ?1 group by p.number order by p.topic, p.partition`,
    );
  }

  find(name: PartitionName): PartitionRow | null {
    const row = this.#find.get(name.topic, name.partition);
    return row === undefined ? null : (row as unknown as PartitionRow);
  }

  /** @throws TUTTI_STORE_FAILED when the store has as many partitions as it can. */
  findOrCreate(name: PartitionName): PartitionRow {
    const known = this.find(name);
    if (known !== null) return known;
    const number = Number(this.#create.run(name.topic, name.partition).lastInsertRowid);
    if (number > partitionsMax) {
      throw new TuttiError(
        'TUTTI_STORE_FAILED',
        `One store has at most ${partitionsMax} partitions of topics.`,
      );
    }
    return { number, start_offset: 0, next_offset: 0 };
  }

  advance(number: number, nextOffset: number): void {
    this.#advance.run(nextOffset, number);
  }

  setStart(number: number, startOffset: number): void {
    this.#start.run(startOffset, number);
  }

  list(topic: string | undefined): readonly PartitionRecord[] {
    return this.#list.all(topic ?? null).map((row) => ({
      topic: String(row['topic']),
      partition: Number(row['partition']),
      startOffset: Number(row['start_offset']),
      nextOffset: Number(row['next_offset']),
      bytes: Number(row['bytes']),
      batches: Number(row['batches']),
    }));
  }
}
