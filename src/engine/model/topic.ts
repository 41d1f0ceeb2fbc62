/**
 * Topics as the store keeps them: partitions of numbered records. What a record means is the paradigm's business; the
 * store gives offsets, forgets duplicates, and keeps batches.
 */

/** A partition of a topic. It exists from the first record on. */
export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** A record on its way into a partition. */
export interface RecordDraft {
  /** What `encodeRecord` gave. */
  readonly bytes: Uint8Array;
  /** Under which the partition knows it for a while: a second record of that name is not stored. Null: always stored. */
  readonly dedupe: string | null;
}

/** Who publishes, for whom repeated requests are recognised. */
export interface ProducerStamp {
  readonly producer: string;
  /** Raised by each start of the producer; an older one is refused. */
  readonly epoch: number;
  /** Number of the first record of the request; counts the producer's records in the partition from 0. */
  readonly sequence: number;
}

/** Records to append to one partition, in this order. */
export interface TopicAppend extends PartitionName {
  readonly records: readonly RecordDraft[];
  /** When; goes into the batch. Milliseconds since the epoch. */
  readonly at: number;
  /** Until when `dedupe` names are remembered; needed if a record has one. Milliseconds since the epoch. */
  readonly dedupeUntil?: number;
  readonly producer?: ProducerStamp;
  /** Keep the records aside until then, and append them when `releaseDelayed` is called. Goes without `producer`. */
  readonly deliverAt?: number;
}

/**
 * What became of an append: `appended`, perhaps without some duplicates; `delayed` until its time; `duplicate`: the whole
 * request was there before; refused and nothing stored: `fenced` by a newer epoch, `gap` when the sequence is not the next
 * one, `conflict` when it was used for other records.
 */
export type AppendOutcome = 'appended' | 'delayed' | 'duplicate' | 'fenced' | 'gap' | 'conflict';

/** The outcome of one {@link TopicAppend}. */
export interface AppendResult {
  readonly outcome: AppendOutcome;
  /** Parallel to the records: where each is, duplicates at their original place. Empty when refused or delayed. */
  readonly offsets: readonly number[];
  /** Positions in `records` of those that were there before. */
  readonly duplicates: readonly number[];
  /** What the producer's next sequence is, or for `fenced` the epoch that is in force; -1 without a producer. */
  readonly expected: number;
}

/** A partition as the store keeps it. */
export interface PartitionRecord extends PartitionName {
  /** The oldest offset that may still be there. */
  readonly startOffset: number;
  /** The offset of the next record. */
  readonly nextOffset: number;
  /** Of all batches together. */
  readonly bytes: number;
  readonly batches: number;
}

/** What to read from a partition. */
export interface TopicRead extends PartitionName {
  readonly from: number;
  /** Stops after the batch that reaches this. At least one batch is given. */
  readonly bytesMax: number;
  /** Batches with none of these types' bits are passed over unread (`allTypes` for all). */
  readonly types: number;
}
