/**
 * The runs in the memory of one worker.
 *
 * Owns: which runs are here, which are being fetched, and which rest and may go. Does not own: claims, the lease.
 * Invariant: a message for a run that is here, or on its way here, reaches it; a message for any other run is left to the
 * store, which makes that run claimable (S5).
 */
import type { MessageRecord } from './model/message.ts';
import type { RunNumber } from './model/run.ts';
import type { LiveRun } from './live-run.ts';

/** The runs in the memory of one worker; see the top of the file. */
export class LiveRuns {
  readonly #runs = new Map<RunNumber, LiveRun>();
  /** By id. An id has one open run at most, its newest generation, and only open runs are here. */
  readonly #byId = new Map<string, LiveRun>();
  readonly #arriving = new Map<RunNumber, MessageRecord[]>();
  /** Resting runs by the time they came to rest; the oldest first. */
  readonly #resting = new Map<LiveRun, number>();

  get size(): number {
    return this.#runs.size + this.#arriving.size;
  }

  /** Whether a run is claimed and being fetched. */
  get isExpectingAny(): boolean {
    return this.#arriving.size > 0;
  }

  get all(): Iterable<LiveRun> {
    return this.#runs.values();
  }

  get(run: RunNumber): LiveRun | undefined {
    return this.#runs.get(run);
  }

  /** The open run of this id, if it is here. */
  find(id: string): LiveRun | undefined {
    return this.#byId.get(id);
  }

  /** The run is claimed and being fetched. */
  expect(run: RunNumber): void {
    this.#arriving.set(run, []);
  }

  /** The run is here. */
  add(run: LiveRun): void {
    this.#arriving.delete(run.record.number);
    this.#runs.set(run.record.number, run);
    this.#byId.set(run.record.id, run);
  }

  /** The run will not come after all. */
  forget(run: RunNumber): void {
    this.#arriving.delete(run);
  }

  /** Takes the oldest message that was kept for a run that is being fetched. */
  takeKept(run: RunNumber): MessageRecord | undefined {
    return this.#arriving.get(run)?.shift();
  }

  /** Keeps a message for a run that is being fetched. False if the run is not. */
  keepFor(run: RunNumber, message: MessageRecord): boolean {
    const kept = this.#arriving.get(run);
    kept?.push(message);
    return kept !== undefined;
  }

  /** Whether the run is still expected: the worker has not been lost meanwhile. */
  isExpected(run: RunNumber): boolean {
    return this.#arriving.has(run);
  }

  remove(run: LiveRun): void {
    this.#resting.delete(run);
    const { id, number } = run.record;
    if (this.#runs.get(number) === run) this.#runs.delete(number);
    if (this.#byId.get(id) === run) this.#byId.delete(id);
  }

  rested(run: LiveRun, now: number): void {
    this.#resting.delete(run);
    this.#resting.set(run, now);
  }

  /** Releases runs that have rested since before `instant`, and beyond that as many as `excess` asks for. */
  releaseResting(instant: number, excess: number): void {
    let left = excess;
    for (const [run, since] of this.#resting) {
      if (since > instant && left <= 0) return;
      this.#resting.delete(run);
      if (!run.isResting) continue;
      run.release();
      left -= 1;
    }
  }

  /** Forgets everything: the worker lost its runs. */
  abandon(reason: Error): void {
    for (const run of this.#runs.values()) run.abandon(reason);
    this.#runs.clear();
    this.#byId.clear();
    this.#arriving.clear();
    this.#resting.clear();
  }
}
