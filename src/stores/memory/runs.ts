import { assert } from '../../base/assert.ts';
import {
  runStates,
  type RunFilter,
  type RunNumber,
  type RunRecord,
  type RunState,
} from '../../engine/index.ts';

/** Something that files runs by what it needs to find them by, and is told of every change. */
export interface RunIndex {
  /** The run is new, or its row has changed. */
  refresh(run: RunRecord): void;
  /** The run's row is gone. */
  forget(run: RunRecord): void;
}

const listLimitDefault = 100;

/** The rows of all runs. A row is never changed in place: a change puts another row in its stead. */
export class Runs {
  readonly #indexes: readonly RunIndex[];
  readonly #byNumber = new Map<RunNumber, RunRecord>();
  /** The numbers of all generations under an id, oldest first. */
  readonly #byId = new Map<string, RunNumber[]>();
  #lastNumber: RunNumber = 0;

  constructor(indexes: readonly RunIndex[]) {
    this.#indexes = indexes;
  }

  /** The number the next new run gets; numbers of pruned runs are not given again. */
  get nextNumber(): RunNumber {
    return this.#lastNumber + 1;
  }

  insert(run: RunRecord): void {
    assert(
      run.number === this.nextNumber,
      `Run number ${run.number} is not the next one, ${this.nextNumber}.`,
    );
    this.#lastNumber = run.number;
    const generations = this.#byId.get(run.id);
    if (generations === undefined) this.#byId.set(run.id, [run.number]);
    else generations.push(run.number);
    this.#put(run);
  }

  replace(run: RunRecord): void {
    assert(this.#byNumber.has(run.number), `Run number ${run.number} is to be changed and does not exist.`);
    this.#put(run);
  }

  delete(run: RunRecord): void {
    this.#byNumber.delete(run.number);
    const left = (this.#byId.get(run.id) ?? []).filter((number) => number !== run.number);
    if (left.length === 0) this.#byId.delete(run.id);
    else this.#byId.set(run.id, left);
    for (const index of this.#indexes) index.forget(run);
  }

  get(number: RunNumber): RunRecord | undefined {
    return this.#byNumber.get(number);
  }

  /** All generations under an id, oldest first. */
  generations(id: string): readonly RunRecord[] {
    const numbers = this.#byId.get(id) ?? [];
    return numbers.map((number) => this.existing(number));
  }

  /** The run of this number, which the caller knows to exist. */
  existing(number: RunNumber): RunRecord {
    const run = this.#byNumber.get(number);
    assert(run !== undefined, `Run number ${number} should exist and does not.`);
    return run;
  }

  /** Newest first. Walks down the numbers, so that a page costs what lies between its first and last row. */
  list(filter: RunFilter): readonly RunRecord[] {
    const limit = filter.limit ?? listLimitDefault;
    const found: RunRecord[] = [];
    const start = Math.min(filter.before ?? Infinity, this.nextNumber) - 1;
    for (let number = start; number > 0 && found.length < limit; number -= 1) {
      const run = this.#byNumber.get(number);
      if (run !== undefined && fits(run, filter)) found.push(run);
    }
    return found;
  }

  count(): Record<RunState, number> {
    const counts = Object.fromEntries(runStates.map((state) => [state, 0])) as Record<RunState, number>;
    for (const run of this.#byNumber.values()) counts[run.state] += 1;
    return counts;
  }

  #put(run: RunRecord): void {
    this.#byNumber.set(run.number, run);
    for (const index of this.#indexes) index.refresh(run);
  }
}

function fits(run: RunRecord, filter: RunFilter): boolean {
  return (
    (filter.states === undefined || filter.states.includes(run.state)) &&
    (filter.definition === undefined || run.definition === filter.definition) &&
    (filter.idPrefix === undefined || run.id.startsWith(filter.idPrefix)) &&
    (filter.parent === undefined || run.parent?.run === filter.parent)
  );
}
