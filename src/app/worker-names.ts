import { nobody, type Store, type WorkerNumber } from '../engine/index.ts';

/** Names of workers by number. A number is never used again and its name never changes, so each is read once. */
export class WorkerNames {
  readonly #store: Store;
  readonly #names = new Map<WorkerNumber, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads the names of those that are not known yet. */
  async learn(workers: readonly WorkerNumber[]): Promise<void> {
    if (workers.every((worker) => this.knows(worker))) return;
    for (const { number, name } of await this.#store.listWorkers()) this.#names.set(number, name);
  }

  /** Whether nothing need be read to name it. */
  knows(worker: WorkerNumber): boolean {
    return worker === nobody || this.#names.has(worker);
  }

  /** The name of a worker that was learned; null for nobody. */
  of(worker: WorkerNumber): string | null {
    return this.#names.get(worker) ?? null;
  }
}
