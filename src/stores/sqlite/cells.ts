import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  absentCell,
  type CellCondition,
  type CellFilter,
  type CellRecord,
  type CellWrite,
} from '../../engine/index.ts';
import { cellColumns, cellFromRow, type CellRow } from '../rows.ts';
import type { Counters } from './counters.ts';

/** How many cells a list holds when the caller does not say. */
const limitDefault = 100;
/** Greater than every character a key can go on with. */
const lastCharacter = '\u{10FFFF}';

/** Table `cell`: durable values by (space, key), which is also the order they lie in. */
export class Cells {
  readonly #counters: Counters;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #get: StatementSync;
  /** Lists by which bounds they have: with `after`, without. */
  readonly #listFrom: StatementSync;
  readonly #listAfter: StatementSync;
  readonly #firstSpace: StatementSync;
  readonly #nextSpace: StatementSync;

  constructor(db: DatabaseSync, counters: Counters) {
    this.#counters = counters;
    this.#put = db.prepare('insert or replace into cell (space, key, value, version) values (?, ?, ?, ?)');
    this.#delete = db.prepare('delete from cell where space = ? and key = ?');
    this.#get = db.prepare(`select ${cellColumns} from cell where space = ? and key = ?`);
    const list = `select ${cellColumns} from cell where space = ?`;
    this.#listFrom = db.prepare(`${list} and key >= ? and key < ? order by key limit ?`);
    this.#firstSpace = db.prepare('select space from cell order by space limit 1');
    this.#nextSpace = db.prepare('select space from cell where space > ? order by space limit 1');
    this.#listAfter = db.prepare(`${list} and key > ? and key < ? order by key limit ?`);
  }

  /** Returns the new version; `absentCell` after a deletion. To be called inside a write transaction. */
  write(write: CellWrite): number {
    const { space, key, value } = write;
    if (value === null) {
      this.#delete.run(space, key);
      return absentCell;
    }
    const version = this.#counters.next('cell');
    this.#put.run(space, key, value, version);
    return version;
  }

  holds(condition: CellCondition): boolean {
    return (this.get(condition.space, condition.key)?.version ?? absentCell) === condition.version;
  }

  get(space: string, key: string): CellRecord | null {
    const row = this.#get.get(space, key);
    return row === undefined ? null : cellFromRow(row as unknown as CellRow);
  }

  /** One look per space, however many cells it has. */
  spaces(): readonly string[] {
    const spaces: string[] = [];
    for (
      let row = this.#firstSpace.get();
      row !== undefined;
      row = this.#nextSpace.get(spaces.at(-1) ?? '')
    ) {
      spaces.push(String(row['space']));
    }
    return spaces;
  }

  /** In the order of the keys. */
  list(space: string, filter: CellFilter): readonly CellRecord[] {
    const { prefix = '', after, limit = limitDefault } = filter;
    const isAfterStart = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0;
    const bounds: SQLInputValue[] = [space, isAfterStart ? after : prefix, prefix + lastCharacter, limit];
    const rows = (isAfterStart ? this.#listAfter : this.#listFrom).all(...bounds);
    return (rows as unknown as CellRow[]).map(cellFromRow);
  }
}
