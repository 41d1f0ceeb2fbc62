import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { TuttiError } from '../../base/tutti-error.ts';
import {
  isFinal,
  nobody,
  runStates,
  type FinalState,
  type ParentLink,
  type RunChange,
  type RunFilter,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type RunState,
  type WorkerNumber,
} from '../../engine/index.ts';
import { runColumns, runFromRow, runFromStart, type RunRow } from '../rows.ts';

/** How many runs a list holds when the caller does not say. */
const limitDefault = 100;
/** Greater than every character an id can go on with. */
const lastCharacter = '\u{10FFFF}';
/** States with an index of their own. */
const troubleStates: ReadonlySet<RunState> = new Set(['paused', 'failed', 'canceled']);

/** Of the run at hand, in an update. */
const ownerIsAlive = "exists (select 1 from worker w where w.number = run.owner and w.state = 'alive')";
/**
 * The owner of a run that slept may be long gone, and claims no longer look under a gone worker once it is `released`:
 * whatever makes a run claimable gives it back to nobody.
 */
const ownerIfAlive = `owner = case when ${ownerIsAlive} then owner else ${nobody} end`;

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
  readonly #child: StatementSync;
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
    // Through the id: a parent may have many children, an id has few generations.
    this.#child = db.prepare(
      `select ${runColumns} from run indexed by run_by_id
       where id = ? and parent_run = ? and parent_operation = ? order by generation limit 1`,
    );
    for (const read of [this.#byNumber, this.#newest, this.#byGeneration, this.#child])
      read.setReturnArrays(true);
    this.#gate = db.prepare('select state, wake_at from run where number = ?');
    this.#wake = db.prepare(`update run set wake_at = 0, ${ownerIfAlive} where number = ?`);
    this.#unpause = db.prepare(
      `update run set state = 'waiting', wake_at = 0, updated_at = ?, ${ownerIfAlive} where number = ?`,
    );
    // One pass without grouping: three times faster than `group by state` over a million sleeping runs.
    this.#countClaimable = db.prepare(
      `select count(*) as every, count(*) filter (where state = 'pending') as pending,
         count(*) filter (where state = 'running') as running
       from run indexed by run_claimable where wake_at is not null and state <> 'paused'`,
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

  /** The generation of this id that the operation of that parent started; null if there is none. */
  childUnderId(id: string, parent: ParentLink): RunRecord | null {
    return recordOf(this.#child.get(id, parent.run, parent.operation));
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
   * Applies a change to an open run that no other living worker owns. For a change that does not end it, the inbox is looked
   * at in the same statement, so that a message accepted since `seenMessage` keeps the run awake (S5).
   *
   * @throws TUTTI_OWNER_LOST when another living worker owns the run; TUTTI_STORE_FAILED when it is not open.
   */
  change(change: RunChange, worker: WorkerNumber): void {
    const parameters: SQLInputValue[] = [];
    let assignments = isFinal(change.state)
      ? composeEnd(change, parameters)
      : composeProgress(change, parameters);
    if (change.result !== undefined) {
      assignments += ', result = ?';
      parameters.push(change.result);
    }
    if (change.status !== undefined) {
      assignments += ', status = ?';
      parameters.push(change.status);
    }
    parameters.push(change.run, worker);
    const update = `update run set ${assignments} where number = ? and ended_at is null and (owner = ? or not ${ownerIsAlive})`;
    if (this.#compose(update).run(...parameters).changes !== 1) throw this.#refusedChange(change, worker);
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
    statement.setReturnArrays(true);
    const rows = statement.all(...parameters, filter.limit ?? limitDefault);
    return (rows as unknown as RunRow[]).map(runFromRow);
  }

  /** Runs per open state: read from two partial indexes that hold nothing else. */
  countOpen(): Readonly<Record<Exclude<RunState, FinalState>, number>> {
    const row = this.#countClaimable.get();
    const pending = Number(row?.['pending']);
    const running = Number(row?.['running']);
    const waiting = Number(row?.['every']) - pending - running;
    return { pending, running, waiting, paused: Number(this.#countPaused.get()?.['count']) };
  }

  #refusedChange(change: RunChange, worker: WorkerNumber): TuttiError {
    const run = this.byNumber(change.run);
    if (run !== null && !isFinal(run.state)) {
      return new TuttiError(
        'TUTTI_OWNER_LOST',
        `Worker ${worker} wrote to run ${run.id}, which belongs to worker ${run.owner}.`,
        { details: { worker, run: run.id } },
      );
    }
    const found = run === null ? 'no run of this number' : `${run.id} is ${run.state}`;
    return new TuttiError(
      'TUTTI_STORE_FAILED',
      `Run number ${change.run} cannot become ${change.state}: expected an open run, got ${found}.`,
    );
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
  return row === undefined ? null : runFromRow(row as unknown as RunRow);
}

function composeEnd(change: RunChange, parameters: SQLInputValue[]): string {
  parameters.push(change.state, change.owner, change.at, change.at);
  return 'state = ?, owner = ?, updated_at = ?, ended_at = ?, wake_at = null';
}

function composeProgress(change: RunChange, parameters: SQLInputValue[]): string {
  const { state, run, seenMessage } = change;
  const isPause = state === 'paused';
  if (isPause) parameters.push(run, seenMessage);
  parameters.push(state, change.owner, change.at, run, seenMessage, change.wakeAt);
  const unseenEndOfPause = unseen("and kind in ('resume', 'cancel')");
  const newState = isPause ? `case when ${unseenEndOfPause} then 'waiting' else ? end` : '?';
  const wakeAt = `case when ${unseen('')} then 0 else ? end`;
  const assignments = `state = ${newState}, owner = ?, updated_at = ?, wake_at = ${wakeAt}`;
  if (state !== 'running') return assignments;
  parameters.push(change.at);
  return `${assignments}, started_at = coalesce(started_at, ?)`;
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
