/**
 * The part of the store that keeps topics. Appending is part of `commit` (I4): see `appends` of its batch.
 *
 * Promises, each checked by the conformance kit:
 * T1  Offsets of a partition are given without gaps in the order in which records are appended; a record of a resolved
 *     commit is there under its offset until it is trimmed or compacted.
 * T2  A reader that goes on from `next` meets every record that existed when it read, once: a batch is seen whole or not.
 * T3  The appends of one commit to one partition make one batch.
 * T4  A duplicate, by name or by the producer's sequence, stores nothing and is told the original offset.
 */
import type { StoredBatch } from '../log/record-batch.ts';
import type { PartitionName, PartitionRecord, TopicRead } from '../model/topic.ts';

/** What a read found. */
export interface TopicSlice {
  /** In order. The first may begin before the offset asked for. */
  readonly batches: readonly StoredBatch[];
  /** Where to read on: behind everything that was given or passed over. */
  readonly next: number;
}

/** Batches that take the place of others. */
export interface BatchReplacement extends PartitionName {
  /** Base offsets of the batches that go. */
  readonly remove: readonly number[];
  readonly put: readonly StoredBatch[];
}

/** Topics in the store; see the top of the file. */
export interface TopicStore {
  readTopic(read: TopicRead): Promise<TopicSlice>;
  /** All partitions, or those of one topic, by topic and number. */
  listPartitions(topic?: string): Promise<readonly PartitionRecord[]>;
  /** The base offset of the first batch with a record appended at or after `time`; the next offset if there is none. */
  findOffset(name: PartitionName, time: number): Promise<number>;
  /** Deletes the batches that lie wholly before the offset. Returns the new start offset. */
  trimPartition(name: PartitionName, before: number): Promise<number>;
  /**
   * Exchanges batches, if all of those to be removed are there; returns whether. For re-packing and compaction: what is put
   * must hold, at their offsets, records of what is removed.
   */
  replaceBatches(replacement: BatchReplacement): Promise<boolean>;
  /** Appends delayed records whose time has come, at most `limit`, oldest first. Returns how many. */
  releaseDelayed(now: number, limit: number): Promise<number>;
  /** When the next delayed record is due; null if there is none. */
  nextDelayed(): Promise<number | null>;
  /** Drops names of records that need not be remembered any more, at most `limit`. Returns how many. */
  forgetDuplicates(now: number, limit: number): Promise<number>;
}
