/**
 * Tables `pool` and `slot`: who holds how many slots, and who waits for them. See `engine/model/slot.ts` for who comes first.
 *
 * What a pool has given away and how many wait is counted in its row, so that a change reads one row of `pool` and, if
 * somebody waits, the front of one line through the index `slot_waiting`: its cost depends neither on other pools nor on how
 * many hold. All writing methods are called inside a write transaction.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type {
  PoolFilter,
  PoolLimit,
  PoolRecord,
  RunNumber,
  SlotFilter,
  SlotOutcome,
  SlotRecord,
  SlotRequest,
} from '../../engine/index.ts';
import { poolFromRow, slotColumns, slotFromRow, type PoolRow, type SlotRow } from '../rows.ts';
import type { Counters } from './counters.ts';

/** How many pools or requests a list holds when the caller does not say. */
const limitDefault = 100;
/** Greater than every character a name can go on with. */
const lastCharacter = '\u{10FFFF}';

/** A request that was just granted. */
export interface Grant {
  readonly run: RunNumber;
  readonly key: string;
}

interface Waiter extends Grant {
  readonly slots: number;
  readonly max_slots: number;
}

/** Pools and their slots; see the top of the file. */
export class Slots {
  readonly #counters: Counters;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #hasBetterClaim: StatementSync;
  readonly #first: StatementSync;
  readonly #grantOne: StatementSync;
  readonly #delete: StatementSync;
  readonly #ofRun: StatementSync;
  readonly #deleteRun: StatementSync;
  readonly #runsWithSlots: StatementSync;
  readonly #pool: StatementSync;
  readonly #putPool: StatementSync;
  readonly #deletePool: StatementSync;
  readonly #poolsFrom: StatementSync;
  readonly #poolsAfter: StatementSync;
  readonly #holders: StatementSync;
  readonly #line: StatementSync;

