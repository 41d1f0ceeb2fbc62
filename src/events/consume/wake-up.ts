import type { Clock, TimerHandle } from '../../base/clock.ts';

/** One call that time brings: the earliest instant that was asked for since it was made last. Keeps no process alive. */
export class WakeUp {
  readonly #clock: Clock;
  readonly #call: () => void;
  #next: { readonly at: number; readonly timer: TimerHandle } | null = null;

  constructor(clock: Clock, call: () => void) {
    this.#clock = clock;
    this.#call = call;
  }

  /** Calls at this instant (milliseconds since the epoch) at the latest. */
  at(instant: number): void {
    if (this.#next !== null && this.#next.at <= instant) return;
    this.cancel();
    const timer = this.#clock.setTimer(Math.max(1, instant - this.#clock.now()), () => {
      this.#next = null;
      this.#call();
    });
    timer.unref?.();
    this.#next = { at: instant, timer };
  }

  cancel(): void {
    this.#next?.timer.cancel();
    this.#next = null;
  }
}
