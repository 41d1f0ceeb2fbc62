import type { Item } from './flow-rules.ts';

/** Events that must be handled in order, one after the other. */
export interface Lane<E> {
  readonly name: string;
  /** What waits, in order; events that were collected together stay together. */
  entries: (readonly Item<E>[])[];
  /** Its first events are in a handler. */
  isBusy: boolean;
  /** It stands among those that may go. */
  isListed: boolean;
}

/** Lanes of waiting events, and which of them may go next: the one of the highest priority, else the one that came first. */
export class LaneQueue<E> {
  readonly #priority: ((event: E) => number) | null;
  readonly #lanes = new Map<string, Lane<E>>();
  /** Lanes that may go; with priorities a heap, else a queue read from `#position` on. */
  #listed: Lane<E>[] = [];
  #position = 0;
  #size = 0;

  constructor(priority: ((event: E) => number) | null) {
    this.#priority = priority;
  }

  /** How many events wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether any lane may go, as far as the list knows. */
  get isAnyListed(): boolean {
    return this.#listed.length > this.#position;
  }

  /** Adds events of one lane that stay together. */
  add(items: readonly Item<E>[]): void {
    const [first] = items;
    if (first === undefined) return;
    const known = this.#lanes.get(first.lane);
    const lane = known ?? { name: first.lane, entries: [], isBusy: false, isListed: false };
    if (known === undefined) this.#lanes.set(first.lane, lane);
    lane.entries.push(items);
    this.#size += items.length;
    // A lane with more events than this one stands in the list already, or waits for something.
    if (lane.entries.length === 1) this.ready(lane);
  }

  /** The lane may go, if it has anything and nothing holds it. */
  ready(lane: Lane<E>): void {
    if (lane.isBusy || lane.isListed) return;
    if (lane.entries.length === 0) return this.#drop(lane);
    lane.isListed = true;
    if (this.#priority === null) this.#listed.push(lane);
    else this.#siftUp(lane);
  }

  /** Takes the lane that goes next out of the list. */
  next(): Lane<E> | undefined {
    for (;;) {
      const lane = this.#priority === null ? this.#shiftListed() : this.#popHeap();
      if (lane === undefined) return undefined;
      lane.isListed = false;
      if (!lane.isBusy && lane.entries.length > 0) return lane;
      if (lane.entries.length === 0 && !lane.isBusy) this.#drop(lane);
    }
  }

  /** Puts a lane that was taken out back to where it was. */
  putBack(lane: Lane<E>): void {
    if (this.#priority !== null) return this.ready(lane);
    lane.isListed = true;
    this.#position -= 1;
    this.#listed[this.#position] = lane;
  }

  /** The first events of a lane. */
  head(lane: Lane<E>): readonly Item<E>[] {
    return lane.entries[0] ?? [];
  }

  /** Takes out the first events of a lane. */
  shift(lane: Lane<E>): void {
    this.#size -= lane.entries.shift()?.length ?? 0;
  }

  /** Takes out everything that waits in a lane. */
  empty(name: string): readonly Item<E>[] {
    const lane = this.#lanes.get(name);
    const items = lane?.entries.flat() ?? [];
    if (lane !== undefined) lane.entries = [];
    this.#size -= items.length;
    return items;
  }

  /** Takes out events that fit, from everywhere. */
  remove(fits: (item: Item<E>) => boolean): readonly Item<E>[] {
    const removed: Item<E>[] = [];
    for (const lane of this.#lanes.values()) {
      const gone = lane.entries.flat().filter(fits);
      if (gone.length === 0) continue;
      removed.push(...gone);
      lane.entries = lane.entries
        .map((entry) => entry.filter((item) => !gone.includes(item)))
        .filter((entry) => entry.length > 0);
    }
    this.#size -= removed.length;
    return removed;
  }

  /** Whoever waits for a limit may still know a lane that was dropped; its name may be another's by then. */
  #drop(lane: Lane<E>): void {
    if (this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }

  #shiftListed(): Lane<E> | undefined {
    const lane = this.#listed[this.#position];
    if (lane === undefined) {
      this.#listed = [];
      this.#position = 0;
      return undefined;
    }
    this.#position += 1;
    // What was read is dropped now and then, not each time: that would move the rest. One place is left for `putBack`.
    if (this.#position > 1_024 && this.#position * 2 > this.#listed.length) {
      this.#listed = this.#listed.slice(this.#position - 1);
      this.#position = 1;
    }
    return lane;
  }

  #rank(lane: Lane<E> | undefined): readonly [priority: number, offset: number] {
    const item = lane?.entries[0]?.[0];
    if (item === undefined) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return [this.#priority?.(item.event) ?? 0, item.offset];
  }

  #goesBefore(lane: Lane<E> | undefined, other: Lane<E> | undefined): boolean {
    const [priority, offset] = this.#rank(lane);
    const [otherPriority, otherOffset] = this.#rank(other);
    return priority === otherPriority ? offset < otherOffset : priority > otherPriority;
  }

  #siftUp(lane: Lane<E>): void {
    const heap = this.#listed;
    let index = heap.push(lane) - 1;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || !this.#goesBefore(lane, above)) return;
      heap[index] = above;
      heap[parent] = lane;
      index = parent;
    }
  }

  #popHeap(): Lane<E> | undefined {
    const heap = this.#listed;
    const [top] = heap;
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && this.#goesBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      const below = heap[child];
      if (below === undefined || !this.#goesBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}
