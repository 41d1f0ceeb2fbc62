import type { JournalAppend, JournalEntry, JournalFork, RunNumber } from '../../engine/index.ts';
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

  /** Gives a new run those entries of another one that the fork does not leave out. */
  fork({ run, drop }: JournalFork, target: RunNumber): void {
    const dropped = new Set(drop);
    const kept = (this.#byRun.get(run) ?? []).filter((entry) => !dropped.has(entry.seq));
    this.#byRun.set(
      target,
      kept.map((entry, seq) => ({ ...copyEntry(entry), seq })),
    );
  }

  read(run: RunNumber, from: number, limit: number): readonly JournalEntry[] {
    return this.#byRun.get(run)?.slice(from, from + limit) ?? [];
  }

  readEnd(run: RunNumber, limit: number): readonly JournalEntry[] {
    return this.read(run, Math.max(0, this.length(run) - limit), limit);
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
