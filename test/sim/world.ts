/**
 * The one thread on which a simulated system runs: its time, its record of what happened, and what was found wrong.
 *
 * Owns: virtual time, the trace, the violations. In: everything that happens at a seam. Out: a verdict.
 *
 * Time moves only when nothing moves by itself any more: after each event the loop lets whole turns of the event loop pass until
 * none of them touched a seam. There is no real time and no I/O, so equal seeds give equal traces.
 */
import { createHash } from 'node:crypto';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

/** What must always hold; the numbers are those of the design. `sim` is the simulation itself. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'store' | 'outcome' | 'sim';

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
  /** Milliseconds since the simulation began. */
  readonly at: number;
}

/** Turns without a touch of any seam after which the system counts as quiet. Between two seams the engine takes one. */
const quietTurns = 3;
/** So many turns without a rest are no work but a circle. */
const busyTurnsMax = 3_000;
/** Lines of the trace that a failure shows. */
const tailMax = 400;

export class World {
  readonly clock: VirtualClock = new VirtualClock();
  readonly violations: Violation[] = [];
  readonly #hash = createHash('sha256');
  readonly #tail: string[] = [];
  readonly #startedAt: number;
  readonly #onLine: ((line: string) => void) | null;
  #touches = 0;
  #lines = 0;

  /** `onLine` sees every line of the trace as it is written. */
  constructor(onLine: ((line: string) => void) | null = null) {
    this.#startedAt = this.clock.now();
    this.#onLine = onLine;
  }

  /** Milliseconds since the simulation began. */
  get elapsed(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** The newest lines of the trace. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  get lineCount(): number {
    return this.#lines;
  }

  /** Something crossed a seam: the system is not quiet yet. */
  touch(): void {
    this.#touches += 1;
  }

  trace(who: string, what: string): void {
    this.#touches += 1;
    this.#lines += 1;
    const line = `${String(this.elapsed).padStart(7)} ${who.padEnd(4)} ${what}`;
    this.#hash.update(line);
    this.#tail.push(line);
    if (this.#tail.length > 2 * tailMax) this.#tail.splice(0, tailMax);
    this.#onLine?.(line);
  }

  violate(invariant: Invariant, text: string): void {
    this.violations.push({ invariant, text, at: this.elapsed });
    this.trace('!!', `${invariant}: ${text}`);
  }

  /** Calls back after `ms` of true time, whatever the clocks of processes say. */
  after(ms: number, call: () => void): void {
    this.clock.setTimer(ms, call);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(ms, resolve));
  }

  /** Moves time from event to event until `isOver` says so, a violation is found or nothing is left to happen. */
  async run(isOver: () => boolean, untilMs: number): Promise<void> {
    for (;;) {
      await this.#quiet();
      if (isOver() || this.violations.length > 0) return;
      if (!this.clock.fireNext(this.#startedAt + untilMs)) return;
    }
  }

  /** Closes the trace. Equal for equal histories. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }

  async #quiet(): Promise<void> {
    let touches = this.#touches;
    for (let turns = 0, quiet = 0; quiet < quietTurns; turns += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = touches === this.#touches ? quiet + 1 : 0;
      touches = this.#touches;
      if (turns === busyTurnsMax)
        return this.violate('I5', 'the system is busy without end while time stands still');
    }
  }
}
