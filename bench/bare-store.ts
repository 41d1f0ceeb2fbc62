/**
 * The floor: what a program must at least do to have a step on disk before it goes on. Run rows with a unique id, one journal row
 * per step, one transaction and one fsync per commit, statements prepared once; no engine, no replay, no ownership.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';

const rowsPerStatement = 16;

/** A journal row of the bare loops. */
export interface BareRow {
  readonly run: number;
  readonly seq: number;
  readonly result: string;
}

/** A file with runs and their journals, written to directly. */
export class BareStore {
  readonly #db: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #start: StatementSync;
  readonly #end: StatementSync;
  readonly #one: StatementSync;
  readonly #many: StatementSync;

  constructor(file: string) {
    const db = new DatabaseSync(file);
    db.exec(`pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full;
      create table run (number integer primary key, id text not null unique, state text not null, result any) strict;
      create table journal (run integer not null, seq integer not null, name text not null, at integer not null, payload any) strict;
      create unique index journal_by_run on journal (run, seq);`);
    this.#db = db;
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#start = db.prepare("insert into run (id, state) values (?, 'running')");
    this.#end = db.prepare("update run set state = 'completed', result = ? where number = ?");
    const insert = 'insert into journal (run, seq, name, at, payload) values ';
    this.#one = db.prepare(`${insert}(?, ?, ?, ?, ?)`);
    const rows = Array.from({ length: rowsPerStatement }, () => '(?, ?, ?, ?, ?)').join(', ');
    this.#many = db.prepare(insert + rows);
  }

  /** One durable transaction. */
  commit(work: () => void): void {
    this.#begin.run();
    work();
    this.#commit.run();
  }

  start(id: string): number {
    return Number(this.#start.run(id).lastInsertRowid);
  }

  end(run: number, result: string): void {
    this.#end.run(result, run);
  }

  append(rows: readonly BareRow[]): void {
    const values = (row: BareRow): (number | string)[] => [row.run, row.seq, 'add', Date.now(), row.result];
    const wholeEnd = rows.length - (rows.length % rowsPerStatement);
    for (let i = 0; i < wholeEnd; i += rowsPerStatement) {
      this.#many.run(...rows.slice(i, i + rowsPerStatement).flatMap(values));
    }
    for (const row of rows.slice(wholeEnd)) this.#one.run(...values(row));
  }

  /** Reads the payloads of a run's journal in order. */
  readPayloads(run: number): readonly unknown[] {
    const rows = this.#db.prepare('select payload from journal where run = ? order by seq').all(run);
    return rows.map((row) => JSON.parse(String(row['payload'])) as unknown);
  }

  close(): void {
    this.#db.close();
  }
}
