import type { Clock, TimerHandle } from '../base/clock.ts';

interface VirtualTimer {
  readonly at: number;
  readonly order: number;
  call: (() => void) | null;
}

/** Where virtual time begins unless told otherwise: 2026-01-01T00:00:00Z. */
export const virtualStart: number = Date.UTC(2026, 0, 1);

/**
 * A clock that stands still until it is told to move (I8). Timers fire in order of their time, equal ones in the order they were
 * set, synchronously inside the call that moves the time; nothing else ever fires them.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: VirtualTimer[] = [];

  /** `start`: milliseconds since the epoch; default {@link virtualStart}. */
  constructor(start: number = virtualStart) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const timer: VirtualTimer = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      call: callback,
    };
    // Kept sorted: few timers are pending at a time (the engine has one for all its alarms), and the order must be exact.
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1]?.at ?? 0) > timer.at) index -= 1;
    this.#timers.splice(index, 0, timer);
    return {
      cancel: () => {
        timer.call = null;
        const found = this.#timers.indexOf(timer);
        if (found >= 0) this.#timers.splice(found, 1);
      },
    };
  }

  /** When the next timer is due; null if none is pending. */
  get nextAt(): number | null {
    return this.#timers[0]?.at ?? null;
  }

  /** Moves to the next timer, if one is due by `until`, and fires it and every other timer due by then. False if none is. */
  fireNext(until: number = Number.POSITIVE_INFINITY): boolean {
    const at = this.nextAt;
    if (at === null || at > until) return false;
    this.#now = Math.max(this.#now, at);
    this.#fireDue();
    return true;
  }

  /**
   * Sets the time, as an administrator or an NTP daemon does; backwards too. Timers keep the delay that is left of them, as
   * Node's do: they run on monotonic time.
   */
  jump(byMs: number): void {
    this.#now += byMs;
    this.#timers = this.#timers.map((timer) => moved(timer, byMs));
  }

  /** Moves on by `ms` without stopping in between; timers due by then fire in order, each at its own time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    while (this.fireNext(until));
    this.#now = until;
  }

  #fireDue(): void {
    for (;;) {
      const timer = this.#timers[0];
      if (timer === undefined || timer.at > this.#now) return;
      this.#timers.shift();
      const { call } = timer;
      timer.call = null;
      call?.();
    }
  }
}

function moved(timer: VirtualTimer, byMs: number): VirtualTimer {
  return Object.assign(timer, { at: timer.at + byMs });
}
