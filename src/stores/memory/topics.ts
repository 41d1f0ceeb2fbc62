import {
  composeBatch,
  type AppendResult,
  type BatchReplacement,
  type PartitionName,
  type PartitionRecord,
  type PlacedRecord,
  type StoredBatch,
  type TopicAppend,
  type TopicRead,
  type TopicSlice,
} from '../../engine/index.ts';
import { judgeProducer, withoutAppending, type ProducerState } from '../producer-state.ts';

interface Partition extends PartitionName {
  startOffset: number;
  nextOffset: number;
  batches: StoredBatch[];
  readonly names: Map<string, { readonly offset: number; readonly until: number }>;
  readonly producers: Map<string, ProducerState>;
  /** Appended by the commit at hand; one batch at its end. */
  gathered: PlacedRecord[];
  gatheredAt: number;
}

interface Delayed {
  readonly append: Omit<TopicAppend, 'deliverAt' | 'dedupeUntil'>;
  readonly due: number;
  /** How long names are remembered, counted from the release. */
  readonly dedupeFor: number;
}

/** The topics of the store, by partition. */
export class Topics {
  readonly #partitions = new Map<string, Partition>();
  /** By due time, then in the order they came. */
  #delayed: Delayed[] = [];

  /** To be followed by `flush` at the end of the commit. */
  append(append: TopicAppend): AppendResult {
    const { deliverAt } = append;
    if (deliverAt !== undefined) {
      for (const record of append.records) this.#delay({ ...append, records: [record] }, deliverAt);
      return { outcome: 'delayed', offsets: [], duplicates: [], expected: -1 };
    }
    const partition = this.#partition(append);
    const verdict = append.producer === undefined ? null : judgeProducer(append, this.#producer(append));
    if (verdict !== null && verdict.outcome !== 'appended') return withoutAppending(verdict, append);
    const result = gather(partition, append);
    if (verdict !== null && append.producer !== undefined) {
      partition.producers.set(
        append.producer.producer,
        verdict.next(result.offsets[0] ?? partition.nextOffset),
      );
    }
    const expected = verdict === null ? -1 : verdict.expected + append.records.length;
    return { ...result, outcome: 'appended', expected };
  }

  /** Makes one batch per partition of what was appended since. */
  flush(): void {
    for (const partition of this.#partitions.values()) {
      if (partition.gathered.length === 0) continue;
      partition.batches.push(composeBatch(partition.gathered, partition.gatheredAt));
      partition.gathered = [];
      partition.gatheredAt = 0;
    }
  }

  read(read: TopicRead): TopicSlice {
    const partition = this.#partitions.get(nameOf(read));
    if (partition === undefined) return { batches: [], next: read.from };
    const batches: StoredBatch[] = [];
    let bytes = 0;
    let next = Math.max(read.from, partition.startOffset);
    for (const batch of partition.batches) {
      if (batch.lastOffset < read.from) continue;
      if (bytes >= read.bytesMax) return { batches, next };
      next = Math.max(next, batch.lastOffset + 1);
      if ((batch.types & read.types) === 0) continue;
      bytes += batch.bytes.length;
      batches.push(batch);
    }
    return { batches, next: Math.max(next, partition.nextOffset) };
  }

  list(topic: string | undefined): readonly PartitionRecord[] {
    return [...this.#partitions.values()]
      .filter((partition) => topic === undefined || partition.topic === topic)
      .toSorted((one, other) => compareTexts(one.topic, other.topic) || one.partition - other.partition)
      .map((partition) => ({
        topic: partition.topic,
        partition: partition.partition,
        startOffset: partition.startOffset,
        nextOffset: partition.nextOffset,
        bytes: partition.batches.reduce((sum, batch) => sum + batch.bytes.length, 0),
        batches: partition.batches.length,
      }));
  }

  findOffset(name: PartitionName, time: number): number {
    const partition = this.#partitions.get(nameOf(name));
    const found = partition?.batches.find((batch) => batch.appendedAt >= time);
    return found?.baseOffset ?? partition?.nextOffset ?? 0;
  }

  trim(name: PartitionName, before: number): number {
    const partition = this.#partitions.get(nameOf(name));
    if (partition === undefined) return 0;
    const gone = partition.batches.filter((batch) => batch.lastOffset < before);
    partition.batches = partition.batches.filter((batch) => batch.lastOffset >= before);
    const start = Math.max(partition.startOffset, ...gone.map((batch) => batch.lastOffset + 1));
    partition.startOffset = start;
    return start;
  }

  replace(replacement: BatchReplacement): boolean {
    const partition = this.#partitions.get(nameOf(replacement));
    const { remove, put } = replacement;
    if (partition === undefined) return false;
    const bases = new Set(partition.batches.map((batch) => batch.baseOffset));
    if (!remove.every((base) => bases.has(base))) return false;
    const kept = partition.batches.filter((batch) => !remove.includes(batch.baseOffset));
    partition.batches = [...kept, ...put].toSorted((one, other) => one.baseOffset - other.baseOffset);
    return true;
  }

  releaseDelayed(now: number, limit: number): number {
    const due = this.#delayed.filter((delayed) => delayed.due <= now).slice(0, limit);
    this.#delayed = this.#delayed.filter((delayed) => !due.includes(delayed));
    for (const { append, dedupeFor } of due) {
      this.append({ ...append, at: now, dedupeUntil: now + dedupeFor });
    }
    this.flush();
    return due.length;
  }

  nextDelayed(): number | null {
    return this.#delayed[0]?.due ?? null;
  }

  forgetDuplicates(now: number, limit: number): number {
    let forgotten = 0;
    for (const { names } of this.#partitions.values()) {
      for (const [name, { until }] of names) {
        if (until > now || forgotten === limit) continue;
        names.delete(name);
        forgotten += 1;
      }
    }
    return forgotten;
  }

  #delay(append: TopicAppend, due: number): void {
    const { deliverAt: _, dedupeUntil = append.at, ...later } = append;
    this.#delayed.push({ append: later, due, dedupeFor: dedupeUntil - append.at });
    // The sort is stable: equal times keep the order in which they came.
    this.#delayed.sort((one, other) => one.due - other.due);
  }

  #producer(append: TopicAppend): ProducerState | null {
    return this.#partition(append).producers.get(append.producer?.producer ?? '') ?? null;
  }

