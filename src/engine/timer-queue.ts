import type { Clock, TimerHandle } from '../base/clock.ts';
import { MinHeap } from './min-heap.ts';
import { outside } from './outside.ts';

/** A call that is due at an instant. */
export interface Alarm {
  readonly at: number;
  /** Forgets the call; harmless when it was already made. */
  cancel(): void;
}

interface Entry extends Alarm {
  call: (() => void) | null;
}

/**
 * All alarms of a worker behind one timer of the clock: hundreds of thousands of waiting operations cost a heap entry
 * each. Canceled entries stay in the heap until their time or until they outnumber the living.
 */
export class TimerQueue {
  readonly #clock: Clock;
  #heap = new MinHeap<Entry>();
  #canceled = 0;
  #timer: TimerHandle | null = null;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls back at the instant (milliseconds since the epoch), at once if it is past, never earlier. */
  at(instant: number, call: () => void): Alarm {
    const entry: Entry = {
      at: instant,
      call,
      cancel: () => {
        if (entry.call === null) return;
        entry.call = null;
        this.#canceled += 1;
        this.#dropCanceled();
      },
    };
    this.#heap.push(instant, entry);
    if (instant < this.#timerAt) this.#arm(instant);
    return entry;
  }

  /** Forgets every alarm. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#heap = new MinHeap();
    this.#canceled = 0;
  }

  #arm(instant: number): void {
    this.#timer?.cancel();
    this.#timerAt = instant;
    const delayMs = Math.max(0, instant - this.#clock.now());
    this.#timer = outside(() => this.#clock.setTimer(delayMs, () => this.#ring()));
  }

  #ring(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (;;) {
      const firstAt = this.#heap.firstAt;
      if (firstAt === undefined) return;
      const entry = this.#heap.first;
      if (entry?.call === null) {
        this.#heap.pop();
        this.#canceled -= 1;
        continue;
      }
      if (firstAt > now) return this.#arm(firstAt);
      this.#heap.pop();
      const call = entry?.call;
      if (entry !== undefined) entry.call = null;
      call?.();
    }
  }

  /** Keeps a burst of canceled long alarms from holding memory until their time comes. */
  #dropCanceled(): void {
    if (this.#canceled < 1024 || this.#canceled < this.#heap.size / 2) return;
    const living = new MinHeap<Entry>();
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      if (entry.call !== null) living.push(entry.at, entry);
    }
    this.#heap = living;
    this.#canceled = 0;
  }
}
