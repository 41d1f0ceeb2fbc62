/**
 * One run in the memory of the worker that owns it: its code, the operations the code has issued, and what of them is on
 * its way to disk or to the code.
 *
 * Owns: the pending operations and the mailbox; through RunJournal, RunRow and RunWaits what is written for the run. What
 * operations do to it is RunOperations. Does not own: commits (CommitQueue), the turn-taking with other runs (Delivery), time (TimerQueue).
 * In: operations from the code, messages, alarms. Out: journal entries, waits, changes of the run's row.
 *
 * Invariants:
 * L1  The code is advanced only by `advance`, one completion at a time, in journal order; so a replay meets the same order.
 * L2  While the journal still has completions to deliver nothing is begun: replay has no effects.
 * L4  Nothing is written for this run after the change with which it leaves (released, paused, finished).
 *
 * L3 and L5 are the journal's (RunJournal).
 */
import { TuttiError } from '../base/tutti-error.ts';
import { cancelOrphan } from './cancel-child.ts';
import { CancelScope } from './cancel-scope.ts';
import { CancelWatches } from './cancel-watches.ts';
import { splitCause } from './caused-text.ts';
import type { Definition } from './definition.ts';
import type { Deliverable } from './delivery.ts';
import { IssuedOperations } from './issued-operations.ts';
import type { Mailbox } from './mailbox.ts';
import { outranks, type Cause } from './model/cause.ts';
import type { JournalEntry } from './model/journal.ts';
import type { RunRecord } from './model/run.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { Operation } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import type { ReceivedMessage } from './received-message.ts';
import { runEnd, type CodeOutcome } from './run-end.ts';
import { cancellationError, missingInCode, unfinishedJournal, unknownPromise } from './run-errors.ts';
import type { ReplayScript } from './replay-script.ts';
import { RunInbox, type RunInboxHost } from './run-inbox.ts';
import { decodeRunInput } from './run-input.ts';
import { RunJournal, type Landed, type RunJournalHost } from './run-journal.ts';
import type { RunMaterial } from './run-material.ts';
import { RunSlots } from './run-slots.ts';
import type { Departure, RunOwner } from './run-owner.ts';
import { RunOperations, type OperatedRun } from './run-operations.ts';
import { RunRow } from './run-row.ts';
import { RunWaits } from './run-waits.ts';
import type { Alarm } from './timer-queue.ts';

