/** What the waits for facts of one execution of a run's code were given; kept by the code itself. */
import type { RunNumber } from '../../src/engine/index.ts';
import type { PublishedEvent } from '../../src/index.ts';

/** What one wait was given. */
export interface Heard {
  readonly number: RunNumber;
  /** Of the operation. */
  readonly name: string;
  readonly word: string;
  /** By partition: the highest offset that waits for the same word had been given when this one began. */
  readonly behind: ReadonlyMap<number, number>;
  readonly place: { readonly partition: number; readonly offset: number };
}

export class Hearing {
  readonly #number: RunNumber;
  readonly #tell: (heard: Heard) => void;
  readonly #behind = new Map<string, ReadonlyMap<number, number>>();

  /** `tell` is told of everything that was heard, also by code that runs again over its journal. */
  constructor(number: RunNumber, tell: (heard: Heard) => void) {
    this.#number = number;
    this.#tell = tell;
  }

  /** A wait for the word begins; the result is to be called with what it was given. */
  begins(word: string): (name: string, event: PublishedEvent) => void {
    const behind = this.#behind.get(word) ?? new Map<number, number>();
    return (name, { partition, offset }) => {
      const known = this.#behind.get(word) ?? new Map<number, number>();
      this.#behind.set(word, new Map(known).set(partition, Math.max(offset, known.get(partition) ?? -1)));
      this.#tell({ number: this.#number, name, word, behind, place: { partition, offset } });
    };
  }
}
