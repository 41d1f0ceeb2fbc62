/**
 * What must be done to topics now and then: release delayed events, forget names of duplicates, apply retention, join
 * small batches, compact.
 *
 * Every step is one transaction of the store that is correct whoever else does it at the same time; doing it twice does
 * nothing. Retention never passes what a cursor still needs, unless the topic says that it may.
 */
import {
  afterThisTurn,
  allTypes,
  asBuffer,
  composeBatch,
  decodeRecord,
  placedRecords,
  type Engine,
  type PartitionName,
  type PartitionRecord,
  type PlacedRecord,
  type StoredBatch,
} from '../../engine/index.ts';
import type { Logger } from '../../base/logger.ts';
import { neededFrom, readCursor } from '../consume/cursor.ts';
import { cursorSpace } from '../consume/cursor-keeper.ts';
import { neededByWaits } from '../waits/search-progress.ts';
import type { TopicSettings } from '../model/topic-settings.ts';

/** Delayed events released, and names forgotten, by one transaction. */
const releasesMax = 1_000;
/** Bytes of batches looked at for joining, per partition and round. */
const repackBytesMax = 4 << 20;
/** Bytes looked at between two turns of the event loop: about a millisecond of work, in which nobody else moves. */
const turnBytes = 256 << 10;
/** A batch of this size is not small. */
const packedBytes = 256 << 10;
/** The newest batches are left alone: who follows the tip has them in memory. */
const tailBatches = 64;
const cursorsMax = 1_000_000;

/** See the top of the file. */
export class LogHousekeeping {
  readonly #engine: Engine;
  readonly #topics: readonly TopicSettings[];
  readonly #logger: Logger;
  /** By partition: below this offset batches are joined already. */
  readonly #packedTo = new Map<string, number>();
  /** By partition: how long the log was when it was compacted last. */
  readonly #compactedTo = new Map<string, number>();

  constructor(engine: Engine, topics: readonly TopicSettings[], logger: Logger) {
    this.#engine = engine;
    this.#topics = topics;
    this.#logger = logger;
  }

  /** Appends delayed events that are due; returns when the next ones are. */
  async release(): Promise<number | null> {
    const { store, clock } = this.#engine;
    while ((await store.releaseDelayed(clock.now(), releasesMax)) === releasesMax);
    return store.nextDelayed();
  }

  /** When the next delayed event is due; null when there is none. */
  nextRelease(): Promise<number | null> {
    return this.#engine.store.nextDelayed();
  }

