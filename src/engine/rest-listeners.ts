import type { RunNumber, RunRecord } from './model/run.ts';

/** Told the row of a run that ended here, or null when the run must be looked at: it paused, or something happened elsewhere. */
export type RestListener = (ended: RunRecord | null) => void;

/** Who wants to know that a run came to rest. By run: a thousand callers may wait for a thousand runs. */
export class RestListeners {
  readonly #byRun = new Map<RunNumber, Set<RestListener>>();
  #told = 0;

  /** Grows with everything that is told, so that a reader can tell whether it missed something before it listened. */
  get told(): number {
    return this.#told;
  }

  /** Returns how to stop listening. */
  add(run: RunNumber, listener: RestListener): () => void {
    const known = this.#byRun.get(run);
    if (known === undefined) this.#byRun.set(run, new Set([listener]));
    else known.add(listener);
    return () => {
      const listeners = this.#byRun.get(run);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#byRun.delete(run);
    };
  }

  /** This run ended (then with its row, as it is on disk) or paused. */
  tell(run: RunNumber, ended: RunRecord | null): void {
    this.#told += 1;
    const listeners = this.#byRun.get(run);
    if (listeners !== undefined) for (const listener of listeners) listener(ended);
  }

  /** Something happened elsewhere that may concern any run. */
  tellAll(): void {
    for (const run of this.#byRun.keys()) this.tell(run, null);
  }
}
