/**
 * The topic log of the embedded store: `TopicStore`, and the appends of a commit.
 *
 * Owns: the tables `topic_*`. Appends are gathered while a commit's parts are written and become one batch per partition at
 * its end; everything is called inside the transaction it belongs to.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  composeBatch,
  type AppendResult,
  type BatchReplacement,
  type PartitionName,
  type PartitionRecord,
  type PlacedRecord,
  type TopicAppend,
  type TopicRead,
  type TopicSlice,
} from '../../../engine/index.ts';
import {
  judgeProducer,
  withoutAppending,
  type ProducerState,
  type ProducerVerdict,
} from '../../producer-state.ts';
import { Batches } from './batches.ts';
import { Partitions } from './partitions.ts';

/** What a commit has appended to a partition so far. */
interface Gathered {
  readonly number: number;
  nextOffset: number;
  appendedAt: number;
  readonly records: PlacedRecord[];
}

interface DelayedRow {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly name: string | null;
  readonly name_for: number | null;
  readonly bytes: Uint8Array;
}

/** The tables of topics; see the top of the file. */
export class Topics {
  readonly #partitions: Partitions;
  readonly #batches: Batches;
  readonly #findName: StatementSync;
  readonly #putName: StatementSync;
  readonly #forget: StatementSync;
  readonly #findProducer: StatementSync;
  readonly #putProducer: StatementSync;
  readonly #delay: StatementSync;
  readonly #due: StatementSync;
  readonly #undelay: StatementSync;
  readonly #nextDue: StatementSync;
  readonly #gathered = new Map<string, Gathered>();

