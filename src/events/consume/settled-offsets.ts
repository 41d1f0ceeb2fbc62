/** Offsets from `from` on, below `to`. */
export type OffsetRange = readonly [from: number, to: number];

/**
 * Which offsets of a partition need no more work: all below a watermark, and ranges beyond it whose predecessors are still
 * under way. Nothing is forgotten when a later event is done before an earlier one, and nothing is done twice for it.
 */
export class SettledOffsets {
  #next: number;
  /** Disjoint, apart, in order, all beyond `#next`. */
  readonly #ranges: [number, number][];

  constructor(next: number, ranges: readonly OffsetRange[] = []) {
    this.#next = next;
    this.#ranges = ranges.map(([from, to]) => [from, to]);
  }

  /** The watermark: everything below is settled, and this one is not. */
  get next(): number {
    return this.#next;
  }

  get ranges(): readonly OffsetRange[] {
    return this.#ranges;
  }

  has(offset: number): boolean {
    if (offset < this.#next) return true;
    const index = this.#indexBehind(offset) - 1;
    return index >= 0 && offset < (this.#ranges[index]?.[1] ?? 0);
  }

  add(offset: number): void {
    this.addRange(offset, offset + 1);
  }

  /** Adds offsets in any order; those that follow one another are added as one range. */
  addAll(offsets: readonly number[]): void {
    const sorted = Float64Array.from(offsets).toSorted();
    let from = 0;
    for (let i = 1; i <= sorted.length; i += 1) {
      const before = sorted[i - 1] ?? 0;
      if (i < sorted.length && sorted[i] === before + 1) continue;
      this.addRange(sorted[from] ?? 0, before + 1);
      from = i;
    }
  }

  /** Adds `from` and everything up to, but not including, `to`. */
  addRange(from: number, to: number): void {
    if (to <= this.#next || from >= to) return;
    if (from <= this.#next) {
      this.#next = to;
      this.#absorb();
      return;
    }
    this.#insert(from, to);
  }

  /** Joins a range beyond the watermark with all those it touches. */
  #insert(from: number, to: number): void {
    const behind = this.#indexBehind(from);
    const before = this.#ranges[behind - 1];
    const first = before !== undefined && before[1] >= from ? behind - 1 : behind;
    const joined: [number, number] = [from, to];
    let end = first;
    for (let range = this.#ranges[end]; range !== undefined && range[0] <= to; range = this.#ranges[end]) {
      joined[0] = Math.min(joined[0], range[0]);
      joined[1] = Math.max(joined[1], range[1]);
      end += 1;
    }
    this.#ranges.splice(first, end - first, joined);
  }

  #absorb(): void {
    let count = 0;
    for (const [from, to] of this.#ranges) {
      if (from > this.#next) break;
      this.#next = Math.max(this.#next, to);
      count += 1;
    }
    if (count > 0) this.#ranges.splice(0, count);
  }

  /** How many ranges begin at or before the offset. */
  #indexBehind(offset: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.[0] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
