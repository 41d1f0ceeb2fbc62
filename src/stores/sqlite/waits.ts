import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunNumber, WaitFilter, WaitKey, WaitRecord } from '../../engine/index.ts';
import { waitColumns, waitFromRow, type WaitRow } from '../rows.ts';

/** SQLite's way to say: no limit. */
const noLimit = -1;
/** Kinds with an index of their own; spelled in the statement so that SQLite sees that the partial index fits. */
const indexedKinds: ReadonlySet<string> = new Set(['approval', 'code', 'slot']);

/** Table `wait`: what each open run waits for, by (run, key). */
export class Waits {
  readonly #db: DatabaseSync;
  readonly #put: StatementSync;
  readonly #end: StatementSync;
  readonly #endAll: StatementSync;
  readonly #has: StatementSync;
  readonly #ofRuns: StatementSync;
  readonly #lists = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#put = db.prepare(`insert or replace into wait (${waitColumns}) values (?, ?, ?, ?, ?, ?, ?)`);
    this.#end = db.prepare('delete from wait where run = ? and key = ?');
    this.#endAll = db.prepare('delete from wait where run in (select value from json_each(?))');
    this.#has = db.prepare('select 1 from wait where run = ? and key = ?');
    this.#ofRuns = db.prepare(
      `select ${waitColumns} from wait where run in (select value from json_each(?)) order by run, since, key`,
    );
  }

  put(waits: readonly WaitRecord[]): void {
    for (const wait of waits) {
      this.#put.run(wait.run, wait.key, wait.kind, wait.name, wait.since, wait.deadline, wait.detail);
    }
  }

  end(waits: readonly WaitKey[]): void {
    for (const wait of waits) this.#end.run(wait.run, wait.key);
  }

  endAll(runsJson: string): void {
    this.#endAll.run(runsJson);
  }

  has(run: RunNumber, key: string): boolean {
    return this.#has.get(run, key) !== undefined;
  }

  ofRuns(runsJson: string): ReadonlyMap<RunNumber, readonly WaitRecord[]> {
    return Map.groupBy(
      (this.#ofRuns.all(runsJson) as unknown as WaitRow[]).map(waitFromRow),
      (wait) => wait.run,
    );
  }

  /** Longest waiting first; all of them unless the filter has a limit. */
  list(filter: WaitFilter): readonly WaitRecord[] {
    const conditions: string[] = [];
    const parameters: (number | string)[] = [];
    if (filter.run !== undefined) {
      conditions.push('run = ?');
      parameters.push(filter.run);
    }
    if (filter.kind !== undefined) {
      const isIndexed = indexedKinds.has(filter.kind);
      conditions.push(isIndexed ? `kind = '${filter.kind}'` : 'kind = ?');
      if (!isIndexed) parameters.push(filter.kind);
    }
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const statement = this.#listStatement(
      `select ${waitColumns} from wait ${where} order by since, run, key limit ?`,
    );
    parameters.push(filter.limit ?? noLimit);
    return (statement.all(...parameters) as unknown as WaitRow[]).map(waitFromRow);
  }

  #listStatement(sql: string): StatementSync {
    const known = this.#lists.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#lists.set(sql, statement);
    return statement;
  }
}
