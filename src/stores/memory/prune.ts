import type { PruneRequest, RunNumber, RunRecord } from '../../engine/index.ts';
import type { RunIndex } from './runs.ts';
import { TimeIndex } from './time-index.ts';

/** Finished runs, filed under the time they ended, for pruning. */
export class EndedRuns implements RunIndex {
  readonly #byEnd = new TimeIndex();

  refresh(run: RunRecord): void {
    if (run.endedAt !== null) this.#byEnd.set(run.number, run.endedAt);
  }

  forget(run: RunRecord): void {
    this.#byEnd.delete(run.number);
  }

  /** Takes the runs to be pruned out of the index, oldest end first. */
  take(request: PruneRequest): readonly RunNumber[] {
    const taken: RunNumber[] = [];
    while (taken.length < request.runsMax) {
      const first = this.#byEnd.first();
      if (first === undefined || first.time >= request.endedBefore) break;
      this.#byEnd.delete(first.number);
      taken.push(first.number);
    }
    return taken;
  }
}