  constructor(db: DatabaseSync, counters: Counters) {
    this.#counters = counters;
    this.#find = db.prepare('select pool, slots, granted_at from slot where run = ? and key = ?');
    this.#insert = db.prepare(
      `insert into slot (${slotColumns}, arrival) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    // A request that the limit can never allow holds nobody up.
    const canEverFit = 'slots <= ifnull(?, max_slots)';
    this.#hasBetterClaim = db.prepare(
      `select 1 from slot where pool = ? and granted_at is null and priority >= ? and ${canEverFit} limit 1`,
    );
    this.#first = db.prepare(
      `select run, key, slots, max_slots from slot where pool = ? and granted_at is null and ${canEverFit}
       order by priority desc, arrival limit 1`,
    );
    this.#grantOne = db.prepare('update slot set granted_at = ? where run = ? and key = ?');
    // Read, then delete: `returning` would fill a table of its own each time, which costs more than both.
    this.#delete = db.prepare('delete from slot where run = ? and key = ?');
    this.#ofRun = db.prepare('select pool, slots, granted_at from slot where run = ?');
    this.#deleteRun = db.prepare('delete from slot where run = ?');
    this.#runsWithSlots = db.prepare(
      'select value as run from json_each(?) where exists (select 1 from slot where run = value)',
    );
    this.#pool = db.prepare('select name, max_slots, granted, waiting from pool where name = ?');
    this.#putPool = db.prepare(
      'insert or replace into pool (name, max_slots, granted, waiting) values (?, ?, ?, ?)',
    );
    this.#deletePool = db.prepare('delete from pool where name = ?');
    const pools = 'select name, max_slots, granted, waiting from pool';
    this.#poolsFrom = db.prepare(`${pools} where name >= ? and name < ? order by name limit ?`);
    this.#poolsAfter = db.prepare(`${pools} where name > ? and name < ? order by name limit ?`);
    const slots = `select ${slotColumns} from slot where pool = ? and granted_at is`;
    this.#holders = db.prepare(`${slots} not null order by arrival limit ?`);
    this.#line = db.prepare(`${slots} null order by priority desc, arrival limit ?`);
  }

  /** The run must be open. */
  request(change: SlotRequest): SlotOutcome {
    const { run, key, slots, priority, at } = change;
    const known = this.#find.get(run, key);
    if (known !== undefined) return known['granted_at'] === null ? 'queued' : 'granted';
    const pool = this.#poolOf(change.pool);
    const isGranted =
      pool.granted + slots <= (pool.limit ?? change.limit) &&
      (pool.waiting === 0 || this.#hasBetterClaim.get(change.pool, priority, pool.limit) === undefined);
    const row = [change.pool, run, key, slots, priority, change.limit, at, isGranted ? at : null];
    this.#insert.run(...row, this.#counters.next('slot'));
    this.#keep(
      isGranted ? { ...pool, granted: pool.granted + slots } : { ...pool, waiting: pool.waiting + 1 },
    );
    return isGranted ? 'granted' : 'queued';
  }

  /** Returns the requests that are granted because of it. */
  release(run: RunNumber, key: string, at: number): readonly Grant[] {
    const row = this.#find.get(run, key);
    if (row === undefined) return [];
    this.#delete.run(run, key);
    return this.#gaveBack([row], at);
  }

  /** Those of the runs that hold slots or wait for some. */
  runsWithSlots(runsJson: string): ReadonlySet<RunNumber> {
    return new Set(this.#runsWithSlots.all(runsJson).map((row) => Number(row['run'])));
  }

  /** Gives back everything of a run. Returns the requests that are granted because of it. */
  releaseRun(run: RunNumber, at: number): readonly Grant[] {
    const rows = this.#ofRun.all(run);
    this.#deleteRun.run(run);
    return this.#gaveBack(rows, at);
  }

  /** Returns the requests that are granted because of it. */
  setLimit(change: PoolLimit): readonly Grant[] {
    return this.#serve({ ...this.#poolOf(change.pool), limit: change.limit }, change.at);
  }

  listPools(filter: PoolFilter): readonly PoolRecord[] {
    const { prefix = '', after, limit = limitDefault } = filter;
    const isAfterStart = after !== undefined && Buffer.compare(Buffer.from(after), Buffer.from(prefix)) >= 0;
    const bounds: SQLInputValue[] = [isAfterStart ? after : prefix, prefix + lastCharacter, limit];
    const rows = (isAfterStart ? this.#poolsAfter : this.#poolsFrom).all(...bounds);
    return (rows as unknown as PoolRow[]).map(poolFromRow);
  }

  list(filter: SlotFilter): readonly SlotRecord[] {
    const limit = filter.limit ?? limitDefault;
    const holders = this.#holders.all(filter.pool, limit);
    const waiters = this.#line.all(filter.pool, limit - holders.length);
    return ([...holders, ...waiters] as unknown as SlotRow[]).map(slotFromRow);
  }

  #gaveBack(rows: readonly object[], at: number): readonly Grant[] {
    const pools = new Map<string, PoolRecord>();
    for (const row of rows as readonly Pick<SlotRow, 'pool' | 'slots' | 'granted_at'>[]) {
      const pool = pools.get(row.pool) ?? this.#poolOf(row.pool);
      const wasWaiting = row.granted_at === null;
      const granted = wasWaiting ? pool.granted : pool.granted - row.slots;
      pools.set(row.pool, { ...pool, granted, waiting: wasWaiting ? pool.waiting - 1 : pool.waiting });
    }
    const names = [...pools.keys()].toSorted((one, other) =>
      Buffer.compare(Buffer.from(one), Buffer.from(other)),
    );
    return names.flatMap((name) => this.#serve(pools.get(name) ?? this.#poolOf(name), at));
  }

  /** Grants from the front of the line as long as it fits, and writes the pool's row. */
  #serve(pool: PoolRecord, at: number): readonly Grant[] {
    const grants: Grant[] = [];
    let { granted, waiting } = pool;
    while (waiting > 0 && (pool.limit === null || granted < pool.limit)) {
      const first = this.#first.get(pool.pool, pool.limit) as Waiter | undefined;
      if (first === undefined || granted + first.slots > (pool.limit ?? first.max_slots)) break;
      this.#grantOne.run(at, first.run, first.key);
      grants.push({ run: first.run, key: first.key });
      granted += first.slots;
      waiting -= 1;
    }
    this.#keep({ ...pool, granted, waiting });
    return grants;
  }

  #poolOf(name: string): PoolRecord {
    const row = this.#pool.get(name) as PoolRow | undefined;
    return row === undefined ? { pool: name, limit: null, granted: 0, waiting: 0 } : poolFromRow(row);
  }

  /** A pool of which nothing is left to say leaves no row: there may be one per customer or file. */
  #keep({ pool, limit, granted, waiting }: PoolRecord): void {
    if (limit === null && granted === 0 && waiting === 0) this.#deletePool.run(pool);
    else this.#putPool.run(pool, limit, granted, waiting);
  }
}
