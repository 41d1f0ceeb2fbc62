/** A binary heap: gives the entry that goes before all others. The order of entries must not change while they are in it. */
export class Heap<T> {
  readonly #goesBefore: (one: T, other: T) => boolean;
  #entries: T[] = [];

  constructor(goesBefore: (one: T, other: T) => boolean) {
    this.#goesBefore = goesBefore;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that `pop` would give. */
  get top(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    const entries = this.#entries;
    let index = entries.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = entries[parent];
      if (above === undefined || !this.#goesBefore(entry, above)) return;
      entries[index] = above;
      entries[parent] = entry;
      index = parent;
    }
  }

  pop(): T | undefined {
    const entries = this.#entries;
    const [top] = entries;
    const last = entries.pop();
    if (top === undefined || last === undefined || entries.length === 0) return top;
    let index = 0;
    for (;;) {
      const child = this.#firstChild(index);
      const below = entries[child];
      if (below === undefined || !this.#goesBefore(below, last)) break;
      entries[index] = below;
      index = child;
    }
    entries[index] = last;
    return top;
  }

  /** Drops entries that do not fit. */
  keep(fits: (entry: T) => boolean): void {
    const kept = this.#entries.filter(fits);
    this.#entries = [];
    for (const entry of kept) this.push(entry);
  }

  #firstChild(index: number): number {
    const left = 2 * index + 1;
    const [one, other] = [this.#entries[left], this.#entries[left + 1]];
    return one !== undefined && other !== undefined && this.#goesBefore(other, one) ? left + 1 : left;
  }
}
