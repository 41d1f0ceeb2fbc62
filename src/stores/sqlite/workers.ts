import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TuttiError } from '../../base/tutti-error.ts';
import type { WorkerNumber, WorkerRecord, WorkerRegistration } from '../../engine/index.ts';
import { workerFromRow, type WorkerRow } from '../rows.ts';

/** Table `worker`: registrations, leases, and the fence. */
export class Workers {
  readonly #insert: StatementSync;
  readonly #state: StatementSync;
  readonly #renew: StatementSync;
  readonly #expired: StatementSync;
  readonly #declareDead: StatementSync;
  readonly #retire: StatementSync;
  readonly #list: StatementSync;
  readonly #unreleased: StatementSync;
  readonly #release: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(
      "insert into worker (name, state, started_at, lease_until, definitions) values (?, 'alive', ?, ?, ?)",
    );
    this.#state = db.prepare('select state from worker where number = ?');
    this.#renew = db.prepare("update worker set lease_until = ? where number = ? and state = 'alive'");
    this.#expired = db.prepare("select 1 from worker where state = 'alive' and lease_until < ? limit 1");
    this.#declareDead = db.prepare(
      "update worker set state = 'dead' where state = 'alive' and lease_until < ? returning number",
    );
    this.#retire = db.prepare("update worker set state = 'stopped' where number = ? and state = 'alive'");
    this.#list = db.prepare(
      'select number, name, state, started_at, lease_until, definitions from worker order by number',
    );
    this.#unreleased = db.prepare(
      "select number from worker where (state = 'dead' or state = 'stopped') and released = 0 order by number",
    );
    this.#release = db.prepare('update worker set released = 1 where number = ?');
  }

  register(registration: WorkerRegistration): WorkerNumber {
    const { name, now, leaseUntil, definitions } = registration;
    return Number(this.#insert.run(name, now, leaseUntil, JSON.stringify(definitions)).lastInsertRowid);
  }

  isAlive(worker: WorkerNumber): boolean {
    return this.#state.get(worker)?.['state'] === 'alive';
  }

  /** The fence: @throws TUTTI_OWNER_LOST when the worker may no longer write. */
  assertAlive(worker: WorkerNumber): void {
    const state = this.#state.get(worker)?.['state'];
    if (state === 'alive') return;
    throw new TuttiError(
      'TUTTI_OWNER_LOST',
      `Worker ${worker} may not write: expected state alive, got ${String(state ?? 'no such worker')}.`,
      { details: { worker } },
    );
  }

  /** False when the worker is no longer alive. */
  renewLease(worker: WorkerNumber, leaseUntil: number): boolean {
    return this.#renew.run(leaseUntil, worker).changes === 1;
  }

  /** Whether `declareDead` would find anyone; a read, so that the usual "nobody" costs no write. */
  hasExpired(now: number): boolean {
    return this.#expired.get(now) !== undefined;
  }

  declareDead(now: number): readonly WorkerNumber[] {
    return this.#declareDead
      .all(now)
      .map((row) => Number(row['number']))
      .toSorted((a, b) => a - b);
  }

  retire(worker: WorkerNumber): void {
    this.#retire.run(worker);
  }

  list(): readonly WorkerRecord[] {
    return (this.#list.all() as unknown as WorkerRow[]).map(workerFromRow);
  }

  /** Gone workers that claimable runs may still name as their owner. */
  unreleased(): readonly WorkerNumber[] {
    return this.#unreleased.all().map((row) => Number(row['number']));
  }

  /** Notes that no claimable run names this gone worker any more. */
  markReleased(worker: WorkerNumber): void {
    this.#release.run(worker);
  }
}
