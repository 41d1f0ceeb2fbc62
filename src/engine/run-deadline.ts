import type { RunRecord } from './model/run.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { RunServices } from './operations/run-services.ts';
import type { Alarm } from './timer-queue.ts';

/** What the deadline needs of its run. */
export interface RunDeadlineHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly definition: { readonly timeoutMs: number | null };
  /** Known once the code has started. */
  readonly trigger: RunTrigger | null;
}

/** When the time of one live run is up, and the alarm that says so. */
export class RunDeadline {
  readonly #host: RunDeadlineHost;
  #alarm: Alarm | null = null;

  constructor(host: RunDeadlineHost) {
    this.#host = host;
  }

  /** An instant, or null for never. A run of a backfill lay waiting for its turn: its time counts from when it was first taken up. */
  get at(): number | null {
    const { record, services, definition, trigger } = this.#host;
    const { deadlineAt, startedAt } = record;
    if (deadlineAt !== null || definition.timeoutMs === null || trigger?.by !== 'backfill') return deadlineAt;
    return (startedAt ?? services.clock.now()) + definition.timeoutMs;
  }

  /** The journal is through: from now on `onTimeUp` is called when the time is up. */
  begin(onTimeUp: () => void): void {
    const { at } = this;
    if (at !== null) this.#alarm = this.#host.services.timers.at(at, onTimeUp);
  }

  /** The run has left. */
  cancel(): void {
    this.#alarm?.cancel();
  }
}
