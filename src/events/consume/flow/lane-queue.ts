import type { Item } from './flow-rules.ts';
import type { Lane } from './lane.ts';
import { LanesByPriority, LanesInOrder, type ReadyLanes } from './ready-lanes.ts';

/** Lanes of waiting events, and which of them may go next: the one of the highest priority, else the one that came first. */
export class LaneQueue<E> {
  readonly #lanes = new Map<string, Lane<E>>();
  readonly #ready: ReadyLanes<E>;
  #size = 0;

  constructor(priority: ((event: E) => number) | null) {
    this.#ready = priority === null ? new LanesInOrder() : new LanesByPriority(priority);
  }

  /** How many events wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether any lane may go, as far as the list knows. */
  get isAnyListed(): boolean {
    return !this.#ready.isEmpty;
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
    this.#ready.add(lane);
  }

  /** Takes the lane that goes next out of the list. */
  next(): Lane<E> | undefined {
    for (;;) {
      const lane = this.#ready.next();
      if (lane === undefined) return undefined;
      lane.isListed = false;
      if (!lane.isBusy && lane.entries.length > 0) return lane;
      if (lane.entries.length === 0 && !lane.isBusy) this.#drop(lane);
    }
  }

  /** The first events of a lane. */
  head(lane: Lane<E>): readonly Item<E>[] {
    return lane.entries[0] ?? [];
  }

  /** Takes out the first events of a lane. */
  shift(lane: Lane<E>): void {
    const items = lane.entries.shift();
    if (items?.[0] === undefined) return;
    this.#size -= items.length;
    this.#ready.went(items[0]);
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
}
