import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Definition } from './definition.ts';
import type { Delivery } from './delivery.ts';
import { LiveRun } from './live-run.ts';
import type { LiveRuns } from './live-runs.ts';
import type { RunNumber, RunRecord } from './model/run.ts';
import type { WorkerNumber } from './model/worker.ts';
import type { Payloads } from './payloads.ts';
import type { Store } from './ports/store.ts';
import { receiveMessage, type ReceivedMessage } from './received-message.ts';
import { freshMaterial, type RunMaterial } from './run-material.ts';
import type { RunOwner } from './run-owner.ts';
import { handBack } from './run-row.ts';

/** What an intake works with. */
export interface RunIntakeOptions {
  readonly store: Store;
  readonly payloads: Payloads;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly queue: CommitQueue;
  readonly delivery: Delivery;
  readonly live: LiveRuns;
  readonly owner: RunOwner<LiveRun>;
  /** The number under which this process may write now; null when it may not. */
  readonly worker: () => WorkerNumber | null;
}

/** After how long a run is claimed again that could not go on because the store failed. Milliseconds. */
const handBackMs = 1_000;

/** How runs come into the memory of their worker, and go out again when what they need cannot be read. */
export class RunIntake {
  readonly #options: RunIntakeOptions;

  constructor(options: RunIntakeOptions) {
    this.#options = options;
  }

  /** Takes a run that was started here, at once if its input lies in the store itself. */
  adopt(run: RunRecord, definition: Definition): void {
    const { live, payloads } = this.#options;
    const input = payloads.textNow(run.input);
    live.expect(run.number);
    if (input !== null) return void this.begin(freshMaterial(run, definition, input));
    void payloads.text(run.input).then(
      (text) => {
        if (live.isExpected(run.number)) void this.begin(freshMaterial(run, definition, text));
      },
      (error: unknown) => this.handBack(run.number, error),
    );
  }

  /** Begins a run that is expected here. */
  async begin(material: RunMaterial): Promise<void> {
    const { store, payloads, live, owner, delivery } = this.#options;
    const { number } = material.record;
    const missed: ReceivedMessage[] = [];
    try {
      // The run is here only when no message is on its way any more: a newer one must not overtake an older one.
      for (let kept = live.takeKept(number); kept !== undefined; kept = live.takeKept(number)) {
        missed.push(await receiveMessage(kept, store, payloads));
      }
    } catch (error) {
      return this.handBack(number, error);
    }
    if (!live.isExpected(number)) return;
    const run = new LiveRun(owner, material);
    live.add(run);
    delivery.add(run);
    for (const message of missed) run.receive(message);
  }

  /** A run of this worker cannot go on, because what it needs cannot be read: it is claimed again after a while. */
  handBack(number: RunNumber, error: unknown): void {
    const { clock, live, logger, queue, worker } = this.#options;
    const now = clock.now();
    const run = live.get(number);
    if (worker() === null || (run === undefined && !live.isExpected(number))) return;
    logger.warn('A run cannot go on now; it is tried again.', { run: number, reason: String(error) });
    if (run !== undefined) return run.handBack(now + handBackMs);
    live.forget(number);
    queue.change(handBack(number, now, now + handBackMs));
  }
}
