import type { WorkerNumber, WorkerRecord, WorkerRegistration } from '../../engine/index.ts';

/** The registrations of all workers that ever were. A row is never changed in place. */
export class Workers {
  readonly #byNumber = new Map<WorkerNumber, WorkerRecord>();

  register(registration: WorkerRegistration): WorkerNumber {
    const number = this.#byNumber.size + 1;
    this.#byNumber.set(number, {
      number,
      name: registration.name,
      state: 'alive',
      startedAt: registration.now,
      leaseUntil: registration.leaseUntil,
      definitions: [...registration.definitions],
    });
    return number;
  }

  isAlive(number: WorkerNumber): boolean {
    return this.#byNumber.get(number)?.state === 'alive';
  }

  /** Whether the worker was alive to have its lease extended. */
  renew(number: WorkerNumber, leaseUntil: number): boolean {
    return this.#changeAlive(number, { leaseUntil });
  }

  /** Whether the worker was alive until now; a dead one stays dead. */
  retire(number: WorkerNumber): boolean {
    return this.#changeAlive(number, { state: 'stopped' });
  }

  /** Declares dead whose lease ended before `now`, and returns them in the order they registered. */
  declareDead(now: number): readonly WorkerNumber[] {
    const late = this.list().filter((worker) => worker.state === 'alive' && worker.leaseUntil < now);
    for (const worker of late) this.#changeAlive(worker.number, { state: 'dead' });
    return late.map((worker) => worker.number);
  }

  /** In the order they registered. */
  list(): readonly WorkerRecord[] {
    return [...this.#byNumber.values()];
  }

  #changeAlive(number: WorkerNumber, change: Partial<Pick<WorkerRecord, 'state' | 'leaseUntil'>>): boolean {
    const worker = this.#byNumber.get(number);
    if (worker?.state !== 'alive') return false;
    this.#byNumber.set(number, { ...worker, ...change });
    return true;
  }
}
