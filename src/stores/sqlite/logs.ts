import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  logLinesMax,
  type LogFilter,
  type LogLine,
  type LogRecord,
  type RunNumber,
} from '../../engine/index.ts';
import { logColumns, logFromRow, type LogRow } from '../rows.ts';

/** How many lines a read gives when the caller does not say. */
const limitDefault = 1_000;

interface Head {
  length: number;
  said: number;
}

/** Tables `log` and `log_head`: what runs wrote for people, the newest lines of each. */
export class Logs {
  readonly #db: DatabaseSync;
  readonly #head: StatementSync;
  readonly #putHead: StatementSync;
  readonly #insert: StatementSync;
  readonly #trim: StatementSync;
  readonly #reads = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#head = db.prepare('select length, said from log_head where run = ?');
    this.#putHead = db.prepare('insert or replace into log_head (run, length, said) values (?, ?, ?)');
    this.#insert = db.prepare(`insert into log (run, ${logColumns}) values (?, ?, ?, ?, ?, ?, ?)`);
    this.#trim = db.prepare('delete from log where run = ? and seq <= ?');
  }

  /** To be called inside a write transaction. */
  append(lines: readonly LogLine[]): void {
    const heads = new Map<RunNumber, Head>();
    for (const line of lines) {
      const head = heads.get(line.run) ?? this.#headOf(line.run);
      heads.set(line.run, head);
      if (line.ordinal !== undefined) {
        if (line.ordinal <= head.said) continue;
        head.said = line.ordinal;
      }
      head.length += 1;
      this.#insert.run(line.run, head.length, line.key, line.attempt, line.at, line.level, line.text);
    }
    for (const [run, { length, said }] of heads) {
      this.#putHead.run(run, length, said);
      if (length > logLinesMax) this.#trim.run(run, length - logLinesMax);
    }
  }

  read(run: RunNumber, filter: LogFilter): readonly LogRecord[] {
    const conditions = ['run = ?', 'seq > ?'];
    const parameters: SQLInputValue[] = [run, filter.after ?? 0];
    for (const column of ['key', 'attempt'] as const) {
      const value = filter[column];
      if (value === undefined) continue;
      conditions.push(`${column} = ?`);
      parameters.push(value);
    }
    const statement = this.#reading(
      `select ${logColumns} from log where ${conditions.join(' and ')} order by seq limit ?`,
    );
    const rows = statement.all(...parameters, filter.limit ?? limitDefault);
    return (rows as unknown as LogRow[]).map(logFromRow);
  }

  #headOf(run: RunNumber): Head {
    const row = this.#head.get(run) as Head | undefined;
    return row === undefined ? { length: 0, said: 0 } : { length: row.length, said: row.said };
  }

  #reading(sql: string): StatementSync {
    const known = this.#reads.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#reads.set(sql, statement);
    return statement;
  }
}
