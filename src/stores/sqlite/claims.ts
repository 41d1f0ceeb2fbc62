/**
 * Who may take which run: claims, the next wake-up, and the release of what gone workers left behind.
 *
 * A run nobody holds and a run of a worker that is no longer alive are found by the same statement, through the index
 * `run_claimable` on (owner, definition, wake_at): one short range per pair of owner and definition, already ordered by
 * time, so that a claim reads as many index entries as it takes runs, however many runs sleep or are held by others.
 *
 * Gone workers would add up to ever more ranges. Each claim therefore also moves a bounded number of their runs to nobody,
 * and a gone worker without claimable runs is marked `released` and not looked at again.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  neverWakes,
  nobody,
  type ClaimRequest,
  type RunNumber,
  type RunRecord,
  type WorkerNumber,
} from '../../engine/index.ts';
import { runColumns, runFromRow, type RunRow } from '../rows.ts';
import type { Workers } from './workers.ts';

/** Runs moved from gone workers to nobody per claim: a few milliseconds. */
const releasesMax = 1000;

interface Candidate {
  readonly number: RunNumber;
  readonly wake_at: number;
}

/** Claims on table `run`. */
export class Claims {
  readonly #workers: Workers;
  readonly #due: StatementSync;
  readonly #earliest: StatementSync;
  readonly #take: StatementSync;
  readonly #free: StatementSync;

  constructor(db: DatabaseSync, workers: Workers) {
    this.#workers = workers;
    const open = `wake_at is not null and wake_at < ${neverWakes} and state <> 'paused'`;
    this.#due = db.prepare(
      `select number, wake_at from run
       where owner = ? and definition = ? and wake_at <= ? and ${open} order by wake_at, number limit ?`,
    );
    this.#earliest = db.prepare(
      `select wake_at from run where owner = ? and definition = ? and ${open} order by wake_at limit 1`,
    );
    this.#take = db.prepare(
      `update run set state = 'running', owner = ?, wake_at = 0, started_at = coalesce(started_at, ?), updated_at = ?
       where number in (select value from json_each(?)) returning ${runColumns}`,
    );
    this.#take.setReturnArrays(true);
    this.#free = db.prepare(
      `update run set owner = ${nobody}
       where number in (select number from run where owner = ? and ${open} limit ?)`,
    );
  }

  /** Whether `take` or `release` would write anything; a read, so that polling costs no write. */
  isWorthwhile(request: ClaimRequest): boolean {
    return this.#workers.unreleased().length > 0 || this.#candidates({ ...request, runsMax: 1 }).length > 0;
  }

  /** Gives due runs to the worker, oldest due first. To be called inside a write transaction, after the fence. */
  take(request: ClaimRequest): readonly RunRecord[] {
    const candidates = this.#candidates(request);
    if (candidates.length === 0) return [];
    const numbers = candidates.map((candidate) => candidate.number);
    const { worker, now } = request;
    const rows = this.#take.all(worker, now, now, JSON.stringify(numbers)) as unknown as RunRow[];
    const taken = new Map(rows.map((row) => [row[0], runFromRow(row)]));
    return numbers.map((number) => taken.get(number)).filter((run) => run !== undefined);
  }

  /** Moves some runs of gone workers to nobody. To be called inside a write transaction. */
  release(): void {
    let budget = releasesMax;
    for (const worker of this.#workers.unreleased()) {
      const freed = Number(this.#free.run(worker, budget).changes);
      if (freed === budget) return;
      this.#workers.markReleased(worker);
      budget -= freed;
    }
  }

  /** The earliest wake-up among claimable runs of these definitions. */
  nextWake(definitions: readonly string[]): number | null {
    let earliest: number | null = null;
    for (const owner of this.#owners()) {
      for (const definition of definitions) {
        const row = this.#earliest.get(owner, definition) as { wake_at: number } | undefined;
        if (row !== undefined && (earliest === null || row.wake_at < earliest)) earliest = row.wake_at;
      }
    }
    return earliest;
  }

  #candidates(request: ClaimRequest): readonly Candidate[] {
    const found: Candidate[] = [];
    for (const owner of this.#owners()) {
      for (const definition of new Set(request.definitions)) {
        const due = this.#due.all(owner, definition, request.now, request.runsMax);
        found.push(...(due as unknown as Candidate[]));
      }
    }
    found.sort((a, b) => a.wake_at - b.wake_at || a.number - b.number);
    return found.slice(0, request.runsMax);
  }

  #owners(): readonly WorkerNumber[] {
    return [nobody, ...this.#workers.unreleased()];
  }
}