/** A run in memory; see the top of the file. */
export class LiveRun implements Deliverable, OperatedRun, RunJournalHost, RunInboxHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly definition: Definition;
  readonly root: CancelScope = new CancelScope(null, { isShielded: false });
  readonly waits: RunWaits;
  now: number;
  trigger: RunTrigger | null = null;
  readonly #journal: RunJournal;
  readonly #row: RunRow;
  readonly #slots: RunSlots;
  readonly #owner: RunOwner<LiveRun>;
  readonly #material: RunMaterial;
  readonly operations: RunOperations;
  readonly #issued: IssuedOperations;
  readonly #inbox: RunInbox;
  #script: ReplayScript | null;
  #hasStarted = false;
  #isInRound = false;
  /** Whether it came to rest when what it waits for was due already: an alarm is about to ring, the row still says `running`. */
  #isDue = false;
  #outcome: CodeOutcome | null = null;
  #violation: Error | null = null;
  #departure: Departure | null = null;
  /** What the code was told of each mark it asked for. */
  #marks: Map<string, boolean> | null = null;
  /** What it follows from, and whether it learned so after its start; null for nothing but itself. */
  #cause: Cause | null = null;
  #isMoved = false;
  #deadline: Alarm | null = null;
  /** For the events that cancel it; null for a definition without any. */
  #watches: CancelWatches | null = null;

  constructor(owner: RunOwner<LiveRun>, material: RunMaterial) {
    this.#owner = owner;
    this.#material = material;
    this.record = material.record;
    this.services = owner.services;
    this.definition = material.definition;
    this.now = material.record.startedAt ?? material.record.createdAt;
    this.#script = material.script;
    this.#inbox = new RunInbox(this, material.inbox);
    this.waits = new RunWaits(this.record, this.services, material.waits);
    const { record, services } = this;
    const isReplaying = !material.script.isOver;
    this.#issued = new IssuedOperations({ isReplaying });
    this.#slots = new RunSlots(record, services, { isReplaying });
    this.#row = new RunRow({
      record,
      services,
      workerNumber: owner.workerNumber,
      seenMessage: () => this.#inbox.seen,
    });
    this.#journal = new RunJournal(this, material.journalLength);
    this.operations = new RunOperations(this, {
      issued: this.#issued,
      waits: this.waits,
      journal: this.#journal,
      slots: this.#slots,
      claimed: material.script,
    });
  }

  get mailbox(): Mailbox {
    return this.#inbox.mailbox;
  }

  get script(): ReplayScript | null {
    return this.#script;
  }

  get isGone(): boolean {
    return this.#departure !== null;
  }

  get isRehearsal(): boolean {
    return this.#owner.replayed !== undefined;
  }

  get isPausing(): boolean {
    return this.#inbox.pauseReason !== null;
  }

  /** See `RunHandle.isRecorded`. */
  isRecorded(key: string): boolean {
    return this.#script?.hasEnded(key) === true;
  }

  /** See `RunHandle.hasRecordsLeft`. */
  get hasRecordsLeft(): boolean {
    return this.#isAnswered;
  }

  get isReplaying(): boolean {
    // A rehearsal is nothing new from its first line on, also of a run whose journal is still empty.
    return this.#owner.replayed !== undefined || this.#isAnswered;
  }

  /** Whether the journal has more to say to the code. */
  get #isAnswered(): boolean {
    return this.#script !== null && !this.#script.isOver;
  }

  /** Whether it waits and nothing is under way: it may be evicted. */
  get isResting(): boolean {
    return this.#departure === null && this.#row.isWaiting;
  }

  /** Whether it moves only if a body ends, a time comes or a message arrives. */
  get isQuiet(): boolean {
    if (this.#departure !== null || this.#isInRound || this.#journal.isWriting) return false;
    return this.isWorking || this.#row.isWaiting || this.#isDue;
  }

  /** Whether a step's body is running. */
  get isWorking(): boolean {
    return this.operations.inFlight > 0;
  }

  get isBatched(): boolean {
    return this.definition.durability === 'batched';
  }

  /** What the code does now follows from this; without any event or run that led here, from the run itself. */
  get cause(): Cause {
    return this.#cause ?? { correlationId: this.record.id, eventId: null, hops: 0 };
  }

  follow(cause: Cause): void {
    if (!outranks(cause, this.cause)) return;
    this.#cause = cause;
    this.#isMoved = true;
  }

  willWrite(): void {
    this.#isDue = false;
    if (this.#row.isWaiting) this.#row.running();
  }

  landed(): void {
    this.#owner.deliver(this);
  }

  // --- the code ---

  advance(): void {
    this.#isInRound = true;
    if (this.#departure !== null) return;
    if (!this.#hasStarted) return this.#startCode();
    const script = this.#script;
    const recorded = script === null || script.isOver ? undefined : script.next;
    if (recorded !== undefined) {
      script?.advance();
      const operation = this.#issued.recorded(recorded);
      return this.#deliver({ entry: recorded, operation, text: this.#textOf(recorded) });
    }
    const landed = this.#journal.takeLanded();
    if (landed !== undefined) this.#deliver(landed);
  }

  settle(): boolean {
    this.#isInRound = false;
    if (this.#departure !== null) return false;
    if (this.#violation !== null) return this.#pause(this.#violation);
    if (this.#outcome !== null) return this.#concludeWith(this.#outcome);
    if (this.#script !== null) {
      if (!this.#script.isOver) return this.#mayDeliver(this.#script);
      if (this.#owner.replayed !== undefined) return this.#rehearsed(null);
      this.#endReplay();
    }
    if (this.#journal.hasLanded) return true;
    this.#rest();
    return false;
  }

  #startCode(): void {
    this.#hasStarted = true;
    let promise: Promise<unknown>;
    try {
      const { input, trigger, cause } = decodeRunInput(this.#material.input);
      this.trigger = trigger;
      this.#cause = cause;
      const { cancelOn } = this.definition;
      if (cancelOn !== undefined)
        this.#watches = new CancelWatches(this.operations, this.root, cancelOn(input));
      promise = this.definition.execute(this.#owner.handle(this), input);
    } catch (error) {
      promise = Promise.reject(error);
    }
    promise.then(
      (value) => this.#codeEnded({ isOk: true, value }),
      (error: unknown) => this.#codeEnded({ isOk: false, error }),
    );
  }

  #codeEnded(outcome: CodeOutcome): void {
    this.#outcome = outcome;
    // Code that was woken by something unknown ends outside of a round; it still must be concluded.
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  #deliver({ entry, operation, text }: Landed): void {
    // A failed attempt is no completion: a replay does not stop at it, so it must not move the run's time either.
    if (entry.kind === 'attempt') return operation?.attemptRecorded();
    if (entry.at > this.now) this.now = entry.at;
    if (entry.kind === 'cancel') {
      const { text: reason, cause } = text === null ? { text, cause: null } : splitCause(text);
      if (cause !== null) this.follow(cause);
      this.cancel(this.root, cancellationError(this.record, entry.outcome, reason));
      return this.#script === null ? this.#beginAll(this.#issued.takeDeferred()) : undefined;
    }
    if (operation === null || operation.state === 'settled') return;
    this.#issued.remove(operation);
    operation.settle(entry.outcome, text);
  }

  /** Whether the next recorded completion belongs to an operation that the code has issued; otherwise the code has changed. */
  #mayDeliver(script: ReplayScript): boolean {
    const entry = script.next;
    if (entry === undefined || entry.kind === 'cancel') return true;
    if (this.#issued.accepts(entry)) return true;
    return this.#pause(missingInCode(this.record, entry, this.#issued.deferredKeys()));
  }

  #endReplay(): void {
    this.#script = null;
    const deferred = this.#issued.endReplay();
    this.#slots.endReplay();
    if (!this.waits.isEmpty) this.#dropOrphans();
    const deadlineAt = this.#deadlineAt;
    if (deadlineAt !== null) {
      this.#deadline = this.services.timers.at(deadlineAt, () => this.#journalCancel(null));
    }
    // A run that was canceled before it started does nothing. One that has started begins its operations all the same: those
    // of an earlier life, a child above all, are stopped only by an operation that has begun.
    const hasStarted = this.#journal.length > 0 || !this.waits.isEmpty;
    const isStopping = !hasStarted && this.root.reason === null && this.#inbox.isCancelWaiting;
    if (isStopping) for (const operation of deferred) this.#issued.defer(operation);
    else {
      this.#watches?.begin();
      this.#beginAll(deferred);
    }
    this.#inbox.endReplay();
  }

  #beginAll(operations: readonly Operation[]): void {
    for (const operation of operations) if (operation.state === 'pending') operation.begin();
  }

  /** The code, perhaps new, does not wait any more for what these rows say. */
  #dropOrphans(): void {
    for (const orphan of this.waits.orphans(
      new Set([...this.#issued.keys(), ...(this.#watches?.keys ?? [])]),
    )) {
      this.waits.dropStored(orphan.key);
      if (orphan.kind === 'child') cancelOrphan(this, orphan);
      if (orphan.kind === 'slot') this.#slots.giveBack(orphan.key);
    }
  }

  // --- operations ---

  /** Something an operation did may let the run go on or come to rest. */
  stirred(): void {
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  /** A body that has been running since before `instant` gets a row that says so. */
  announceStepsOlderThan(instant: number): void {
    if (!this.isWorking || this.#departure !== null) return;
    this.#issued.announceStepsOlderThan(instant);
  }

  /** The pending question with this key, for checking an answer. */
  operation(key: string): Operation | undefined {
    return this.#issued.find(key);
  }

  // --- messages ---

  receive(message: ReceivedMessage): void {
    if (this.#departure === null) this.#inbox.receive(message);
  }

  cancelRequested(message: ReceivedMessage): void {
    this.#journalCancel(message);
  }

  pauseRequested(): void {
    this.#owner.deliver(this);
  }

  /** Cancels a scope and, in the order they were issued, the pending operations in it. */
  cancel(scope: CancelScope, reason: Error): void {
    const reached = scope.cancel(reason);
    if (reached.size === 0) return;
    // While the journal answers, operations have not begun here: what the rows of an earlier life say of them is settled
    // when the replay ends, and there a child that is no longer wanted is told so.
    const isReplay = this.#script !== null;
    if (scope === this.root) this.#watches?.cancel({ isReplaying: isReplay });
    this.#issued.cancel(reached, reason, (operation) => {
      if (!isReplay) this.waits.ended(operation);
    });
  }

  /** Journals that the run is to cancel: because it was asked to, or because its time is up (no message). */
  #journalCancel(message: ReceivedMessage | null): void {
    if (this.#departure !== null) return;
    if (message !== null) this.services.queue.consume(message.id);
    if (this.root.reason !== null) return;
    this.#journal.cancel(message === null ? 'timeout' : 'canceled', message?.text ?? null);
  }

  // --- marks, remarks ---

  /** See `RunHandle.mark`. */
  mark(name: string): boolean {
    const known = this.#marks?.get(name);
    if (known !== undefined) return known;
    const isRecorded = this.#material.script.hasRecord(name);
    const isSet = isRecorded || !this.#isAnswered;
    (this.#marks ??= new Map()).set(name, isSet);
    const isWriting = this.#owner.replayed === undefined && this.#departure === null;
    if (isSet && !isRecorded && isWriting) this.#journal.mark(name);
    return isSet;
  }

  setStatus(text: string): void {
    if (!this.isReplaying) this.#row.status = text;
  }

  violate(error: Error): void {
    this.#violation ??= error;
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  // --- rest and departure ---

  #rest(): void {
    this.waits.store();
    if (this.#journal.isWriting || this.isWorking) return;
    const { pauseReason } = this.#inbox;
    if (pauseReason !== null) {
      this.#pause(new TuttiError('TUTTI_RUN_PAUSED', `Run "${this.record.id}" was paused: ${pauseReason}`));
      return;
    }
    if (this.#issued.size === 0) {
      this.#pause(unknownPromise(this.record));
      return;
    }
    const deadlineAt = this.#deadlineAt;
    if (!this.#row.isWaiting || this.waits.isNextWakeNew(deadlineAt)) {
      const wakeAt = this.waits.nextWake(deadlineAt);
      // What is due moves by itself in a moment, and the row would change twice for nothing: of 100,000 runs after a crash.
      this.#isDue = !this.#row.isWaiting && wakeAt <= this.services.clock.now();
      if (this.#isDue) return;
      this.#row.waiting(wakeAt);
    }
    this.#owner.rested(this);
  }

  /** Leaves memory while it waits; the store wakes it. */
  release(): void {
    if (!this.isResting || this.#journal.isWriting || this.isWorking) return;
    const wakeAt = this.waits.nextWake(this.#deadlineAt);
    // What is due is about to move by itself; released, it would be claimed at once and released again, without ever moving.
    if (wakeAt <= this.services.clock.now()) return;
    this.#row.released(wakeAt);
    this.#leave('released', (operation) => operation.drop(released));
    this.services.queue.afterwards(() => this.#owner.left(this, 'released'));
  }

  /** Gives the run up although it is at work: what it needs cannot be read. Whoever claims it, at `wakeAt`, tries again. */
  handBack(wakeAt: number): void {
    if (this.#departure !== null) return;
    this.#row.handedBack(wakeAt);
    this.#leave('released', (operation) => operation.drop(released));
    this.services.queue.afterwards(() => this.#owner.left(this, 'released'));
  }

  /** The worker lost this run: forget everything, write nothing. */
  abandon(reason: Error): void {
    this.#row.close();
    this.#leave('released', (operation) => operation.drop(reason));
  }

  #leave(how: Departure, letGo: (operation: Operation) => void): void {
    this.#departure = how;
    this.#journal.close();
    this.#watches?.stop();
    this.#deadline?.cancel();
    this.#issued.letGo(letGo);
  }

  #rehearsed(mismatch: Error | null): false {
    this.#departure = 'released';
    this.#owner.replayed?.(this, mismatch);
    return false;
  }

  /** Stops the run until a person or other code comes; nothing of its history changes. */
  #pause(reason: Error): false {
    if (this.#owner.replayed !== undefined) return this.#rehearsed(reason);
    this.#inbox.consumePauses();
    this.#row.paused(reason);
    this.#leave('paused', (operation) => operation.drop(reason));
    this.services.queue.afterwards(() => this.#owner.left(this, 'paused'));
    return false;
  }

  /** Pauses from outside: the code that the run needs does not behave as its journal says. */
  pauseBecause(reason: Error): void {
    if (this.#departure === null) this.#pause(reason);
  }

  /** Code that ends within its replay began no child here, so none is stopped with it; those of an earlier life are told. */
  #cancelStoredChildren(): void {
    for (const wait of this.waits.orphans(new Set())) if (wait.kind === 'child') cancelOrphan(this, wait);
  }

  #concludeWith(outcome: CodeOutcome): false {
    // What the journal still holds of operations that the code issued came too late for it then as well: the loser of a race.
    const unissued = (this.#script?.remaining ?? []).filter(
      (entry) => entry.kind !== 'cancel' && !this.#issued.accepts(entry),
    );
    if (unissued.length > 0) return this.#pause(unfinishedJournal(this.record, unissued));
    if (this.#owner.replayed !== undefined) return this.#rehearsed(null);
    const what = `the result of run "${this.record.id}"`;
    const end = runEnd(outcome, this.root.reason, what, this.services.payloads);
    if (this.#script !== null) this.#cancelStoredChildren();
    this.#leave('finished', (operation) => operation.stop(released));
    // Who called this run knows what it followed from when it began.
    this.#row.ended(end, this.#isMoved ? this.#cause : null, () => {
      this.#slots.ended();
      this.services.queue.afterwards(() => this.#owner.left(this, 'finished'));
    });
    return false;
  }

  // --- looking at it ---

  /** When its time is up. A run of a backfill lay waiting for its turn: its time counts from when it was first taken up. */
  get #deadlineAt(): number | null {
    const { deadlineAt, startedAt } = this.record;
    const { timeoutMs } = this.definition;
    if (deadlineAt !== null || timeoutMs === null || this.trigger?.by !== 'backfill') return deadlineAt;
    return (startedAt ?? this.services.clock.now()) + timeoutMs;
  }

  /** Its row as it is on disk, once it has ended; else null. */
  get ended(): RunRecord | null {
    return this.#row.endedRecord;
  }

  /** How many entries its journal has, those on their way to disk included. */
  get journalLength(): number {
    return this.#journal.length;
  }

  /** Keys of the operations that are issued and not yet answered. */
  pendingKeys(): readonly string[] {
    return this.#issued.keys();
  }

  #textOf(entry: JournalEntry): string | null {
    if (entry.payload === null) return null;
    return this.services.payloads.textNow(entry.payload) ?? this.#material.texts.get(entry.seq) ?? null;
  }
}

const released = new TuttiError(
  'TUTTI_ENGINE_STOPPED',
  'The run left this worker; its step was told to stop.',
);
