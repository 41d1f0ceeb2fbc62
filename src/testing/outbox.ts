import type { TimerHandle } from '../base/clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a test has planned to send at a virtual time, and what of it is on its way. */
export class Outbox {
  readonly #clock: VirtualClock;
  readonly #planned = new Set<TimerHandle>();
  readonly #onTheirWay = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Sends once this much virtual time has passed. */
  sendAfter(delayMs: number, send: () => Promise<unknown>): void {
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#planned.delete(timer);
      const sent = send()
        .then(
          () => undefined,
          (error: unknown) => void this.#failures.push(error),
        )
        .finally(() => this.#onTheirWay.delete(sent));
      this.#onTheirWay.add(sent);
    });
    this.#planned.add(timer);
  }

  /** Resolves when everything that was due is on disk. @throws what the first of them was refused with. */
  async sent(): Promise<void> {
    while (this.#onTheirWay.size > 0) await Promise.all(this.#onTheirWay);
    if (this.#failures.length > 0) throw this.#failures.shift();
  }

  /** Forgets what is planned. */
  clear(): void {
    for (const timer of this.#planned) timer.cancel();
    this.#planned.clear();
  }
}
