/**
 * Lanes that may go, in the order in which they go. Without priorities it is that in which they became ready. With priorities
 * the highest goes first, among equals the one whose first event came first, and every tenth time that one whatever its
 * priority: so an event waits for at most ten times as many as lie before it.
 */
import { Heap } from './heap.ts';
import type { Item } from './flow-rules.ts';
import type { Lane } from './lane.ts';

/** One goes for its place after so many went for their priority. */
const overtakingMax = 9;

/** Ready lanes; a lane is told apart from what it was when it became ready before. */
export interface ReadyLanes<E> {
  readonly isEmpty: boolean;
  add(lane: Lane<E>): void;
  /** The next lane; not always one that still may go. */
  next(): Lane<E> | undefined;
  /** An event, the first of a lane that was given, went to its handler. */
  went(item: Item<E>): void;
}

/** In the order in which they became ready. */
export class LanesInOrder<E> implements ReadyLanes<E> {
  #lanes: Lane<E>[] = [];
  #position = 0;

  get isEmpty(): boolean {
    return this.#lanes.length <= this.#position;
  }

  add(lane: Lane<E>): void {
    this.#lanes.push(lane);
  }

  next(): Lane<E> | undefined {
    const lane = this.#lanes[this.#position];
    if (lane === undefined) {
      this.#lanes = [];
      this.#position = 0;
      return undefined;
    }
    this.#position += 1;
    // What was read is dropped now and then, not each time: that would move the rest.
    if (this.#position > 1_024 && this.#position * 2 > this.#lanes.length) {
      this.#lanes = this.#lanes.slice(this.#position);
      this.#position = 0;
    }
    return lane;
  }

  went(): void {
    // They go in their order.
  }
}

interface Ranked<E> {
  readonly lane: Lane<E>;
  readonly priority: number;
  readonly offset: number;
  /** It was given already: each lies in two heaps. */
  isGone: boolean;
}

/** By priority, and now and then by place. */
export class LanesByPriority<E> implements ReadyLanes<E> {
  readonly #priority: (event: E) => number;
  readonly #byPriority = new Heap<Ranked<E>>((one, other) =>
    one.priority === other.priority ? one.offset < other.offset : one.priority > other.priority,
  );
  readonly #byPlace = new Heap<Ranked<E>>((one, other) => one.offset < other.offset);
  #size = 0;
  /** How many went for their priority since one went for its place. */
  #overtaking = 0;

  constructor(priority: (event: E) => number) {
    this.#priority = priority;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(lane: Lane<E>): void {
    const item = lane.entries[0]?.[0];
    const priority = item === undefined ? 0 : this.#priority(item.event);
    const ranked = { lane, priority, offset: item?.offset ?? 0, isGone: false };
    this.#byPriority.push(ranked);
    this.#byPlace.push(ranked);
    this.#size += 1;
  }

  next(): Lane<E> | undefined {
    const ranked = popPresent(this.#overtaking >= overtakingMax ? this.#byPlace : this.#byPriority);
    if (ranked === undefined) return undefined;
    ranked.isGone = true;
    this.#size -= 1;
    for (const heap of [this.#byPlace, this.#byPriority]) {
      if (heap.size > 2 * this.#size + 64) heap.keep(({ isGone }) => !isGone);
    }
    return ranked.lane;
  }

  went({ offset }: Item<E>): void {
    const oldest = topPresent(this.#byPlace);
    this.#overtaking = oldest !== undefined && oldest.offset < offset ? this.#overtaking + 1 : 0;
  }
}

function topPresent<E>(heap: Heap<Ranked<E>>): Ranked<E> | undefined {
  while (heap.top?.isGone === true) heap.pop();
  return heap.top;
}

function popPresent<E>(heap: Heap<Ranked<E>>): Ranked<E> | undefined {
  topPresent(heap);
  return heap.pop();
}
