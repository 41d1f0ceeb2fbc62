import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FinalState } from '../../engine/index.ts';

/** The sequences that give out numbers. */
export type SequenceName = 'run' | 'message' | 'cell' | 'slot' | 'wait';

/**
 * Sequences and counts, read and written once per transaction however many rows it inserts. All methods are called
 * inside a write transaction, which is what makes the numbers unique across processes.
 */
export class Counters {
  readonly #select: StatementSync;
  readonly #update: StatementSync;
  readonly #last = new Map<SequenceName, number>();
  readonly #changes = new Map<SequenceName | FinalState, number>();

  constructor(db: DatabaseSync) {
    this.#select = db.prepare('select value from counter where name = ?');
    this.#update = db.prepare('update counter set value = value + ? where name = ?');
  }

  /** Forgets what an earlier transaction read; to be called first in each. */
  begin(): void {
    this.#last.clear();
    this.#changes.clear();
  }

  /** The next number of a sequence; never given out again. */
  next(name: SequenceName): number {
    const number = (this.#last.get(name) ?? this.value(name)) + 1;
    this.#last.set(name, number);
    this.add(name, 1);
    return number;
  }

  /** Counts runs that reached (or, pruned, left) a final state. */
  add(name: SequenceName | FinalState, difference: number): void {
    this.#changes.set(name, (this.#changes.get(name) ?? 0) + difference);
  }

  /** The value on disk. */
  value(name: SequenceName | FinalState): number {
    return Number(this.#select.get(name)?.['value']);
  }

  /** Writes what changed; to be called last in the transaction. */
  flush(): void {
    for (const [name, difference] of this.#changes) this.#update.run(difference, name);
  }
}
