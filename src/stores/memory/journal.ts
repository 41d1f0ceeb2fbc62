import type { JournalAppend, JournalEntry, RunNumber } from '../../engine/index.ts';
import { copyEntry } from './copies.ts';

/** The journals of all runs: per run an array in which an entry lies at its own position. */
export class Journals {
  readonly #byRun = new Map<RunNumber, JournalEntry[]>();

  length(run: RunNumber): number {
    return this.#byRun.get(run)?.length ?? 0;
  }

  append(entry: JournalAppend): void {
    this.#of(entry.run)[entry.seq] = copyEntry(entry);
  }

  /** Gives a new run the entries of another one at positions below `before`. */
  fork(source: RunNumber, before: number, target: RunNumber): void {
    this.#byRun.set(target, this.read(source, 0, before).map(copyEntry));
  }

  read(run: RunNumber, from: number, limit: number): readonly JournalEntry[] {
    return this.#byRun.get(run)?.slice(from, from + limit) ?? [];
  }

  deleteRun(run: RunNumber): void {
    this.#byRun.delete(run);
  }

  #of(run: RunNumber): JournalEntry[] {
    const known = this.#byRun.get(run);
    if (known !== undefined) return known;
    const entries: JournalEntry[] = [];
    this.#byRun.set(run, entries);
    return entries;
  }
}