  /** Does all the rest once. */
  async tidy(): Promise<void> {
    const { store, clock } = this.#engine;
    if (this.#topics.some(({ dedupe }) => dedupe !== null))
      await store.forgetDuplicates(clock.now(), releasesMax);
    for (const topic of this.#topics) {
      for (const partition of await store.listPartitions(topic.name)) {
        await this.#retain(topic, partition);
        if (topic.retention.isCompacted) await this.#compact(partition);
        else if (partition.batches > 2 * tailBatches) await this.#repack(partition);
      }
    }
  }

  async #retain(topic: TopicSettings, partition: PartitionRecord): Promise<void> {
    const { forMs, bytes, evenUnread } = topic.retention;
    const { store, clock } = this.#engine;
    const byAge = forMs === null ? 0 : await store.findOffset(partition, clock.now() - forMs);
    const bySize =
      bytes === null || partition.bytes <= bytes
        ? 0
        : await this.#offsetBehind(partition, partition.bytes - bytes);
    const wanted = Math.max(byAge, bySize);
    if (wanted <= partition.startOffset) return;
    const needed = await this.#neededFrom(partition);
    if (wanted > needed && evenUnread) {
      this.#logger.warn(
        'Retention deletes events that a subscription has not handled, or a waiting run not seen, as the topic says.',
        {
          topic: topic.name,
          partition: partition.partition,
          from: needed,
          to: wanted,
        },
      );
    }
    await store.trimPartition(partition, evenUnread ? wanted : Math.min(wanted, needed));
  }

  /** The offset behind so many bytes from the start. */
  async #offsetBehind(partition: PartitionRecord, bytes: number): Promise<number> {
    const from = partition.startOffset;
    const slice = await this.#engine.store.readTopic({
      ...partition,
      from,
      bytesMax: bytes,
      types: allTypes,
    });
    return slice.next;
  }

  /** The lowest offset of a partition that any cursor or waiting run needs, side cursors included. */
  async #neededFrom(name: PartitionName): Promise<number> {
    const { store, payloads } = this.#engine;
    const cells = await store.listCells(cursorSpace, { prefix: `${name.topic}/`, limit: cursorsMax });
    let needed = Number.MAX_SAFE_INTEGER;
    for (const { key, value } of cells) {
      if (!key.endsWith(`/${name.partition}`)) continue;
      needed = Math.min(needed, neededFrom(readCursor(payloads.textNow(value) ?? '', key)));
    }
    const awaited = await neededByWaits(this.#engine, name);
    return awaited === null ? needed : Math.min(needed, awaited);
  }

  /** Joins runs of small batches into larger ones; offsets stay. */
  async #repack(partition: PartitionRecord): Promise<void> {
    const key = `${partition.topic}/${partition.partition}`;
    const from = Math.max(partition.startOffset, this.#packedTo.get(key) ?? 0);
    const read = { ...partition, from, bytesMax: repackBytesMax, types: allTypes };
    const { batches } = await this.#engine.store.readTopic(read);
    const cold = batches.slice(0, Math.max(0, batches.length - tailBatches));
    for (const group of smallNeighbours(cold)) {
      const appendedAt = Math.max(...group.map((batch) => batch.appendedAt));
      const put = [composeBatch(group.flatMap(placedRecords), appendedAt)];
      const remove = group.map((batch) => batch.baseOffset);
      await this.#engine.store.replaceBatches({ ...partition, remove, put });
      await nextTurn();
    }
    const last = cold.at(-1);
    if (last !== undefined) this.#packedTo.set(key, last.lastOffset + 1);
  }

  /** Keeps of each key the newest event, among those that every cursor has behind it. An event without a key stays. */
  async #compact(partition: PartitionRecord): Promise<void> {
    const key = `${partition.topic}/${partition.partition}`;
    const end = Math.min(partition.nextOffset, await this.#neededFrom(partition));
    const before = this.#compactedTo.get(key) ?? 0;
    // Each event is looked at a bounded number of times: again only when the log has grown by half.
    if (end - before < Math.max(1, before / 2)) return;
    const newest = new Map<string, number>();
    for await (const { record } of this.#records(partition, partition.nextOffset)) {
      if (record.key !== null) newest.set(record.key, record.offset);
    }
    for await (const batches of this.#neighbours(partition, end)) {
      const records = batches.flatMap(placedRecords);
      const kept = records.filter((placed) => placed.offset >= end || isNewest(placed, newest));
      if (kept.length === records.length && batches.length === 1) continue;
      // What is left of neighbours becomes one batch, in one transaction.
      const appendedAt = Math.max(...batches.map((batch) => batch.appendedAt));
      const put = kept.length === 0 ? [] : [composeBatch(kept, appendedAt)];
      const remove = batches.map(({ baseOffset }) => baseOffset);
      await this.#engine.store.replaceBatches({ ...partition, remove, put });
    }
    this.#compactedTo.set(key, end);
  }

  /** Neighbouring batches that begin before `end`, as many at a time as are looked at in one turn. */
  async *#neighbours(partition: PartitionRecord, end: number): AsyncGenerator<readonly StoredBatch[]> {
    for (let from = partition.startOffset; from < end;) {
      const read = { ...partition, from, bytesMax: turnBytes, types: allTypes };
      const { batches, next } = await this.#engine.store.readTopic(read);
      const wanted = batches.filter(({ baseOffset }) => baseOffset < end);
      if (wanted.length > 0) yield wanted;
      if (next <= from) return;
      from = next;
      await nextTurn();
    }
  }

  async *#records(
    partition: PartitionRecord,
    end: number,
  ): AsyncGenerator<{ readonly record: ReturnType<typeof decodeRecord> }> {
    for await (const batches of this.#neighbours(partition, end)) {
      for (const placed of batches.flatMap(placedRecords)) {
        const record = decodeRecord(asBuffer(placed.bytes), 0, 0);
        yield { record: { ...record, offset: placed.offset } };
      }
    }
  }
}

/** Lets everybody else move: stores that work on this thread give no turn by themselves. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => afterThisTurn(resolve));
}

function isNewest(placed: PlacedRecord, newest: ReadonlyMap<string, number>): boolean {
  const { key } = decodeRecord(asBuffer(placed.bytes), 0, 0);
  return key === null || newest.get(key) === placed.offset;
}

/** Groups of neighbouring batches that are small, each group about as large as a batch should be. */
function smallNeighbours(batches: readonly StoredBatch[]): readonly (readonly StoredBatch[])[] {
  const groups: StoredBatch[][] = [];
  let group: StoredBatch[] = [];
  let bytes = 0;
  for (const batch of batches) {
    if (batch.bytes.length >= packedBytes || bytes + batch.bytes.length > packedBytes) {
      if (group.length > 1) groups.push(group);
      group = [];
      bytes = 0;
    }
    if (batch.bytes.length >= packedBytes) continue;
    group.push(batch);
    bytes += batch.bytes.length;
  }
  if (group.length > 1) groups.push(group);
  return groups;
}
