/**
 * Hands completions to the code of runs, in journal order, one per run and microtask drain.
 *
 * Why one per drain: code that awaits `Promise.race` or `Promise.all` sees only the order in which promises settle. If each
 * completion is followed by a full drain, everything the code does because of it happens before the next completion, both
 * when it happens for real and when it is replayed. Rounds are shared by all runs of the process, so that a commit with
 * the next step of 2,000 runs costs one drain, not 2,000.
 */
import { outside } from './outside.ts';

// Taken at load: the guard replaces the globals inside workflow code.
const nextTick = process.nextTick.bind(process);
const afterThisMicrotask = queueMicrotask;

/** A run as the rounds see it. */
export interface Deliverable {
  /** Starts the code, or delivers the next completion. Called once per round. */
  advance(): void;
  /** The microtasks of `advance` are drained. True if there is more to deliver now. */
  settle(): boolean;
}

/** The rounds in which completions reach the code; see the top of the file. */
export class Delivery {
  #next: Deliverable[] = [];
  #queued = new Set<Deliverable>();
  #isRunning = false;

  /** Whether a round is under way or about to be. */
  get isBusy(): boolean {
    return this.#isRunning;
  }

  /** Takes the run into the next round; once, however often it is asked for. */
  add(run: Deliverable): void {
    if (this.#queued.has(run)) return;
    this.#queued.add(run);
    this.#next.push(run);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Not at once: the caller may be in the middle of handing over the rest of a commit.
    outside(() => afterThisMicrotask(() => this.#round()));
  }

  #round(): void {
    const runs = this.#next;
    this.#next = [];
    this.#queued = new Set();
    for (const run of runs) run.advance();
    // A tick that is queued from a microtask runs when the microtask queue is empty, and before anything else.
    afterThisMicrotask(() => nextTick(() => this.#afterDrain(runs)));
  }

  #afterDrain(runs: readonly Deliverable[]): void {
    for (const run of runs) {
      if (run.settle() && !this.#queued.has(run)) {
        this.#queued.add(run);
        this.#next.push(run);
      }
    }
    if (this.#next.length > 0) this.#round();
    else this.#isRunning = false;
  }
}
