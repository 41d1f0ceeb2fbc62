import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { JournalAppend, JournalEntry, JournalFork, RunNumber } from '../../engine/index.ts';
import { entryFromRow, journalColumns, type JournalRow } from '../rows.ts';

/** Rows per insert statement: more of them per statement cost less each, up to here. */
const rowsPerStatement = 16;

/** One way to write rows: which columns are bound, and what stands for the others. */
interface RowForm {
  readonly values: string;
  readonly columns: number;
  readonly fill: (parameters: SQLInputValue[], offset: number, entry: JournalAppend) => void;
}

/** Any entry. */
const wholeForm: RowForm = { values: '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', columns: 11, fill: fillWhole };

/** A step outside of any scope that succeeded at its first attempt, as most entries are: a fifth cheaper, because less is bound. */
const plainForm: RowForm = {
  values: "(?, ?, 'step', '', ?, ?, 1, 'ok', ?, ?, ?)",
  columns: 7,
  fill: fillPlain,
};

/** Table `journal`: appended to by commits, read in order of `(run, seq)` through its index. */
export class Journal {
  readonly #one: Insert;
  readonly #many: Insert;
  readonly #manyPlain: Insert;
  readonly #copy: StatementSync;
  readonly #read: StatementSync;
  readonly #readEnd: StatementSync;
  readonly #readRuns: StatementSync;
  readonly #delete: StatementSync;

  constructor(db: DatabaseSync) {
    this.#one = new Insert(db, wholeForm, 1);
    this.#many = new Insert(db, wholeForm, rowsPerStatement);
    this.#manyPlain = new Insert(db, plainForm, rowsPerStatement);
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
    let written = 0;
    for (; entries.length - written >= rowsPerStatement; written += rowsPerStatement) {
      const arePlain = isPlainUpTo(entries, written, written + rowsPerStatement);
      (arePlain ? this.#manyPlain : this.#many).run(entries, written);
    }
    for (; written < entries.length; written += 1) this.#one.run(entries, written);
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

/** An insert of a fixed number of rows. */
class Insert {
  readonly #statement: StatementSync;
  readonly #form: RowForm;
  readonly #rows: number;
  /** Filled anew each time: the hot path allocates nothing per row. */
  readonly #parameters: SQLInputValue[];

  constructor(db: DatabaseSync, form: RowForm, rows: number) {
    const values = Array.from({ length: rows }, () => form.values).join(', ');
    this.#statement = db.prepare(`insert into journal (${journalColumns}) values ${values}`);
    this.#form = form;
    this.#rows = rows;
    this.#parameters = Array.from({ length: rows * form.columns }, () => null);
  }

  /** Writes its number of entries, from this position on. */
  run(entries: readonly JournalAppend[], from: number): void {
    const { fill, columns } = this.#form;
    for (let row = 0; row < this.#rows; row += 1) {
      const entry = entries[from + row];
      if (entry !== undefined) fill(this.#parameters, row * columns, entry);
    }
    this.#statement.run(...this.#parameters);
  }
}

function isPlainUpTo(entries: readonly JournalAppend[], from: number, end: number): boolean {
  for (let i = from; i < end; i += 1) {
    const entry = entries[i];
    if (entry === undefined || entry.kind !== 'step' || entry.scope !== '') return false;
    if (entry.outcome !== 'ok' || entry.attempt !== 1) return false;
  }
  return true;
}

function fillPlain(parameters: SQLInputValue[], offset: number, entry: JournalAppend): void {
  parameters[offset] = entry.run;
  parameters[offset + 1] = entry.seq;
  parameters[offset + 2] = entry.name;
  parameters[offset + 3] = entry.occurrence;
  parameters[offset + 4] = entry.startedAt;
  parameters[offset + 5] = entry.at;
  parameters[offset + 6] = entry.payload;
}

function fillWhole(parameters: SQLInputValue[], offset: number, entry: JournalAppend): void {
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
