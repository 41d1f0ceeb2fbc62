/**
 * The floor of topics: one row per batch with a checksum, records as JSON behind their length, a cursor row; one transaction and
 * one fsync per commit. No keys, no types, no filters, no retries, no ownership.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** A file with batches, written and read directly. */
export class BareLog {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insert: StatementSync;
  readonly #advance: StatementSync;
  readonly #read: StatementSync;
  #nextOffset = 0;

  constructor(file: string) {
    const db = new DatabaseSync(file);
    db.exec(`pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full;
      create table batch (id integer primary key, crc integer not null, bytes blob not null) strict;
      create table cursor (name text primary key, next integer not null) strict;
      insert into cursor values ('one', 0);`);
    this.#db = db;
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#insert = db.prepare('insert into batch (id, crc, bytes) values (?, ?, ?)');
    this.#advance = db.prepare("update cursor set next = ? where name = 'one'");
    this.#read = db.prepare('select id, crc, bytes from batch where id >= ? order by id limit 8');
  }

  /** One durable commit with one batch for each of the lists. */
  append(...batches: readonly (readonly unknown[])[]): void {
    this.#begin.run();
    for (const values of batches) {
      const bytes = encode(values);
      this.#insert.run(this.#nextOffset, crc32(bytes), bytes);
      this.#nextOffset += values.length;
    }
    this.#commit.run();
  }

  /** Reads all batches in order, parses every record, and commits a cursor after each batch. */
  consume(handle: (values: readonly unknown[]) => void): void {
    for (let next = 0; ;) {
      const rows = this.#read.all(next);
      if (rows.length === 0) return;
      for (const row of rows) {
        const bytes = Buffer.from(row['bytes'] as Uint8Array);
        if (crc32(bytes) !== row['crc']) throw new Error(`batch ${String(row['id'])} is damaged`);
        const values = decode(bytes);
        handle(values);
        next = Number(row['id']) + values.length;
        this.#begin.run();
        this.#advance.run(next);
        this.#commit.run();
      }
    }
  }

  close(): void {
    this.#db.close();
  }
}

function encode(values: readonly unknown[]): Buffer {
  const records = values.map((value) => Buffer.from(JSON.stringify(value)));
  const length = records.reduce((sum, record) => sum + 4 + record.length, 0);
  const bytes = Buffer.allocUnsafe(length);
  let position = 0;
  for (const record of records) {
    bytes.writeUInt32LE(record.length, position);
    bytes.set(record, position + 4);
    position += 4 + record.length;
  }
  return bytes;
}

function decode(bytes: Buffer): readonly unknown[] {
  const values: unknown[] = [];
  for (let position = 0; position < bytes.length;) {
    const end = position + 4 + bytes.readUInt32LE(position);
    values.push(JSON.parse(bytes.toString('utf8', position + 4, end)));
    position = end;
  }
  return values;
}
