import type { RunNumber, WaitFilter, WaitKey, WaitRecord } from '../../engine/index.ts';
import { copyWait } from './copies.ts';

/** What all runs wait for, by run and by the key of the waiting operation. */
export class Waits {
  readonly #byRun = new Map<RunNumber, Map<string, WaitRecord>>();

  put(wait: WaitRecord): void {
    const known = this.#byRun.get(wait.run);
    if (known === undefined) this.#byRun.set(wait.run, new Map([[wait.key, copyWait(wait)]]));
    else known.set(wait.key, copyWait(wait));
  }

  end(wait: WaitKey): void {
    const known = this.#byRun.get(wait.run);
    known?.delete(wait.key);
    if (known?.size === 0) this.#byRun.delete(wait.run);
  }

  has(wait: WaitKey): boolean {
    return this.#byRun.get(wait.run)?.has(wait.key) ?? false;
  }

  list(filter: WaitFilter): readonly WaitRecord[] {
    const candidates = filter.run === undefined ? this.#all() : this.#of(filter.run);
    const kept =
      filter.kind === undefined ? candidates : candidates.filter((wait) => wait.kind === filter.kind);
    return kept.toSorted(compareWaits).slice(0, filter.limit ?? Infinity);
  }

  deleteRun(run: RunNumber): void {
    this.#byRun.delete(run);
  }

  #of(run: RunNumber): WaitRecord[] {
    return [...(this.#byRun.get(run)?.values() ?? [])];
  }

  #all(): WaitRecord[] {
    return [...this.#byRun.values()].flatMap((waits) => [...waits.values()]);
  }
}

function compareWaits(one: WaitRecord, other: WaitRecord): number {
  if (one.since !== other.since) return one.since - other.since;
  if (one.run !== other.run) return one.run - other.run;
  return one.key < other.key ? -1 : Number(one.key > other.key);
}
