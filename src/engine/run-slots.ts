import type { RunRecord } from './model/run.ts';
import type { RunServices } from './operations/run-services.ts';

/** The slots that one live run has asked for and no longer wants. What it holds lies in the store (S7). */
export class RunSlots {
  readonly #record: RunRecord;
  readonly #services: RunServices;
  /** Requests that were canceled while replaying and may have reached the store the time before; null once the journal is through. */
  #replayed: string[] | null;
  /** Whether the code asked for any. */
  isUsed = false;

  constructor(record: RunRecord, services: RunServices, options: { readonly isReplaying: boolean }) {
    this.#replayed = options.isReplaying ? [] : null;
    this.#record = record;
    this.#services = services;
  }

  /** Takes back a request, or gives back what it was granted; a replay does so at its end. */
  giveBack(key: string): void {
    if (this.#replayed !== null) {
      this.#replayed.push(key);
      return;
    }
    const { queue, clock, nudge } = this.#services;
    queue.slots({ kind: 'release', run: this.#record.number, key, at: clock.now() }, nudge);
  }

  /** The journal is through. */
  endReplay(): void {
    const keys = this.#replayed ?? [];
    this.#replayed = null;
    for (const key of keys) this.giveBack(key);
  }

  /** The run's end is enqueued; the store gives back what it holds, which may be what others of this process wait for. */
  ended(): void {
    if (this.isUsed) this.#services.queue.afterwards(this.#services.nudge);
  }
}
