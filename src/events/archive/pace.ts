import type { Clock } from '../../base/clock.ts';

/** Spaces what is done evenly over time, however long it takes itself. */
export class Pace {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #dueAt: number;

  /** `intervalMs` lies between two events; 0 for as fast as it goes. */
  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#dueAt = clock.now();
  }

  /** How many events may go at a time, so that they come about ten times a second; at most `max`. */
  atATime(max: number): number {
    if (this.#intervalMs === 0) return max;
    return Math.max(1, Math.min(max, Math.floor(100 / this.#intervalMs)));
  }

  /** Resolves when the next may go, after so many went; at once when the signal is aborted. */
  async after(count: number, signal: AbortSignal): Promise<void> {
    if (this.#intervalMs === 0) return;
    // Time that was lost is not caught up: the rate is what the reader can bear.
    this.#dueAt = Math.max(this.#dueAt + count * this.#intervalMs, this.#clock.now());
    const waitMs = this.#dueAt - this.#clock.now();
    if (waitMs <= 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.setTimer(waitMs, resolve);
    const stop = (): void => resolve();
    signal.addEventListener('abort', stop, { once: true });
    await promise;
    timer.cancel();
    signal.removeEventListener('abort', stop);
  }
}
