/**
 * What one random operation is made of: a few whole numbers. The numbers come from outside (a property-testing library that
 * can shrink them, or a seeded generator), so that the kit depends on neither.
 */
export type OperationCode = readonly number[];

/** How many numbers an operation may use; further draws begin again with the first. */
export const drawsPerOperation = 16;

/** Choices drawn from an operation code, one number after the other. The same code makes the same choices. */
export class Draw {
  readonly #code: OperationCode;
  #position = 0;

  constructor(code: OperationCode) {
    this.#code = code;
  }

  /** A whole number from 0 to below the limit; 0 for an empty code. */
  below(limit: number): number {
    const number = this.#code[this.#position % Math.max(1, this.#code.length)] ?? 0;
    this.#position += 1;
    return limit === 0 ? 0 : Math.abs(Math.trunc(number)) % limit;
  }

  /** One element; undefined when there is none. */
  from<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  /** True once in so many draws. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }
}