  constructor(db: DatabaseSync) {
    this.#partitions = new Partitions(db);
    this.#batches = new Batches(db);
    this.#findName = db.prepare('select position, until from topic_name where partition = ? and name = ?');
    this.#putName = db.prepare(
      'insert or replace into topic_name (partition, name, position, until) values (?, ?, ?, ?)',
    );
    this.#forget = db.prepare(
      `delete from topic_name where (partition, name) in
         (select partition, name from topic_name where until <= ? order by until limit ?)`,
    );
    this.#findProducer = db.prepare('select state from topic_producer where partition = ? and producer = ?');
    this.#putProducer = db.prepare(
      'insert or replace into topic_producer (partition, producer, state) values (?, ?, ?)',
    );
    this.#delay = db.prepare(
      'insert into topic_delayed (topic, partition, due, name, name_for, bytes) values (?, ?, ?, ?, ?, ?)',
    );
    this.#due = db.prepare(
      'select id, topic, partition, name, name_for, bytes from topic_delayed where due <= ? order by due, id limit ?',
    );
    this.#undelay = db.prepare('delete from topic_delayed where id = ?');
    this.#nextDue = db.prepare('select min(due) as due from topic_delayed');
  }

  /** Forgets what an abandoned transaction gathered. */
  begin(): void {
    this.#gathered.clear();
  }

  append(append: TopicAppend): AppendResult {
    if (append.deliverAt !== undefined) return this.#setAside(append, append.deliverAt);
    const gathered = this.#gatheredFor(append);
    const verdict = append.producer === undefined ? null : this.#judge(gathered.number, append);
    if (verdict !== null && verdict.outcome !== 'appended') return withoutAppending(verdict, append);
    const result = this.#gather(gathered, append);
    if (verdict !== null && append.producer !== undefined) {
      const state = verdict.next(result.offsets[0] ?? gathered.nextOffset);
      this.#putProducer.run(gathered.number, append.producer.producer, JSON.stringify(state));
    }
    const expected = verdict === null ? -1 : verdict.expected + append.records.length;
    return { ...result, outcome: 'appended', expected };
  }

  /** Writes one batch per partition of what was gathered. */
  flush(): void {
    for (const { number, nextOffset, records, appendedAt } of this.#gathered.values()) {
      if (records.length === 0) continue;
      this.#batches.insert(number, composeBatch(records, appendedAt));
      this.#partitions.advance(number, nextOffset);
    }
    this.#gathered.clear();
  }

  read(read: TopicRead): TopicSlice {
    const partition = this.#partitions.find(read);
    return partition === null ? { batches: [], next: read.from } : this.#batches.read(partition, read);
  }

  list(topic: string | undefined): readonly PartitionRecord[] {
    return this.#partitions.list(topic);
  }

  findOffset(name: PartitionName, time: number): number {
    const partition = this.#partitions.find(name);
    if (partition === null) return 0;
    return this.#batches.firstSince(partition.number, time) ?? partition.next_offset;
  }

  trim(name: PartitionName, before: number): number {
    const partition = this.#partitions.find(name);
    if (partition === null) return 0;
    const behind = this.#batches.deleteBefore(partition.number, before);
    if (behind === null || behind <= partition.start_offset) return partition.start_offset;
    this.#partitions.setStart(partition.number, behind);
    return behind;
  }

  replace(replacement: BatchReplacement): boolean {
    const partition = this.#partitions.find(replacement);
    return partition !== null && this.#batches.replace(partition.number, replacement);
  }

  releaseDelayed(now: number, limit: number): number {
    const rows = this.#due.all(now, limit) as unknown as DelayedRow[];
    this.begin();
    for (const { id, topic, partition, name, name_for: nameFor, bytes } of rows) {
      this.#undelay.run(id);
      const records = [{ bytes, dedupe: name }];
      this.append({ topic, partition, records, at: now, dedupeUntil: now + (nameFor ?? 0) });
    }
    this.flush();
    return rows.length;
  }

  nextDelayed(): number | null {
    const due = this.#nextDue.get()?.['due'];
    return typeof due === 'number' ? due : null;
  }

  forgetDuplicates(now: number, limit: number): number {
    return Number(this.#forget.run(now, limit).changes);
  }

  #setAside(append: TopicAppend, due: number): AppendResult {
    const { topic, partition, at, dedupeUntil } = append;
    for (const { bytes, dedupe } of append.records) {
      this.#delay.run(
        topic,
        partition,
        due,
        dedupe,
        dedupeUntil === undefined ? null : dedupeUntil - at,
        bytes,
      );
    }
    return { outcome: 'delayed', offsets: [], duplicates: [], expected: -1 };
  }

  #gatheredFor(name: PartitionName): Gathered {
    const key = `${name.partition}/${name.topic}`;
    const known = this.#gathered.get(key);
    if (known !== undefined) return known;
    const { number, next_offset: nextOffset } = this.#partitions.findOrCreate(name);
    const gathered = { number, nextOffset, appendedAt: 0, records: [] };
    this.#gathered.set(key, gathered);
    return gathered;
  }

  #gather(gathered: Gathered, append: TopicAppend): Pick<AppendResult, 'offsets' | 'duplicates'> {
    const offsets: number[] = [];
    const duplicates: number[] = [];
    for (let position = 0; position < append.records.length; position += 1) {
      const record = append.records[position];
      if (record === undefined) continue;
      const original = record.dedupe === null ? null : this.#original(gathered, record.dedupe, append.at);
      if (original !== null) {
        offsets.push(original);
        duplicates.push(position);
        continue;
      }
      const offset = gathered.nextOffset;
      gathered.nextOffset += 1;
      offsets.push(offset);
      gathered.records.push({ bytes: record.bytes, offset });
      if (record.dedupe === null) continue;
      this.#putName.run(gathered.number, record.dedupe, offset, append.dedupeUntil ?? append.at);
    }
    gathered.appendedAt = Math.max(gathered.appendedAt, append.at);
    return { offsets, duplicates };
  }

  #original(gathered: Gathered, name: string, at: number): number | null {
    const row = this.#findName.get(gathered.number, name);
    return row !== undefined && Number(row['until']) > at ? Number(row['position']) : null;
  }

  #judge(number: number, append: TopicAppend): ProducerVerdict {
    const row = this.#findProducer.get(number, append.producer?.producer ?? '');
    const state = row === undefined ? null : (JSON.parse(String(row['state'])) as ProducerState);
    return judgeProducer(append, state);
  }
}
