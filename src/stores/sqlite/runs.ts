import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { assert } from '../../base/assert.ts';
import {
  isFinal,
  runStates,
  type RunChange,
  type RunFilter,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type RunState,
} from '../../engine/index.ts';
import { runColumns, runFromRow, runFromStart, type RunRow } from '../rows.ts';

/** How many runs a list holds when the caller does not say. */
const limitDefault = 100;
/** Greater than every character an id can go on with. */
const lastCharacter = '\u{10FFFF}';
/** States with an index of their own. */
const troubleStates: ReadonlySet<RunState> = new Set(['paused', 'failed', 'canceled']);

/** What a message needs to know of the run it is sent to. */
export interface RunGate {
  readonly state: RunState;
  readonly wakeAt: number | null;
}

/** Table `run`. */
export class Runs {
  readonly #db: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #newest: StatementSync;
  readonly #byGeneration: StatementSync;
  readonly #gate: StatementSync;
  readonly #wake: StatementSync;
  readonly #unpause: StatementSync;
  readonly #countClaimable: StatementSync;
  readonly #countPaused: StatementSync;
  /** Statements whose text depends on which fields a change or a filter has. */
  readonly #composed = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#insert = db.prepare(
      `insert into run (${runColumns})
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, ?, null, ?, null)`,
    );
    this.#byNumber = db.prepare(`select ${runColumns} from run where number = ?`);
    this.#newest = db.prepare(`select ${runColumns} from run where id = ? order by generation desc limit 1`);
    this.#byGeneration = db.prepare(`select ${runColumns} from run where id = ? and generation = ?`);
    this.#gate = db.prepare('select state, wake_at from run where number = ?');
    this.#wake = db.prepare('update run set wake_at = 0 where number = ?');
    // The owner of a paused run may be long gone and no longer looked under by claims: then the run goes back to nobody.
    this.#unpause = db.prepare(
      `update run set state = 'waiting', wake_at = 0, updated_at = ?,
         owner = case when exists (select 1 from worker w where w.number = run.owner and w.state = 'alive') then owner else 0 end
       where number = ?`,
    );
    this.#countClaimable = db.prepare(
      `select state, count(*) as count from run indexed by run_claimable
       where wake_at is not null and state <> 'paused' group by state`,
    );
    this.#countPaused = db.prepare("select count(*) as count from run where state = 'paused'");
  }

  /** Inserts a run and returns its record; nothing is read back. */
  insert(start: RunStart, number: RunNumber, generation: number): RunRecord {
    const run = runFromStart(start, number, generation);
    this.#insert.run(
      run.number,
      run.id,
      run.generation,
      run.kind,
      run.definition,
      run.version,
      run.state,
      run.owner,
      run.wakeAt,
      run.deadlineAt,
      run.parent?.run ?? null,
      run.parent?.operation ?? null,
      run.createdAt,
      run.startedAt,
      run.updatedAt,
      run.seed,
      run.input,
    );
    return run;
  }

  byNumber(number: RunNumber): RunRecord | null {
    return recordOf(this.#byNumber.get(number));
  }

  byId(id: string, generation?: number): RunRecord | null {
    return recordOf(generation === undefined ? this.#newest.get(id) : this.#byGeneration.get(id, generation));
  }

  /** State and wake-up time of a run; null if there is none. */
  gate(number: RunNumber): RunGate | null {
    const row = this.#gate.get(number) as { state: RunState; wake_at: number | null } | undefined;
    return row === undefined ? null : { state: row.state, wakeAt: row.wake_at };
  }

  /** Makes an open run claimable at once. */
  wake(number: RunNumber): void {
    this.#wake.run(number);
  }

  /** Puts a paused run back to `waiting`, claimable at once. */
  unpause(number: RunNumber, at: number): void {
    this.#unpause.run(at, number);
  }

  /**
   * Applies a change to an open run. For a change that does not end it, the inbox is looked at in the same statement, so
   * that a message accepted since `seenMessage` keeps the run awake (S5).
   */
  change(change: RunChange): void {
    const ends = isFinal(change.state);
    const parameters: SQLInputValue[] = [];
    let assignments: string;
    if (ends) {
      assignments = 'state = ?, owner = ?, updated_at = ?, ended_at = ?, wake_at = null';
      parameters.push(change.state, change.owner, change.at, change.at);
    } else {
      const state =
        change.state === 'paused'
          ? `case when ${unseen("and kind in ('resume', 'cancel')")} then 'waiting' else ? end`
          : '?';
      assignments = `state = ${state}, owner = ?, updated_at = ?, wake_at = case when ${unseen('')} then 0 else ? end`;
      if (change.state === 'paused') parameters.push(change.run, change.seenMessage);
      parameters.push(change.state, change.owner, change.at, change.run, change.seenMessage, change.wakeAt);
    }
    if (change.result !== undefined) {
      assignments += ', result = ?';
      parameters.push(change.result);
    }
    if (change.status !== undefined) {
      assignments += ', status = ?';
      parameters.push(change.status);
    }
    parameters.push(change.run);
    const statement = this.#compose(`update run set ${assignments} where number = ? and ended_at is null`);
    const { changes } = statement.run(...parameters);
    assert(
      changes === 1,
      `Run ${change.run} cannot become ${change.state}: there is no open run of this number.`,
    );
  }

  /** Newest first. */
  list(filter: RunFilter): readonly RunRecord[] {
    const conditions: string[] = [];
    const parameters: SQLInputValue[] = [];
    const add = (condition: string, ...values: SQLInputValue[]): void => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (filter.states !== undefined) conditions.push(stateCondition(filter.states));
    if (filter.definition !== undefined) add('definition = ?', filter.definition);
    if (filter.idPrefix !== undefined && filter.idPrefix !== '') {
      add('id >= ? and id < ?', filter.idPrefix, filter.idPrefix + lastCharacter);
    }
    if (filter.parent !== undefined) add('parent_run = ?', filter.parent);
    if (filter.before !== undefined) add('number < ?', filter.before);
    const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
    const statement = this.#compose(`select ${runColumns} from run ${where} order by number desc limit ?`);
    const rows = statement.all(...parameters, filter.limit ?? limitDefault);
    return (rows as unknown as RunRow[]).map(runFromRow);
  }

  /** Runs per open state: read from two partial indexes that hold nothing else. */
  countOpen(): ReadonlyMap<RunState, number> {
    const counts = new Map<RunState, number>();
    for (const row of this.#countClaimable.all()) counts.set(row['state'] as RunState, Number(row['count']));
    counts.set('paused', Number(this.#countPaused.get()?.['count']));
    return counts;
  }

  #compose(sql: string): StatementSync {
    const known = this.#composed.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#composed.set(sql, statement);
    return statement;
  }
}

function recordOf(row: unknown): RunRecord | null {
  return row === undefined ? null : runFromRow(row as RunRow);
}

/** Whether the inbox of the run (first parameter) holds a message newer than the second. */
function unseen(further: string): string {
  return `exists (select 1 from inbox where run = ? and id > ? ${further})`;
}

/** Spells the states out, since SQLite uses a partial index only for constants it can compare with the index's own. */
function stateCondition(states: readonly RunState[]): string {
  const known = runStates.filter((state) => states.includes(state));
  const only = known[0];
  if (only !== undefined && known.length === 1) return `state = '${only}'`;
  const names = known.map((state) => `'${state}'`).join(', ');
  const isTrouble = known.every((state) => troubleStates.has(state));
  const index = isTrouble ? "(state = 'paused' or state = 'failed' or state = 'canceled') and " : '';
  return `${index}state in (${names})`;
}
