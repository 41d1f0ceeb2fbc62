import {
  isFinal,
  neverWakes,
  nobody,
  type RunNumber,
  type RunRecord,
  type WorkerNumber,
} from '../../engine/index.ts';
import type { RunIndex } from './runs.ts';
import { isEarlier, TimeIndex, type TimedNumber } from './time-index.ts';
import type { Workers } from './workers.ts';

/**
 * Which runs may be claimed, and when: unfinished, not paused, without a living owner, and woken by time at some point.
 * They are filed by definition under their `wakeAt`, so that a claim never looks at a run that is still asleep.
 */
export class Claims implements RunIndex {
  readonly #workers: Workers;
  readonly #byDefinition = new Map<string, TimeIndex>();
  readonly #byOwner = new Map<WorkerNumber, Set<RunNumber>>();
  readonly #owners = new Map<RunNumber, WorkerNumber>();

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  refresh(run: RunRecord): void {
    this.#changeOwner(run.number, run.owner === nobody || isFinal(run.state) ? null : run.owner);
    const index = this.#indexOf(run.definition);
    if (this.#isClaimable(run)) index.set(run.number, run.wakeAt ?? neverWakes);
    else index.delete(run.number);
  }

  forget(run: RunRecord): void {
    this.#changeOwner(run.number, null);
    this.#byDefinition.get(run.definition)?.delete(run.number);
  }

  /** The unfinished runs that a worker, dead or alive, was the last to own. */
  ownedBy(worker: WorkerNumber): readonly RunNumber[] {
    return [...(this.#byOwner.get(worker) ?? [])];
  }

  /** The run of these definitions that is due first; undefined when none will ever be by time alone. */
  first(definitions: readonly string[]): TimedNumber | undefined {
    let first: TimedNumber | undefined;
    for (const definition of definitions) {
      const candidate = this.#byDefinition.get(definition)?.first();
      if (candidate === undefined) continue;
      if (first === undefined || isEarlier(candidate, first)) first = candidate;
    }
    return first;
  }

  #isClaimable(run: RunRecord): boolean {
    if (run.wakeAt === null || run.wakeAt === neverWakes || run.state === 'paused') return false;
    return !this.#workers.isAlive(run.owner);
  }

  #indexOf(definition: string): TimeIndex {
    const known = this.#byDefinition.get(definition);
    if (known !== undefined) return known;
    const index = new TimeIndex();
    this.#byDefinition.set(definition, index);
    return index;
  }

  #changeOwner(run: RunNumber, owner: WorkerNumber | null): void {
    const before = this.#owners.get(run) ?? null;
    if (before === owner) return;
    if (before !== null) this.#byOwner.get(before)?.delete(run);
    this.#owners.delete(run);
    if (owner === null) return;
    this.#owners.set(run, owner);
    const owned = this.#byOwner.get(owner);
    if (owned === undefined) this.#byOwner.set(owner, new Set([run]));
    else owned.add(run);
  }
}
