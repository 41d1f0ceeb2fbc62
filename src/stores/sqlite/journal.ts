import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { JournalAppend, JournalEntry, JournalFork, RunNumber } from '../../engine/index.ts';
import { entryFromRow, journalColumns, type JournalRow } from '../rows.ts';

/** Rows per insert statement: more of them per statement cost less each, up to here. */
const rowsPerStatement = 16;
const columnsPerRow = 11;

/** Table `journal`: appended to by commits, read in order of `(run, seq)` through its index. */
export class Journal {
  readonly #insertOne: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #copy: StatementSync;
  readonly #read: StatementSync;
  readonly #readEnd: StatementSync;
  readonly #readRuns: StatementSync;
  readonly #delete: StatementSync;
  /** Parameters of one statement, filled anew each time: the hot path allocates nothing per row. */
  readonly #many: SQLInputValue[] = Array.from({ length: rowsPerStatement * columnsPerRow }, () => null);
  readonly #one: SQLInputValue[] = Array.from({ length: columnsPerRow }, () => null);

  constructor(db: DatabaseSync) {
    const insert = `insert into journal (${journalColumns}) values `;
    const row = `(${Array.from({ length: columnsPerRow }, () => '?').join(', ')})`;
    this.#insertOne = db.prepare(insert + row);
    this.#insertMany = db.prepare(insert + Array.from({ length: rowsPerStatement }, () => row).join(', '));
    this.#copy = db.prepare(
      `insert into journal (${journalColumns})
       select ?, row_number() over (order by seq) - 1, kind, scope, name, occurrence, attempt, outcome, started_at, at, payload
       from journal where run = ? and seq not in (select value from json_each(?)) order by seq`,
    );
    this.#read = db.prepare(
      `select ${journalColumns} from journal where run = ? and seq >= ? order by seq limit ?`,
    );
    this.#readEnd = db.prepare(
      `select ${journalColumns} from journal where run = ? order by seq desc limit ?`,
    );
    // The list becomes a sorted set inside SQLite, so the index journal_by_run gives the order without sorting.
    this.#readRuns = db.prepare(
      `select ${journalColumns} from journal where run in (select value from json_each(?)) order by run, seq`,
    );
    this.#delete = db.prepare('delete from journal where run = ?');
    this.#read.setReturnArrays(true);
    this.#readEnd.setReturnArrays(true);
    this.#readRuns.setReturnArrays(true);
  }

  append(entries: readonly JournalAppend[]): void {
    const groupsEnd = entries.length - (entries.length % rowsPerStatement);
    let position = 0;
    for (const entry of entries) {
      if (position >= groupsEnd) {
        fill(this.#one, 0, entry);
        this.#insertOne.run(...this.#one);
      } else {
        const slot = position % rowsPerStatement;
        fill(this.#many, slot * columnsPerRow, entry);
        if (slot === rowsPerStatement - 1) this.#insertMany.run(...this.#many);
      }
      position++;
    }
  }

  /** Begins a journal with those entries of another run that the fork does not leave out. */
  copy(fork: JournalFork, to: RunNumber): void {
    this.#copy.run(to, fork.run, JSON.stringify(fork.drop));
  }

  read(run: RunNumber, from: number, limit: number): readonly JournalEntry[] {
    return (this.#read.all(run, from, limit) as unknown as JournalRow[]).map(entryFromRow);
  }

  readEnd(run: RunNumber, limit: number): readonly JournalEntry[] {
    return (this.#readEnd.all(run, limit) as unknown as JournalRow[]).map(entryFromRow).toReversed();
  }

  /** The whole journals of several runs. A run without entries is not in the map. */
  readRuns(runsJson: string): ReadonlyMap<RunNumber, readonly JournalEntry[]> {
    const journals = new Map<RunNumber, JournalEntry[]>();
    let current: JournalEntry[] = [];
    let currentRun: RunNumber | null = null;
    for (const row of this.#readRuns.all(runsJson) as unknown as JournalRow[]) {
      if (row[0] !== currentRun) {
        currentRun = row[0];
        current = [];
        journals.set(currentRun, current);
      }
      current.push(entryFromRow(row));
    }
    return journals;
  }

  delete(run: RunNumber): void {
    this.#delete.run(run);
  }
}

function fill(parameters: SQLInputValue[], offset: number, entry: JournalAppend): void {
  parameters[offset] = entry.run;
  parameters[offset + 1] = entry.seq;
  parameters[offset + 2] = entry.kind;
  parameters[offset + 3] = entry.scope;
  parameters[offset + 4] = entry.name;
  parameters[offset + 5] = entry.occurrence;
  parameters[offset + 6] = entry.attempt;
  parameters[offset + 7] = entry.outcome;
  parameters[offset + 8] = entry.startedAt;
  parameters[offset + 9] = entry.at;
  parameters[offset + 10] = entry.payload;
}
