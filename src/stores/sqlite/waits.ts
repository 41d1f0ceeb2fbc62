import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { NewWaits, RunNumber, WaitFilter, WaitKey, WaitRecord } from '../../engine/index.ts';
import { waitColumns, waitFromRow, type WaitRow } from '../rows.ts';
import type { Counters } from './counters.ts';

/** SQLite's way to say: no limit. */
const noLimit = -1;
/** Kinds with an index of their own; spelled in the statement so that SQLite sees that the partial index fits. */
const indexedKinds: ReadonlySet<string> = new Set(['approval', 'code', 'slot']);

type ArrivedRow = WaitRow & { readonly arrival: number };

/** Table `wait`: what each open run waits for, by (run, key). */
export class Waits {
  readonly #db: DatabaseSync;
  readonly #counters: Counters;
  readonly #put: StatementSync;
  readonly #end: StatementSync;
  readonly #endAll: StatementSync;
  readonly #has: StatementSync;
  readonly #ofRuns: StatementSync;
  readonly #newForEvents: StatementSync;
  readonly #lists = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, counters: Counters) {
    this.#db = db;
    this.#counters = counters;
    this.#put = db.prepare(
      `insert or replace into wait (${waitColumns}, arrival) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#end = db.prepare('delete from wait where run = ? and key = ?');
    this.#endAll = db.prepare('delete from wait where run in (select value from json_each(?))');
    this.#has = db.prepare('select 1 from wait where run = ? and key = ?');
    this.#ofRuns = db.prepare(
      `select ${waitColumns} from wait where run in (select value from json_each(?)) order by run, since, key`,
    );
    this.#newForEvents = db.prepare(
      `select ${waitColumns}, arrival from wait where kind = 'event' and arrival > ? order by arrival limit ?`,
    );
  }

  put(waits: readonly WaitRecord[]): void {
    for (const { run, key, kind, name, since, deadline, detail } of waits) {
      const arrival = kind === 'event' ? this.#counters.next('wait') : null;
      this.#put.run(run, key, kind, name, since, deadline, detail, arrival);
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

  newForEvents(after: number, limit: number): NewWaits {
    const rows = this.#newForEvents.all(after, limit) as unknown as readonly ArrivedRow[];
    return { waits: rows.map(waitFromRow), mark: rows.at(-1)?.arrival ?? after };
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
