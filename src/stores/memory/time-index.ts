import { assert } from '../../base/assert.ts';

/** A number and the time it is filed under. */
export interface TimedNumber {
  readonly number: number;
  readonly time: number;
}

/**
 * Numbers filed under a time, so that the earliest is found without looking at the others: a binary heap that knows where
 * each number lies. Equal times are ordered by number. Every change costs O(log n), reading the first O(1).
 */
export class TimeIndex {
  readonly #heap: TimedNumber[] = [];
  readonly #positions = new Map<number, number>();

  /** Files the number under this time, and no longer under the one before. */
  set(number: number, time: number): void {
    const position = this.#positions.get(number);
    if (position !== undefined && this.#at(position).time === time) return;
    this.delete(number);
    this.#place({ number, time }, this.#heap.length);
    this.#rise(this.#heap.length - 1);
  }

  /** Forgets the number; nothing happens when it is not filed. */
  delete(number: number): void {
    const position = this.#positions.get(number);
    if (position === undefined) return;
    this.#positions.delete(number);
    const last = this.#heap.pop();
    if (last === undefined || position === this.#heap.length) return;
    this.#place(last, position);
    this.#sink(position);
    this.#rise(position);
  }

  /** The earliest, or undefined when nothing is filed. */
  first(): TimedNumber | undefined {
    return this.#heap[0];
  }

  #rise(from: number): void {
    for (let position = from; position > 0;) {
      const parent = (position - 1) >> 1;
      if (!isEarlier(this.#at(position), this.#at(parent))) return;
      this.#swap(position, parent);
      position = parent;
    }
  }

  #sink(from: number): void {
    for (let position = from; ;) {
      const child = this.#earlierChild(position);
      if (child === null || !isEarlier(this.#at(child), this.#at(position))) return;
      this.#swap(position, child);
      position = child;
    }
  }

  #earlierChild(position: number): number | null {
    const left = 2 * position + 1;
    const right = left + 1;
    if (left >= this.#heap.length) return null;
    if (right >= this.#heap.length) return left;
    return isEarlier(this.#at(right), this.#at(left)) ? right : left;
  }

  #swap(first: number, second: number): void {
    const moved = this.#at(first);
    this.#place(this.#at(second), first);
    this.#place(moved, second);
  }

  #place(filed: TimedNumber, position: number): void {
    this.#heap[position] = filed;
    this.#positions.set(filed.number, position);
  }

  #at(position: number): TimedNumber {
    const filed = this.#heap[position];
    assert(filed !== undefined, `The time index has no position ${position}.`);
    return filed;
  }
}

/** Whether one number comes before the other: by time, then by number. */
export function isEarlier(one: TimedNumber, other: TimedNumber): boolean {
  return one.time === other.time ? one.number < other.number : one.time < other.time;
}
