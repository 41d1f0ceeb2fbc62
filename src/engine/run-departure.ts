/**
 * How one live run leaves the memory of its worker: released, paused, finished, or dropped because the worker lost it.
 *
 * Owns: whether and how it left; the last change of its row. Does not own: when it is time to leave (LiveRun).
 * Out: `left` of its owner, once that change is on disk.
 *
 * Invariant:
 * L4  Nothing is written for this run after the change with which it leaves (released, paused, finished).
 */
import { TuttiError } from '../base/tutti-error.ts';
import type { IssuedOperations } from './issued-operations.ts';
import type { Cause } from './model/cause.ts';
import type { Operation } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import type { RunEnd } from './run-end.ts';
import type { RunInbox } from './run-inbox.ts';
import type { RunJournal } from './run-journal.ts';
import type { Departure } from './run-owner.ts';
import type { RunRow } from './run-row.ts';
import type { RunSlots } from './run-slots.ts';

/** The run as its departure sees it. */
export interface DepartingRun {
  readonly services: RunServices;
  readonly row: RunRow;
  readonly journal: RunJournal;
  readonly issued: IssuedOperations;
  readonly inbox: RunInbox;
  readonly slots: RunSlots;
  /** It has left: its alarms and watches are to fall silent. */
  leaving(): void;
  /** The change with which it leaves is on disk. */
  left(how: Departure): void;
}

/** See the top of the file. */
export class RunDeparture {
  readonly #run: DepartingRun;
  #how: Departure | null = null;

  constructor(run: DepartingRun) {
    this.#run = run;
  }

  /** How the run left; null while it is here. */
  get how(): Departure | null {
    return this.#how;
  }

  /** It waits, and leaves memory meanwhile; the store wakes it, at `wakeAt` at the latest. */
  released(wakeAt: number): void {
    this.#run.row.released(wakeAt);
    this.#leave('released', dropped);
    this.#tellOwner('released');
  }

  /** It is given up although it is at work: what it needs cannot be read. Whoever claims it, at `wakeAt`, tries again. */
  handedBack(wakeAt: number): void {
    this.#run.row.handedBack(wakeAt);
    this.#leave('released', dropped);
    this.#tellOwner('released');
  }

  /** The worker lost this run: everything is forgotten, nothing written, and the owner knows. */
  abandoned(reason: Error): void {
    this.#run.row.close();
    this.#leave('released', (operation) => operation.drop(reason));
  }

  /** A rehearsal is through: nothing was begun, so there is nothing to let go of. */
  rehearsed(): void {
    this.#how = 'released';
  }

  /** It stands still until a person or other code comes; nothing of its history changes. */
  paused(reason: Error): void {
    this.#run.inbox.consumePauses();
    this.#run.row.paused(reason);
    this.#leave('paused', (operation) => operation.drop(reason));
    this.#tellOwner('paused');
  }

  /** It is over. `cause`: what it came to follow from since its start, if anything; who called it knows what it followed from before. */
  finished(end: RunEnd, cause: Cause | null): void {
    this.#leave('finished', (operation) => operation.stop(released));
    this.#run.row.ended(end, cause, () => {
      this.#run.slots.ended();
      this.#tellOwner('finished');
    });
  }

  #leave(how: Departure, letGo: (operation: Operation) => void): void {
    this.#how = how;
    this.#run.journal.close();
    this.#run.leaving();
    this.#run.issued.letGo(letGo);
  }

  #tellOwner(how: Departure): void {
    this.#run.services.queue.afterwards(() => this.#run.left(how));
  }
}

const released = new TuttiError(
  'TUTTI_ENGINE_STOPPED',
  'The run left this worker; its step was told to stop.',
);

function dropped(operation: Operation): void {
  operation.drop(released);
}