  #partition(name: PartitionName): Partition {
    const known = this.#partitions.get(nameOf(name));
    if (known !== undefined) return known;
    const partition: Partition = {
      topic: name.topic,
      partition: name.partition,
      startOffset: 0,
      nextOffset: 0,
      batches: [],
      names: new Map(),
      producers: new Map(),
      gathered: [],
      gatheredAt: 0,
    };
    this.#partitions.set(nameOf(name), partition);
    return partition;
  }
}

function nameOf(name: PartitionName): string {
  return `${name.partition}/${name.topic}`;
}

function compareTexts(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function gather(partition: Partition, append: TopicAppend): Pick<AppendResult, 'offsets' | 'duplicates'> {
  const offsets: number[] = [];
  const duplicates: number[] = [];
  for (const [position, record] of append.records.entries()) {
    const known = record.dedupe === null ? undefined : partition.names.get(record.dedupe);
    if (known !== undefined && known.until > append.at) {
      offsets.push(known.offset);
      duplicates.push(position);
      continue;
    }
    const offset = partition.nextOffset;
    partition.nextOffset += 1;
    offsets.push(offset);
    // A copy: the caller may use its bytes for something else, and composing writes into them.
    partition.gathered.push({ bytes: Uint8Array.from(record.bytes), offset });
    if (record.dedupe === null) continue;
    partition.names.set(record.dedupe, { offset, until: append.dedupeUntil ?? append.at });
  }
  partition.gatheredAt = Math.max(partition.gatheredAt, append.at);
  return { offsets, duplicates };
}
