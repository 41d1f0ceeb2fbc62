import type { Clock, TimerHandle } from '../base/clock.ts';

/** The clock as one process sees it: once the process is killed, none of its timers fires any more. */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #pending = new Set<TimerHandle>();
  #isDead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    if (this.#isDead) return { cancel: () => undefined };
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#pending.delete(handle);
      callback();
    });
    const handle: TimerHandle = {
      cancel: () => {
        this.#pending.delete(handle);
        timer.cancel();
      },
    };
    this.#pending.add(handle);
    return handle;
  }

  /** Forgets every timer, and every one that is set from now on. */
  kill(): void {
    this.#isDead = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }
}
