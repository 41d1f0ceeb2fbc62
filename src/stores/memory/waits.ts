import type { NewWaits, RunNumber, WaitFilter, WaitKey, WaitRecord } from '../../engine/index.ts';
import { copyWait } from './copies.ts';

/** What all runs wait for, by run and by the key of the waiting operation. */
export class Waits {
  readonly #byRun = new Map<RunNumber, Map<string, WaitRecord>>();
  /** By arrival: the waits for events, in the order in which they were stored. */
  readonly #arrivals = new Map<number, WaitKey>();
  /** The arrival of each of them, by run and key. */
  readonly #arrivalOf = new Map<string, number>();
  #lastArrival = 0;

  put(wait: WaitRecord): void {
    this.#forget(wait);
    if (wait.kind === 'event') this.#arrived(wait);
    const known = this.#byRun.get(wait.run);
    if (known === undefined) this.#byRun.set(wait.run, new Map([[wait.key, copyWait(wait)]]));
    else known.set(wait.key, copyWait(wait));
  }

  end(wait: WaitKey): void {
    this.#forget(wait);
    const known = this.#byRun.get(wait.run);
    known?.delete(wait.key);
    if (known?.size === 0) this.#byRun.delete(wait.run);
  }

  has(wait: WaitKey): boolean {
    return this.#byRun.get(wait.run)?.has(wait.key) ?? false;
  }

  newForEvents(after: number, limit: number): NewWaits {
    const found = [...this.#arrivals].filter(([arrival]) => arrival > after).slice(0, limit);
    const waits = found.flatMap(([, { run, key }]) => this.#byRun.get(run)?.get(key) ?? []);
    return { waits, mark: found.at(-1)?.[0] ?? after };
  }

  list(filter: WaitFilter): readonly WaitRecord[] {
    const candidates = filter.run === undefined ? this.#all() : this.#of(filter.run);
    const kept =
      filter.kind === undefined ? candidates : candidates.filter((wait) => wait.kind === filter.kind);
    return kept.toSorted(compareWaits).slice(0, filter.limit ?? Infinity);
  }

  deleteRun(run: RunNumber): void {
    for (const wait of this.#of(run)) this.#forget(wait);
    this.#byRun.delete(run);
  }

  #arrived({ run, key }: WaitKey): void {
    this.#lastArrival += 1;
    this.#arrivals.set(this.#lastArrival, { run, key });
    this.#arrivalOf.set(`${run}/${key}`, this.#lastArrival);
  }

  #forget({ run, key }: WaitKey): void {
    const name = `${run}/${key}`;
    this.#arrivals.delete(this.#arrivalOf.get(name) ?? 0);
    this.#arrivalOf.delete(name);
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
