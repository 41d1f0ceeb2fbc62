import { TuttiError } from '../base/tutti-error.ts';
import type { IssuedOperations } from './issued-operations.ts';
import type { RunRecord } from './model/run.ts';
import type { RunServices } from './operations/run-services.ts';
import type { RunDeadline } from './run-deadline.ts';
import { unknownPromise } from './run-errors.ts';
import type { RunInbox } from './run-inbox.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunRow } from './run-row.ts';
import type { RunWaits } from './run-waits.ts';

/** The run as its rest sees it. */
export interface RestingRun {
  readonly record: RunRecord;
  readonly services: RunServices;
  /** Whether a step's body is running. */
  readonly isWorking: boolean;
  readonly row: RunRow;
  readonly journal: RunJournal;
  readonly waits: RunWaits;
  readonly issued: IssuedOperations;
  readonly inbox: RunInbox;
  readonly cancellation: { readonly deadline: RunDeadline };
}

/** Whether one live run rests: nothing of it is under way, and its row says until when it waits. */
export class RunRest {
  readonly #run: RestingRun;
  /** Whether it came to rest when what it waits for was due already: an alarm is about to ring, the row still says `running`. */
  #isDue = false;

  constructor(run: RestingRun) {
    this.#run = run;
  }

  /** Whether its row says, or will say, that it waits. */
  get isResting(): boolean {
    return this.#run.row.isWaiting;
  }

  /** Whether it moves only if a time comes or a message arrives. */
  get isStill(): boolean {
    return this.#run.row.isWaiting || this.#isDue;
  }

  /** Something is about to be journaled: a run that waited is running again, and its row must say so first. */
  end(): void {
    this.#isDue = false;
    if (this.#run.row.isWaiting) this.#run.row.running();
  }

  /**
   * The code has nothing to be told. Gives whether the run rests now, or why it cannot go on and is to pause.
   */
  begin(): boolean | Error {
    const { row, journal, waits, issued, inbox } = this.#run;
    waits.store();
    if (journal.isWriting || this.#run.isWorking) return false;
    const { pauseReason } = inbox;
    if (pauseReason !== null) {
      return new TuttiError('TUTTI_RUN_PAUSED', `Run "${this.#run.record.id}" was paused: ${pauseReason}`);
    }
    if (issued.size === 0) return unknownPromise(this.#run.record);
    const deadlineAt = this.#run.cancellation.deadline.at;
    if (!row.isWaiting || waits.isNextWakeNew(deadlineAt)) {
      const wakeAt = waits.nextWake(deadlineAt);
      // What is due moves by itself in a moment, and the row would change twice for nothing: of 100,000 runs after a crash.
      this.#isDue = !row.isWaiting && wakeAt <= this.#run.services.clock.now();
      if (this.#isDue) return false;
      row.waiting(wakeAt);
    }
    return true;
  }

  /** Until when the run may leave memory; null if it must stay. */
  releasableUntil(): number | null {
    const { row, journal, waits, cancellation } = this.#run;
    if (!row.isWaiting || journal.isWriting || this.#run.isWorking) return null;
    const wakeAt = waits.nextWake(cancellation.deadline.at);
    // What is due is about to move by itself; released, it would be claimed at once and released again, without ever moving.
    return wakeAt > this.#run.services.clock.now() ? wakeAt : null;
  }
}
