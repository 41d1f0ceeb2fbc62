/**
 * Moves virtual time on when, and only when, nothing can happen without it.
 *
 * Rules:
 * T1  Time stands still while anything moves by itself: a commit, a delivery, a claim, a comparison.
 * T2  Time stands still while the body of a step runs, so that it may do real input and output; but for at most the grace of
 *     real time after the last body ended. Bodies that run longer are taken to wait for time (a call that hangs until its
 *     attempt timeout), and time goes on beside them. If there is no timer to go on to, they are awaited without limit.
 * T3  Time moves from timer to timer; between two of them everything settles first.
 * T4  At most a named number of timers fire on the way to one goal, so that a run that waits beside an endless schedule is
 *     reported instead of running for ever.
 */
import type { VirtualClock } from './virtual-clock.ts';
import type { TestProcess } from './test-process.ts';

/** What a {@link TimeSkipper} is made of. */
export interface TimeSkipperOptions {
  readonly clock: VirtualClock;
  /** The process at work now. */
  readonly process: () => TestProcess;
  /** Called when the process at work was killed; puts another one in its place. */
  readonly revive: () => Promise<void>;
  /** Resolves when what the test has sent is on disk. */
  readonly sent: () => Promise<void>;
  /** T2, milliseconds of real time. */
  readonly bodyGraceMs: number;
  /** T4. */
  readonly timersMax: number;
}

/** How a way through time ended: at the goal, at the given instant, with nothing left to happen, or at the limit (T4). */
export type Arrival = 'goal' | 'instant' | 'nothing-left' | 'limit';

/** See the top of the file. */
export class TimeSkipper {
  readonly #options: TimeSkipperOptions;

  constructor(options: TimeSkipperOptions) {
    this.#options = options;
  }

  /** Resolves when nothing can happen any more without time (T1, T2). */
  async settle(): Promise<void> {
    const { process, revive, sent, bodyGraceMs } = this.#options;
    for (;;) {
      await sent();
      const current = process();
      await current.settled();
      if (current.isKilled) await revive();
      else if (!current.bodies.areHoldingTime) return;
      else await current.bodies.nextChange(bodyGraceMs);
    }
  }

  /** Moves on until the goal is reached, at most to `until` (then the clock shows just that). */
  async skip(isReached: () => Promise<boolean>, until: number = Number.POSITIVE_INFINITY): Promise<Arrival> {
    const { clock, process, timersMax } = this.#options;
    for (let fired = 0; fired <= timersMax;) {
      await this.settle();
      const { bodies } = process();
      const { ends } = bodies;
      if (await isReached()) return 'goal';
      // A body that ran beyond its grace may have ended during the look: what it sets off comes first (T1).
      if (bodies.ends !== ends) continue;
      if (clock.fireNext(until)) {
        fired += 1;
        continue;
      }
      if (until !== Number.POSITIVE_INFINITY) {
        clock.advance(until - clock.now());
        return 'instant';
      }
      if (!bodies.areRunning) return 'nothing-left';
      await bodies.nextChange(null);
    }
    return 'limit';
  }
}
