import type { RunNumber } from './model/run.ts';

/** Who wants to know that a run came to rest. By run: a thousand callers may wait for a thousand runs. */
export class RestListeners {
  readonly #byRun = new Map<RunNumber, Set<() => void>>();

  /** Returns how to stop listening. */
  add(run: RunNumber, listener: () => void): () => void {
    const known = this.#byRun.get(run);
    if (known === undefined) this.#byRun.set(run, new Set([listener]));
    else known.add(listener);
    return () => {
      const listeners = this.#byRun.get(run);
      listeners?.delete(listener);
      if (listeners?.size === 0) this.#byRun.delete(run);
    };
  }

  /** This run ended or paused. */
  tell(run: RunNumber): void {
    const listeners = this.#byRun.get(run);
    if (listeners !== undefined) for (const listener of listeners) listener();
  }

  /** Something happened elsewhere that may concern any run. */
  tellAll(): void {
    for (const run of this.#byRun.keys()) this.tell(run);
  }
}
