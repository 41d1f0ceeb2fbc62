/**
 * One run in the memory of the worker that owns it: its code, the operations the code has issued, and what of them is on
 * its way to disk or to the code.
 *
 * Owns: the pending operations and the mailbox; through RunJournal, RunRow and RunWaits what is written for the run. What
 * operations do to it is RunOperations, how it leaves RunDeparture. Does not own: commits (CommitQueue), the turn-taking with
 * other runs (Delivery), time (TimerQueue).
 * In: operations from the code, messages, alarms. Out: journal entries, waits, changes of the run's row.
 *
 * Invariants:
 * L1  The code is advanced only by `advance`, one completion at a time, in journal order; so a replay meets the same order.
 * L2  While the journal still has completions to deliver nothing is begun: replay has no effects.
 *
 * L3, L5 and L6 are the journal's (RunJournal), L4 is the departure's (RunDeparture).
 */
import { cancelOrphan } from './cancel-child.ts';
import type { CancelScope } from './cancel-scope.ts';
import { splitCause } from './caused-text.ts';
import type { Definition } from './definition.ts';
import type { Deliverable } from './delivery.ts';
import { IssuedOperations } from './issued-operations.ts';
import type { Mailbox } from './mailbox.ts';
import type { Cause } from './model/cause.ts';
import type { RunRecord } from './model/run.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { Operation } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import type { ReceivedMessage } from './received-message.ts';
import { RunCancellation, type CancellableRun } from './run-cancellation.ts';
import { RunCause } from './run-cause.ts';
import { RunCode } from './run-code.ts';
import { RunDeparture, type DepartingRun } from './run-departure.ts';
import { runEnd, type CodeOutcome } from './run-end.ts';
import { cancellationError } from './run-errors.ts';
import type { ReplayScript } from './replay-script.ts';
import { RunInbox, type RunInboxHost } from './run-inbox.ts';
import { decodeRunInput } from './run-input.ts';
import { RunJournal, type Landed, type RunJournalHost } from './run-journal.ts';
import type { RunMaterial } from './run-material.ts';
import { RunReplay } from './run-replay.ts';
import { RunSlots } from './run-slots.ts';
import type { Departure, RunOwner } from './run-owner.ts';
import { RunOperations, type OperatedRun } from './run-operations.ts';
import { RunRest } from './run-rest.ts';
import { RunRow } from './run-row.ts';
import { RunWaits } from './run-waits.ts';

