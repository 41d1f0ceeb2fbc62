/** What a benchmark says of itself, and what it found. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One measured figure, and the bare loop's for the same work: no engine, only what the disk and SQLite must do for it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Null where nothing bare does the same. */
  readonly floor: number | null;
}

/** A benchmark; `measure` gives one figure or several. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly measure: () => Promise<readonly Figure[]>;
}

/** The figure in the middle; absolute ones drift on shared machines, so every bench repeats and takes this. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** How long the work took. Milliseconds. */
export async function millisecondsOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Runs the work in a directory that is gone afterwards. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The value of `--name=value` on the command line, else the default. */
export function option(name: string, byDefault: number): number {
  const prefix = `--${name}=`;
  const given = process.argv.find((word) => word.startsWith(prefix));
  return given === undefined ? byDefault : Number(given.slice(prefix.length));
}
