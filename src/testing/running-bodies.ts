import { systemClock } from '../base/clock.ts';

/** One attempt of a step whose body is running. */
export interface RunningBody {
  /** Whether virtual time stands still because of it. */
  holdsTime: boolean;
}

/**
 * The step bodies that are running in one process. A body may do real input and output, which takes real time; virtual time
 * stands still meanwhile, for a limited while.
 */
export class RunningBodies {
  readonly #running = new Set<RunningBody>();
  readonly #listeners = new Set<() => void>();
  #ends = 0;

  /** Whether a body runs for which time has to stand still. */
  get areHoldingTime(): boolean {
    for (const body of this.#running) if (body.holdsTime) return true;
    return false;
  }

  /** How many have ended so far. */
  get ends(): number {
    return this.#ends;
  }

  get areRunning(): boolean {
    return this.#running.size > 0;
  }

  /** Runs a body, and knows of it until its promise settles. */
  run(body: (running: RunningBody) => unknown): unknown {
    const running: RunningBody = { holdsTime: true };
    this.#running.add(running);
    let result: unknown;
    try {
      result = body(running);
    } catch (error) {
      this.#ended(running);
      throw error;
    }
    if (!isPromiseLike(result)) {
      this.#ended(running);
      return result;
    }
    const ended = (): void => this.#ended(running);
    result.then(ended, ended);
    return result;
  }

  /** Something about them changed, for example one waits for virtual time now. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /**
   * Resolves when a body ends or lets time go on. After `graceMs` of real time those that still run are taken to wait for
   * virtual time (for their timeout, as a call that hangs does), and hold it no longer.
   */
  async nextChange(graceMs: number | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#listeners.add(resolve);
    const grace =
      graceMs === null
        ? null
        : systemClock.setTimer(graceMs, () => {
            for (const body of this.#running) body.holdsTime = false;
            resolve();
          });
    await promise;
    grace?.cancel();
    this.#listeners.delete(resolve);
  }

  #ended(running: RunningBody): void {
    this.#running.delete(running);
    this.#ends += 1;
    this.changed();
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