/** A run in memory; see the top of the file. */
export class LiveRun
  implements Deliverable, OperatedRun, RunJournalHost, RunInboxHost, CancellableRun, DepartingRun
{
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly definition: Definition;
  readonly material: RunMaterial;
  now: number;
  trigger: RunTrigger | null = null;
  readonly inbox: RunInbox;
  readonly waits: RunWaits;
  readonly issued: IssuedOperations;
  readonly slots: RunSlots;
  readonly row: RunRow;
  readonly journal: RunJournal;
  readonly operations: RunOperations;
  readonly cancellation: RunCancellation;
  readonly #owner: RunOwner<LiveRun>;
  readonly #replay: RunReplay;
  readonly #cause: RunCause;
  readonly #code: RunCode = new RunCode(this);
  readonly #rest: RunRest;
  readonly #departure: RunDeparture;
  #isInRound = false;
  #violation: Error | null = null;

  constructor(owner: RunOwner<LiveRun>, material: RunMaterial) {
    this.#owner = owner;
    this.material = material;
    this.record = material.record;
    this.services = owner.services;
    this.definition = material.definition;
    this.now = material.record.startedAt ?? material.record.createdAt;
    this.inbox = new RunInbox(this, material.inbox);
    this.waits = new RunWaits(this.record, this.services, material.waits);
    const { record, services } = this;
    const isReplaying = !material.script.isOver;
    this.issued = new IssuedOperations({ isReplaying });
    this.#replay = new RunReplay(this);
    this.slots = new RunSlots(record, services, { isReplaying });
    this.row = new RunRow(this);
    this.journal = new RunJournal(this, material.journalLength);
    this.#cause = new RunCause(record.id);
    this.operations = new RunOperations(this);
    this.cancellation = new RunCancellation(this);
    this.#rest = new RunRest(this);
    this.#departure = new RunDeparture(this);
  }

  get root(): CancelScope {
    return this.cancellation.root;
  }

  get workerNumber(): number {
    return this.#owner.workerNumber();
  }

  get mailbox(): Mailbox {
    return this.inbox.mailbox;
  }

  get script(): ReplayScript | null {
    return this.#replay.script;
  }

  get isGone(): boolean {
    return this.#departure.how !== null;
  }

  get isRehearsal(): boolean {
    return this.#owner.replayed !== undefined;
  }

  get isPausing(): boolean {
    return this.inbox.pauseReason !== null;
  }

  /** See `RunHandle.isRecorded`. */
  isRecorded(key: string): boolean {
    return this.#replay.isRecorded(key);
  }

  /** See `RunHandle.hasRecordsLeft`. */
  get hasRecordsLeft(): boolean {
    return this.#replay.isAnswering;
  }

  get isReplaying(): boolean {
    // A rehearsal is nothing new from its first line on, also of a run whose journal is still empty.
    return this.isRehearsal || this.#replay.isAnswering;
  }

  /** Whether it waits and nothing is under way: it may be evicted. */
  get isResting(): boolean {
    return !this.isGone && this.#rest.isResting;
  }

  /** Whether it moves only if a body ends, a time comes or a message arrives. */
  get isQuiet(): boolean {
    if (this.isGone || this.#isInRound || this.journal.isWriting) return false;
    return this.isWorking || this.#rest.isStill;
  }

  /** Whether a step's body is running. */
  get isWorking(): boolean {
    return this.operations.inFlight > 0;
  }

  get isBatched(): boolean {
    return this.definition.durability === 'batched';
  }

  get cause(): Cause {
    return this.#cause.now;
  }

  follow(cause: Cause): void {
    this.#cause.follow(cause);
  }

  willWrite(): void {
    this.#rest.end();
  }

  landed(): void {
    this.#owner.deliver(this);
  }

  // --- the code ---

  advance(): void {
    this.#isInRound = true;
    if (this.isGone) return;
    if (!this.#code.hasStarted) return this.#code.start();
    const landed = this.#replay.take() ?? this.journal.takeLanded();
    if (landed !== undefined) this.#deliver(landed);
  }

  settle(): boolean {
    this.#isInRound = false;
    if (this.isGone) return false;
    if (this.#violation !== null) return this.#pause(this.#violation);
    const { outcome } = this.#code;
    if (outcome !== null) return this.#concludeWith(outcome);
    if (this.#replay.script !== null) {
      if (this.#replay.isAnswering) return this.#mayDeliver();
      if (this.isRehearsal) return this.#rehearsed(null);
      this.#endReplay();
    }
    if (this.journal.hasLanded) return true;
    const rest = this.#rest.begin();
    if (rest instanceof Error) return this.#pause(rest);
    if (rest) this.#owner.rested(this);
    return false;
  }

  execute(): Promise<unknown> {
    const { input, trigger, cause, cancelOn } = decodeRunInput(this.material.input);
    this.trigger = trigger;
    this.#cause.begin(cause);
    this.cancellation.watchFor(this.definition.cancelOn?.(input) ?? [], cancelOn);
    return this.definition.execute(this.#owner.handle(this), input);
  }

  codeEnded(): void {
    // Code that was woken by something unknown ends outside of a round; it still must be concluded.
    this.stirred();
  }

  #deliver({ entry, operation, text }: Landed): void {
    // A failed attempt is no completion: a replay does not stop at it, so it must not move the run's time either.
    if (entry.kind === 'attempt') return operation?.attemptRecorded();
    if (entry.at > this.now) this.now = entry.at;
    if (entry.kind === 'cancel') {
      const { text: reason, cause } = text === null ? { text, cause: null } : splitCause(text);
      if (cause !== null) this.follow(cause);
      this.cancel(this.root, cancellationError(this.record, entry.outcome, reason));
      return this.#replay.script === null ? this.#beginAll(this.issued.takeDeferred()) : undefined;
    }
    if (operation === null || operation.state === 'settled') return;
    this.issued.remove(operation);
    operation.settle(entry.outcome, text);
  }

  /** Whether the next recorded completion belongs to an operation that the code has issued; otherwise the code has changed. */
  #mayDeliver(): boolean {
    const misfit = this.#replay.misfit();
    return misfit === null || this.#pause(misfit);
  }

  #endReplay(): void {
    const deferred = this.#replay.end();
    this.slots.endReplay();
    if (!this.waits.isEmpty) this.#dropOrphans();
    this.cancellation.beginDeadline();
    // A run that was canceled before it started does nothing. One that has started begins its operations all the same: those
    // of an earlier life, a child above all, are stopped only by an operation that has begun.
    const hasStarted = this.journal.length > 0 || !this.waits.isEmpty;
    const isStopping = !hasStarted && this.root.reason === null && this.inbox.isCancelWaiting;
    if (isStopping) for (const operation of deferred) this.issued.defer(operation);
    else {
      this.cancellation.beginWatches();
      this.#beginAll(deferred);
    }
    this.inbox.endReplay();
  }

  #beginAll(operations: readonly Operation[]): void {
    for (const operation of operations) if (operation.state === 'pending') operation.begin();
  }

  /** The code, perhaps new, does not wait any more for what these rows say. */
  #dropOrphans(): void {
    const wanted = new Set([...this.issued.keys(), ...this.cancellation.watchKeys]);
    for (const orphan of this.waits.orphans(wanted)) {
      this.waits.dropStored(orphan.key);
      if (orphan.kind === 'child') cancelOrphan(this, orphan);
      if (orphan.kind === 'slot') this.slots.giveBack(orphan.key);
    }
  }

  // --- operations ---

  /** Something an operation did may let the run go on or come to rest. */
  stirred(): void {
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  /** A body that has been running since before `instant` gets a row that says so. */
  announceStepsOlderThan(instant: number): void {
    if (!this.isWorking || this.isGone) return;
    this.issued.announceStepsOlderThan(instant);
  }

  /** The pending question with this key, for checking an answer. */
  operation(key: string): Operation | undefined {
    return this.issued.find(key);
  }

  // --- messages ---

  receive(message: ReceivedMessage): void {
    if (!this.isGone) this.inbox.receive(message);
  }

  cancelRequested(message: ReceivedMessage): void {
    this.cancellation.request(message);
  }

  pauseRequested(): void {
    this.#owner.deliver(this);
  }

  /** Cancels a scope and what is pending in it. */
  cancel(scope: CancelScope, reason: Error): void {
    this.cancellation.cancel(scope, reason);
  }

  // --- marks, remarks ---

  /** See `RunHandle.mark`. */
  mark(name: string): boolean {
    const { isSet, isNew } = this.#replay.mark(name);
    if (isNew && !this.isRehearsal && !this.isGone) this.journal.mark(name);
    return isSet;
  }

  setStatus(text: string): void {
    if (!this.isReplaying) this.row.status = text;
  }

  violate(error: Error): void {
    this.#violation ??= error;
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  // --- rest and departure ---

  /** Leaves memory while it waits; the store wakes it. */
  release(): void {
    const wakeAt = this.isGone ? null : this.#rest.releasableUntil();
    if (wakeAt !== null) this.#departure.released(wakeAt);
  }

  /** Gives the run up although it is at work: what it needs cannot be read. Whoever claims it, at `wakeAt`, tries again. */
  handBack(wakeAt: number): void {
    if (!this.isGone) this.#departure.handedBack(wakeAt);
  }

  /** The worker lost this run: forget everything, write nothing. */
  abandon(reason: Error): void {
    this.#departure.abandoned(reason);
  }

  leaving(): void {
    this.cancellation.stop();
  }

  left(how: Departure): void {
    this.#owner.left(this, how);
  }

  #rehearsed(mismatch: Error | null): false {
    this.#departure.rehearsed();
    this.#owner.replayed?.(this, mismatch);
    return false;
  }

  /** Stops the run until a person or other code comes; nothing of its history changes. */
  #pause(reason: Error): false {
    if (this.isRehearsal) return this.#rehearsed(reason);
    this.#departure.paused(reason);
    return false;
  }

  /** Pauses from outside: the code that the run needs does not behave as its journal says. */
  pauseBecause(reason: Error): void {
    if (!this.isGone) this.#pause(reason);
  }

  #concludeWith(outcome: CodeOutcome): false {
    const unfinished = this.#replay.unfinished();
    if (unfinished !== null) return this.#pause(unfinished);
    if (this.isRehearsal) return this.#rehearsed(null);
    const what = `the result of run "${this.record.id}"`;
    const end = runEnd(outcome, this.root.reason, what, this.services.payloads);
    if (this.#replay.script !== null) this.cancellation.cancelStoredChildren();
    this.#departure.finished(end, this.#cause.moved);
    return false;
  }

  // --- looking at it ---

  /** Its row as it is on disk, once it has ended; else null. */
  get ended(): RunRecord | null {
    return this.row.endedRecord;
  }

  /** How many entries its journal has, those on their way to disk included. */
  get journalLength(): number {
    return this.journal.length;
  }

  /** Keys of the operations that are issued and not yet answered. */
  pendingKeys(): readonly string[] {
    return this.issued.keys();
  }
}
