import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { TuttiError } from '../../base/tutti-error.ts';
import type { WorkerNumber, WorkerRecord, WorkerRegistration } from '../../engine/index.ts';
import { workerFromRow, type WorkerRow } from '../rows.ts';
import type { ProcessTable } from './process-table.ts';

interface LivingRow {
  readonly number: WorkerNumber;
  readonly lease_until: number;
  readonly process: string | null;
}

/** Table `worker`: registrations, leases, and the fence. */
export class Workers {
  readonly #processes: ProcessTable;
  readonly #insert: StatementSync;
  readonly #state: StatementSync;
  readonly #renew: StatementSync;
  readonly #alive: StatementSync;
  readonly #declareDead: StatementSync;
  readonly #retire: StatementSync;
  readonly #list: StatementSync;
  readonly #unreleased: StatementSync;
  readonly #release: StatementSync;

  constructor(db: DatabaseSync, processes: ProcessTable) {
    this.#processes = processes;
    this.#insert = db.prepare(
      "insert into worker (name, state, started_at, lease_until, definitions, process) values (?, 'alive', ?, ?, ?, ?)",
    );
    this.#state = db.prepare('select state from worker where number = ?');
    this.#renew = db.prepare("update worker set lease_until = ? where number = ? and state = 'alive'");
    this.#alive = db.prepare("select number, lease_until, process from worker where state = 'alive'");
    this.#declareDead = db.prepare("update worker set state = 'dead' where number = ? and state = 'alive'");
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
    const { self } = this.#processes;
    const inserted = this.#insert.run(name, now, leaseUntil, JSON.stringify(definitions), self);
    return Number(inserted.lastInsertRowid);
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

  /** Living workers whose lease has ended or whose process is gone. A read, so that the usual "nobody" costs no write. */
  findDead(now: number): readonly WorkerNumber[] {
    const alive = this.#alive.all() as unknown as readonly LivingRow[];
    return alive.filter((row) => this.#isDead(row, now)).map((row) => row.number);
  }

  /** Declares these dead, unless they said goodbye meanwhile. Returns the numbers of those it declared. */
  declareDead(workers: readonly WorkerNumber[]): readonly WorkerNumber[] {
    return workers.filter((worker) => this.#declareDead.run(worker).changes === 1);
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

  #isDead(row: LivingRow, now: number): boolean {
    return row.lease_until < now || (row.process !== null && this.#processes.isGone(row.process));
  }
}
