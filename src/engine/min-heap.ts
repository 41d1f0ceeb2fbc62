/** Items ordered by a number, smallest first; equal numbers leave in the order they came. A binary heap. */
export class MinHeap<T> {
  readonly #items: { readonly at: number; readonly order: number; readonly item: T }[] = [];
  #order = 0;

  get size(): number {
    return this.#items.length;
  }

  /** The smallest number, or undefined when empty. */
  get firstAt(): number | undefined {
    return this.#items[0]?.at;
  }

  get first(): T | undefined {
    return this.#items[0]?.item;
  }

  push(at: number, item: T): void {
    const items = this.#items;
    const entry = { at, order: this.#order++, item };
    let index = items.length;
    items.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      items[index] = parent;
      index = above;
    }
    items[index] = entry;
  }

  /** Removes and returns the smallest item. */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined) return undefined;
    if (items.length > 0) this.#sinkFromTop(last);
    return first.item;
  }

  #sinkFromTop(entry: { readonly at: number; readonly order: number; readonly item: T }): void {
    const items = this.#items;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const leftItem = items[left];
      if (leftItem === undefined) break;
      const rightItem = items[left + 1];
      const isRight = rightItem !== undefined && isBefore(rightItem, leftItem);
      const smaller = isRight ? rightItem : leftItem;
      if (!isBefore(smaller, entry)) break;
      items[index] = smaller;
      index = isRight ? left + 1 : left;
    }
    items[index] = entry;
  }
}

function isBefore(
  a: { readonly at: number; readonly order: number },
  b: { readonly at: number; readonly order: number },
): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
