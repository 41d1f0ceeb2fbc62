/**
 * What the operations of one live run do to it: they are issued, wait, work, and end in its journal.
 *
 * Owns: how many bodies are running. Does not own: the journal, the waits, the slots (it writes to them), where the run stands
 * (LiveRun). Once the run has left, nothing an operation says counts any more.
 */
import { cancelChild } from './cancel-child.ts';
import type { IssuedOperations } from './issued-operations.ts';
import type { Mailbox } from './mailbox.ts';
import { logTextMax, type LogLine } from './model/log.ts';
import type { RunNumber, RunRecord } from './model/run.ts';
import type { Cause } from './model/cause.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { Completion, Operation, OperationHost, ReservedEntry } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import { outside } from './outside.ts';
import type { RecordedAttempts, ReplayScript } from './replay-script.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunSlots } from './run-slots.ts';
import type { RunWaits } from './run-waits.ts';

/** The run as its operations need it. */
export interface OperatedRun {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly mailbox: Mailbox;
  readonly now: number;
  readonly trigger: RunTrigger | null;
  readonly cause: Cause;
  follow(cause: Cause): void;
  /** While the journal answers; null once it is through. */
  readonly script: ReplayScript | null;
  readonly isGone: boolean;
  /** Whether it is only compared with its journal: nothing is begun, nothing is written. */
  readonly isRehearsal: boolean;
  /** Whether it is to pause at its next rest, so that nothing new is begun. */
  readonly isPausing: boolean;
  /** Something changed that may let it go on or come to rest. */
  stirred(): void;
  readonly issued: IssuedOperations;
  readonly waits: RunWaits;
  readonly journal: RunJournal;
  readonly slots: RunSlots;
  readonly material: { readonly script: ReplayScript };
}

/** See the top of the file. */
export class RunOperations implements OperationHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly #run: OperatedRun;
  #inFlight = 0;

  constructor(run: OperatedRun) {
    this.record = run.record;
    this.services = run.services;
    this.#run = run;
  }

  get mailbox(): Mailbox {
    return this.#run.mailbox;
  }

  get now(): number {
    return this.#run.now;
  }

  get trigger(): RunTrigger | null {
    return this.#run.trigger;
  }

  get cause(): Cause {
    return this.#run.cause;
  }

  follow(cause: Cause): void {
    this.#run.follow(cause);
  }

  /** How many bodies are running. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes an operation from the code: the journal answers it, or it is begun, now or when the journal is through. */
  issue(operation: Operation): Promise<unknown> {
    const { issued, slots } = this.#run;
    const { cancelScope } = operation.identity;
    if (cancelScope.reason !== null) {
      issued.refuse(operation, cancelScope.reason);
      return operation.promise;
    }
    issued.add(operation);
    if (operation.kind === 'slot') slots.isUsed = true;
    const { script } = this.#run;
    if (script === null) {
      if (!this.#run.isPausing) begin(operation);
    } else if (script.isEmpty || !script.willAnswer(operation)) {
      issued.defer(operation);
    }
    return operation.promise;
  }

  attempts(operation: Operation): RecordedAttempts | undefined {
    // As it was claimed: attempts count also after the replay.
    const { script } = this.#run.material;
    return script.hasAttempts ? script.attempts(operation.identity.key) : undefined;
  }

  complete(operation: Operation, completion: Completion): void {
    if (operation.state !== 'pending' || this.#run.isGone) return;
    operation.state = 'completing';
    this.#run.waits.ended(operation);
    this.#run.journal.complete(operation, completion);
  }

  attemptFailed(operation: Operation, completion: Completion): void {
    if (operation.state !== 'pending' || this.#run.isGone) return;
    this.#run.journal.attemptFailed(operation, completion);
  }

  reserve(operation: Operation, accepted: Completion, refused: Completion): ReservedEntry {
    operation.state = 'completing';
    return this.#run.journal.reserve(operation, accepted, refused);
  }

  waiting(operation: Operation): void {
    this.#run.waits.began(operation);
    this.#run.stirred();
  }

  storedDetail(key: string): string | null {
    return this.#run.waits.storedDetail(key);
  }

  noLongerWaiting(operation: Operation): void {
    this.#run.waits.ended(operation);
  }

  working(change: 1 | -1): void {
    this.#inFlight += change;
  }

  prepared(operation: Operation): boolean {
    this.working(-1);
    // The run goes on elsewhere, and does there what this would do here: nothing may be written for it any more (L4).
    if (this.#run.isGone) return false;
    if (operation.state === 'pending') return true;
    // Nothing else will: what its end set off may have found the run at work, and left it so.
    this.#run.stirred();
    return false;
  }

  giveBack(key: string): void {
    if (!this.#run.isGone) this.#run.slots.giveBack(key);
  }

  log(line: Omit<LogLine, 'run' | 'at'>): void {
    if (this.#run.isGone || this.#run.isRehearsal) return;
    const text = line.text.length <= logTextMax ? line.text : `${line.text.slice(0, logTextMax - 1)}…`;
    const { queue, clock } = this.services;
    queue.log({ ...line, text, run: this.record.number, at: clock.now() });
  }

  cancelChild(childId: string, child: RunNumber | null): void {
    cancelChild(this, childId, child);
  }
}

/** A step takes its body out of the code's context itself; what the others do for their preparation is not the code's doing either. */
function begin(operation: Operation): void {
  if (operation.kind === 'step') operation.begin();
  else outside(() => operation.begin());
}
