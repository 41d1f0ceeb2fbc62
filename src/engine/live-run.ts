/**
 * One run in the memory of the worker that owns it: its code, the operations the code has issued, and what of them is on
 * its way to disk or to the code.
 *
 * Owns: the run's position in its journal, its pending operations, its mailbox. Does not own: commits (CommitQueue), the
 * turn-taking with other runs (Delivery), time (TimerQueue).
 * In: operations from the code, messages, alarms. Out: journal entries, waits, changes of the run's row.
 *
 * Invariants:
 * L1  The code is advanced only by `advance`, one completion at a time, in journal order; so a replay meets the same order.
 * L2  While the journal still has completions to deliver nothing is begun: replay has no effects.
 * L3  Every entry gets the next position, in the order in which entries are enqueued (C2 keeps that order on disk).
 * L4  Nothing is written for this run after the change with which it leaves (released, paused, finished).
 */
import { decodeValue, encodeValue } from '../base/codec.ts';
import { toErrorRecord } from '../base/error-record.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { CancelScope } from './cancel-scope.ts';
import type { Definition } from './definition.ts';
import type { Deliverable } from './delivery.ts';
import { Mailbox } from './mailbox.ts';
import type { JournalAppend, JournalEntry } from './model/journal.ts';
import type { Payload } from './model/payload.ts';
import {
  neverWakes,
  nobody,
  type FinalState,
  type RunNumber,
  type RunRecord,
  type RunState,
} from './model/run.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { WaitRecord } from './model/wait.ts';
import type { Completion, Operation } from './operations/operation.ts';
import type { OperationHost, ReservedEntry } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import { encodeError } from './encode-error.ts';
import type { StepOperation } from './operations/step.ts';
import type { ReceivedMessage } from './received-message.ts';
import type { RunHandle } from './run-handle.ts';
import {
  cancellationError,
  isCancellation,
  missingInCode,
  unfinishedJournal,
  unknownPromise,
} from './run-errors.ts';
import { keyOf, type RecordedAttempts, type ReplayScript } from './replay-script.ts';
import { outside } from './outside.ts';
import { decodeRunInput } from './run-input.ts';
import { RunWaits } from './run-waits.ts';
import type { Alarm } from './timer-queue.ts';

/** How a run leaves the memory of its worker. */
export type Departure = 'finished' | 'paused' | 'released';

/** The worker as a run sees it. */
export interface RunOwner {
  readonly services: RunServices;
  /** The run as its code is to see it. */
  readonly handle: (run: LiveRun) => RunHandle;
  readonly deliver: (run: LiveRun) => void;
  readonly workerNumber: () => number;
  /** The change with which the run leaves is on disk. */
  readonly left: (run: LiveRun, how: Departure) => void;
  /** The run came to rest: it waits and nothing is under way. */
  readonly rested: (run: LiveRun) => void;
  /** Present for a rehearsal: the journal is through, or does not fit the code. Nothing is begun or written. */
  readonly replayed?: (run: LiveRun, mismatch: Error | null) => void;
}

/** What a claim, or a fresh start, gives. Payloads of the journal are at hand as texts. */
export interface RunMaterial {
  readonly record: RunRecord;
  readonly definition: Definition;
  readonly input: string;
  readonly script: ReplayScript;
  readonly journalLength: number;
  readonly texts: ReadonlyMap<number, string>;
  readonly inbox: readonly ReceivedMessage[];
  readonly waits: readonly WaitRecord[];
}

interface Landed {
  readonly entry: JournalEntry;
  readonly operation: Operation | null;
  readonly text: string | null;
}

type Outcome =
  { readonly isOk: true; readonly value: unknown } | { readonly isOk: false; readonly error: unknown };

/** A run in memory; see the top of the file. */
export class LiveRun implements Deliverable, OperationHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly definition: Definition;
  readonly mailbox: Mailbox;
  readonly root: CancelScope = new CancelScope(null, { isShielded: false });
  readonly waits: RunWaits;
  now: number;
  trigger: RunTrigger | null = null;
  readonly #owner: RunOwner;
  readonly #material: RunMaterial;
  readonly #operations = new Map<string, Operation>();
  /** Keys of operations that were canceled while replaying; the journal may hold completions that came too late. */
  readonly #canceledKeys = new Set<string>();
  /** Issued during replay and not answered by the journal; begun when the journal is through. */
  readonly #deferred: Operation[] = [];
  /** Messages that came while the journal was still answering; the inbox of the claim goes first. */
  #early: ReceivedMessage[];
  #script: ReplayScript | null;
  #landed: Landed[] = [];
  #landedPosition = 0;
  #nextSeq: number;
  #uncommitted = 0;
  #inFlight = 0;
  #hasStarted = false;
  #isInRound = false;
  #outcome: Outcome | null = null;
  #violation: Error | null = null;
  #pauseReason: string | null = null;
  #departure: Departure | null = null;
  #storedState: RunState = 'running';
  #status: string | null = null;
  readonly #marks = new Set<string>();
  #deadline: Alarm | null = null;

  constructor(owner: RunOwner, material: RunMaterial) {
    this.#owner = owner;
    this.#material = material;
    this.record = material.record;
    this.services = owner.services;
    this.definition = material.definition;
    this.now = material.record.startedAt ?? material.record.createdAt;
    this.#script = material.script;
    this.#nextSeq = material.journalLength;
    this.#early = [...material.inbox];
    this.mailbox = new Mailbox(0);
    this.waits = new RunWaits(this.record, this.services, material.waits);
  }

  get isReplaying(): boolean {
    return this.#script !== null && !this.#script.isOver;
  }

  /** Whether it waits and nothing is under way: it may be evicted. */
  get isResting(): boolean {
    return this.#departure === null && this.#storedState === 'waiting';
  }

  /** Whether a step's body is running. */
  get isWorking(): boolean {
    return this.#inFlight > 0;
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
      const operation = this.#operations.get(keyOf(recorded)) ?? null;
      return this.#deliver({ entry: recorded, operation, text: this.#textOf(recorded) });
    }
    const landed = this.#landed[this.#landedPosition];
    if (landed === undefined) return;
    this.#landedPosition += 1;
    if (this.#landedPosition === this.#landed.length) {
      this.#landed = [];
      this.#landedPosition = 0;
    }
    this.#uncommitted -= 1;
    this.#deliver(landed);
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
    if (this.#landedPosition < this.#landed.length) return true;
    this.#rest();
    return false;
  }

  #startCode(): void {
    this.#hasStarted = true;
    let promise: Promise<unknown>;
    try {
      const { input, trigger } = decodeRunInput(this.#material.input);
      this.trigger = trigger;
      promise = this.definition.execute(this.#owner.handle(this), input);
    } catch (error) {
      promise = Promise.reject(error);
    }
    promise.then(
      (value) => this.#codeEnded({ isOk: true, value }),
      (error: unknown) => this.#codeEnded({ isOk: false, error }),
    );
  }

  #codeEnded(outcome: Outcome): void {
    this.#outcome = outcome;
    // Code that was woken by something unknown ends outside of a round; it still must be concluded.
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  #deliver({ entry, operation, text }: Landed): void {
    // A failed attempt is no completion: a replay does not stop at it, so it must not move the run's time either.
    if (entry.kind === 'attempt') return;
    if (entry.at > this.now) this.now = entry.at;
    if (entry.kind === 'cancel') {
      this.cancel(this.root, cancellationError(this.record, entry.outcome, text));
      return this.#script === null ? this.#beginAll(this.#deferred.splice(0)) : undefined;
    }
    if (operation === null || operation.state === 'settled') return;
    this.#operations.delete(operation.identity.key);
    operation.settle(entry.outcome, text);
  }

  /** Whether the next recorded completion belongs to an operation that the code has issued; otherwise the code has changed. */
  #mayDeliver(script: ReplayScript): boolean {
    const entry = script.next;
    if (entry === undefined || entry.kind === 'cancel') return true;
    const key = keyOf(entry);
    if (this.#operations.has(key) || this.#canceledKeys.has(key)) return true;
    return this.#pause(missingInCode(this.record, entry, this.#issuedKeys()));
  }

  #endReplay(): void {
    this.#script = null;
    const deferred = this.#deferred.splice(0);
    for (const orphan of this.waits.orphans((key) => this.#operations.has(key))) {
      this.waits.dropStored(orphan.key);
      if (orphan.kind === 'child') this.#cancelStoredChild(orphan);
    }
    if (this.record.deadlineAt !== null) {
      this.#deadline = this.services.timers.at(this.record.deadlineAt, () => this.#journalCancel(null));
    }
    // What a cancellation is about to stop is not begun first: a run that was canceled before it started does nothing.
    const isStopping = this.root.reason === null && this.#early.some(({ kind }) => kind === 'cancel');
    if (isStopping) this.#deferred.push(...deferred);
    else this.#beginAll(deferred);
    for (const message of this.#early.splice(0)) this.receive(message);
  }

  #beginAll(operations: readonly Operation[]): void {
    for (const operation of operations) if (operation.state === 'pending') operation.begin();
  }

  // --- operations ---

  /** Takes an operation from the code. */
  issue(operation: Operation): Promise<unknown> {
    const { key, cancelScope } = operation.identity;
    if (cancelScope.reason !== null) {
      this.#canceledKeys.add(key);
      operation.refuse(cancelScope.reason);
      return operation.promise;
    }
    this.#operations.set(key, operation);
    if (this.#script === null) {
      if (this.#pauseReason === null) begin(operation);
    } else if (!this.#script.hasEnded(key)) this.#deferred.push(operation);
    return operation.promise;
  }

  attempts(key: string): RecordedAttempts | undefined {
    return this.#material.script.attempts(key);
  }

  complete(operation: Operation, completion: Completion): void {
    if (operation.state !== 'pending' || this.#departure !== null) return;
    operation.state = 'completing';
    this.#uncommitted += 1;
    this.waits.ended(operation);
    const { text } = completion;
    if (text === null) return this.#write(operation, completion, null);
    const what = `the result of ${operation.kind} "${operation.identity.name}"`;
    const { payloads } = this.services;
    try {
      const payload = payloads.inline(text, what);
      if (payload !== null) return this.#write(operation, completion, payload);
    } catch (error) {
      const refused = encodeError(toErrorRecord(error));
      return this.#write(operation, unstorable(completion, refused), payloads.always(refused));
    }
    payloads.spill(text, this.record.id).then(
      (payload) => this.#write(operation, completion, payload),
      (error: unknown) => {
        const refused = encodeError(toErrorRecord(error));
        this.#write(operation, unstorable(completion, refused), payloads.always(refused));
      },
    );
  }

  attemptFailed(operation: Operation, completion: Completion): void {
    if (operation.state !== 'pending' || this.#departure !== null) return;
    const payload = completion.text === null ? null : this.services.payloads.always(completion.text);
    this.#uncommitted += 1;
    const entry: JournalAppend = { ...this.#entry(operation, completion, payload), kind: 'attempt' };
    this.services.queue.entry(entry, {
      entryCommitted: () => this.#land({ entry, operation: null, text: null }),
    });
  }

  reserve(operation: Operation, accepted: Completion, refused: Completion): ReservedEntry {
    operation.state = 'completing';
    this.#uncommitted += 1;
    const { payloads } = this.services;
    const entry = this.#entry(
      operation,
      accepted,
      accepted.text === null ? null : payloads.always(accepted.text),
    );
    const otherwise = {
      ...this.#entry(operation, refused, refused.text === null ? null : payloads.always(refused.text)),
      seq: entry.seq,
    };
    this.#nextSeq = entry.seq + 1;
    const committed = (written: JournalAppend): void => {
      const { text } = written === entry ? accepted : refused;
      this.#land({ entry: written, operation, text });
    };
    return { entry, refused: otherwise, committed };
  }

  waiting(operation: Operation): void {
    this.waits.began(operation);
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  noLongerWaiting(operation: Operation): void {
    this.waits.ended(operation);
  }

  working(change: 1 | -1): void {
    this.#inFlight += change;
  }

  cancelChild(childId: string, child: RunNumber | null): void {
    const { store, queue, clock, nudge } = this.services;
    const send = (run: RunNumber): void => {
      const reason = encodeValue(`its parent ${this.record.id} was canceled`, 'a reason');
      queue.send({ run, kind: 'cancel', name: 'cancel', at: clock.now(), payload: reason }, nudge);
    };
    if (child !== null) return send(child);
    void store.findRun(childId).then((found) => {
      if (found?.parent?.run === this.record.number) send(found.number);
    });
  }

  /** A body that has been running since before `instant` gets a row that says so. */
  announceStepsOlderThan(instant: number): void {
    if (this.#inFlight === 0 || this.#departure !== null) return;
    for (const operation of this.#operations.values()) {
      if (operation.kind === 'step') (operation as StepOperation).announceIfOlder(instant);
    }
  }

  /** The pending question with this key, for checking an answer. */
  operation(key: string): Operation | undefined {
    return this.#operations.get(key);
  }

  #write(operation: Operation, completion: Completion, payload: JournalEntry['payload']): void {
    if (this.#departure !== null) return;
    const entry = this.#entry(operation, completion, payload);
    const { queue } = this.services;
    if (completion.message !== undefined) queue.consume(completion.message.id);
    if (completion.cells !== undefined) queue.cells(completion.cells);
    const landed: Landed = { entry, operation, text: completion.text };
    if (this.definition.durability === 'batched') {
      queue.entry(entry, null);
      return this.#land(landed);
    }
    queue.entry(entry, { entryCommitted: () => this.#land(landed) });
  }

  #entry(operation: Operation, completion: Completion, payload: JournalEntry['payload']): JournalAppend {
    if (this.#storedState === 'waiting') this.#becomeRunning();
    const { scope, name, occurrence } = operation.identity;
    return {
      run: this.record.number,
      seq: this.#nextSeq++,
      kind: operation.kind,
      scope,
      name,
      occurrence,
      attempt: completion.attempt,
      outcome: completion.outcome,
      startedAt: completion.startedAt,
      at: this.services.clock.now(),
      payload,
    };
  }

  #land(landed: Landed): void {
    if (this.#departure !== null) return;
    this.#landed.push(landed);
    this.#owner.deliver(this);
  }

  // --- messages ---

  receive(message: ReceivedMessage): void {
    if (this.#departure !== null) return;
    if (this.#script !== null) {
      this.#early.push(message);
      return;
    }
    if (!this.mailbox.notice(message)) return;
    if (message.kind === 'cancel') return this.#journalCancel(message);
    if (message.kind === 'pause') {
      this.services.queue.consume(message.id);
      this.#pauseReason = message.text === null ? 'paused' : String(decodeValue(message.text));
      return this.#owner.deliver(this);
    }
    if (message.kind === 'resume') return this.services.queue.consume(message.id);
    this.mailbox.put(message);
  }

  /** Cancels a scope and, in the order they were issued, the pending operations in it. */
  cancel(scope: CancelScope, reason: Error): void {
    const reached = scope.cancel(reason);
    if (reached.size === 0) return;
    for (const [key, operation] of this.#operations) {
      if (!reached.has(operation.identity.cancelScope)) continue;
      this.#operations.delete(key);
      this.#canceledKeys.add(key);
      operation.stop(reason);
      this.waits.ended(operation);
      operation.refuse(reason);
    }
  }

  /** Journals that the run is to cancel: because it was asked to, or because its time is up (no message). */
  #journalCancel(message: ReceivedMessage | null): void {
    if (this.#departure !== null) return;
    if (message !== null) this.services.queue.consume(message.id);
    if (this.root.reason !== null) return;
    if (this.#storedState === 'waiting') this.#becomeRunning();
    const at = this.services.clock.now();
    const text = message?.text ?? null;
    const entry: JournalAppend = {
      run: this.record.number,
      seq: this.#nextSeq++,
      kind: 'cancel',
      scope: '',
      name: 'cancel',
      occurrence: 0,
      attempt: 1,
      outcome: message === null ? 'timeout' : 'canceled',
      startedAt: at,
      at,
      payload: text === null ? null : this.services.payloads.always(text),
    };
    this.#uncommitted += 1;
    this.services.queue.entry(entry, { entryCommitted: () => this.#land({ entry, operation: null, text }) });
  }

  #cancelStoredChild(orphan: WaitRecord): void {
    const text = orphan.detail === null ? null : this.services.payloads.textNow(orphan.detail);
    if (text !== null) this.cancelChild(String(decodeValue(text)), null);
  }

  // --- marks, remarks ---

  /** See `RunHandle.mark`. */
  mark(name: string): boolean {
    if (this.#material.script.hasRecord(name) || this.#marks.has(name)) return true;
    if (this.isReplaying) return false;
    this.#marks.add(name);
    if (this.#owner.replayed !== undefined || this.#departure !== null) return true;
    const at = this.services.clock.now();
    const [scope, occurrence, attempt, outcome] = ['', 0, 1, 'ok'] as const;
    const place = { run: this.record.number, seq: this.#nextSeq++, scope, name, occurrence };
    this.services.queue.entry(
      { ...place, kind: 'record', attempt, outcome, startedAt: at, at, payload: null },
      null,
    );
    return true;
  }

  setStatus(text: string): void {
    if (!this.isReplaying) this.#status = text;
  }

  violate(error: Error): void {
    this.#violation ??= error;
    if (!this.#isInRound) this.#owner.deliver(this);
  }

  // --- rest and departure ---

  #becomeRunning(): void {
    this.#storedState = 'running';
    this.#change('running', this.#owner.workerNumber(), 0);
  }

  #rest(): void {
    this.waits.store();
    if (this.#uncommitted > 0 || this.#inFlight > 0) return;
    if (this.#pauseReason !== null) {
      this.#pause(
        new TuttiError('TUTTI_RUN_PAUSED', `Run "${this.record.id}" was paused: ${this.#pauseReason}`),
      );
      return;
    }
    if (this.#operations.size === 0) {
      this.#pause(unknownPromise(this.record));
      return;
    }
    if (this.#storedState !== 'waiting' || this.waits.isNextWakeNew(this.record.deadlineAt)) {
      this.#storedState = 'waiting';
      this.#change('waiting', this.#owner.workerNumber(), this.waits.nextWake(this.record.deadlineAt));
    }
    this.#owner.rested(this);
  }

  /** Leaves memory while it waits; the store wakes it. */
  release(): void {
    if (!this.isResting || this.#uncommitted > 0 || this.#inFlight > 0) return;
    this.#change('waiting', nobody, this.waits.nextWake(this.record.deadlineAt));
    this.#leave('released', (operation) => operation.drop(released));
    this.services.queue.afterwards(() => this.#owner.left(this, 'released'));
  }

  /** The worker lost this run: forget everything, write nothing. */
  abandon(reason: Error): void {
    this.#leave('released', (operation) => operation.drop(reason));
  }

  #leave(how: Departure, letGo: (operation: Operation) => void): void {
    this.#departure = how;
    this.#deadline?.cancel();
    for (const operation of this.#operations.values()) if (operation.state === 'pending') letGo(operation);
  }

  #change(state: RunState, owner: number, wakeAt: number | null, result?: Payload | null): void {
    this.services.queue.change({
      run: this.record.number,
      state,
      at: this.services.clock.now(),
      owner,
      wakeAt,
      seenMessage: this.mailbox.seen,
      ...(result === undefined ? {} : { result }),
      ...(this.#status === null ? {} : { status: this.#status }),
    });
  }

  #rehearsed(mismatch: Error | null): false {
    this.#departure = 'released';
    this.#owner.replayed?.(this, mismatch);
    return false;
  }

  /** Stops the run until a person or other code comes; nothing of its history changes. */
  #pause(reason: Error): false {
    if (this.#owner.replayed !== undefined) return this.#rehearsed(reason);
    const text = encodeError(toErrorRecord(reason));
    this.#change('paused', nobody, neverWakes, this.services.payloads.always(text));
    this.#leave('paused', (operation) => operation.drop(reason));
    this.services.queue.afterwards(() => this.#owner.left(this, 'paused'));
    return false;
  }

  /** Pauses from outside: the code that the run needs does not behave as its journal says. */
  pauseBecause(reason: Error): void {
    if (this.#departure === null) this.#pause(reason);
  }

  #concludeWith(outcome: Outcome): false {
    const script = this.#script;
    if (script !== null && !script.isOver)
      return this.#pause(unfinishedJournal(this.record, script.remaining));
    if (this.#owner.replayed !== undefined) return this.#rehearsed(null);
    const what = `the result of run "${this.record.id}"`;
    const { payloads } = this.services;
    let end = endOf(outcome, this.root.reason, what);
    let payload: Payload | null;
    try {
      payload = end.text === null ? null : payloads.inline(end.text, what);
    } catch (error) {
      end = endOf({ isOk: false, error }, null, what);
      payload = end.text === null ? null : payloads.always(end.text);
    }
    this.#leave('finished', (operation) => operation.stop(released));
    if (payload !== null || end.text === null) this.#finish(end.state, payload);
    else this.#finishSpilled(end.state, end.text);
    return false;
  }

  #finishSpilled(state: FinalState, text: string): void {
    this.services.payloads.spill(text, this.record.id).then(
      (payload) => this.#finish(state, payload),
      (error: unknown) => {
        const refused = encodeError(toErrorRecord(error));
        this.#finish('failed', this.services.payloads.always(refused));
      },
    );
  }

  #finish(state: FinalState, payload: Payload | null): void {
    const { queue, clock, nudge } = this.services;
    const { parent, number } = this.record;
    if (parent !== null) {
      const [kind, name] = ['child', parent.operation] as const;
      const message = {
        run: parent.run,
        kind,
        name,
        at: clock.now(),
        payload: String(number),
        onlyIfWaiting: name,
      };
      queue.send(message, nudge);
    }
    this.#change(state, nobody, null, payload);
    queue.afterwards(() => this.#owner.left(this, 'finished'));
  }

  // --- looking at it ---

  /** Keys of the operations that are issued and not yet answered. */
  pendingKeys(): readonly string[] {
    return [...this.#operations.keys()];
  }

  #issuedKeys(): readonly string[] {
    return this.#deferred.map((operation) => operation.identity.key);
  }

  #textOf(entry: JournalEntry): string | null {
    if (entry.payload === null) return null;
    return this.services.payloads.textNow(entry.payload) ?? this.#material.texts.get(entry.seq) ?? null;
  }
}

/** What is journaled instead of an outcome that cannot be stored: the operation failed, so it wrote no cells either. */
function unstorable(completion: Completion, text: string): Completion {
  const { attempt, startedAt, message } = completion;
  return { outcome: 'error', attempt, startedAt, text, ...(message === undefined ? {} : { message }) };
}

/** A step takes its body out of the code's context itself; what the others do for their preparation is not the code's doing either. */
function begin(operation: Operation): void {
  if (operation.kind === 'step') operation.begin();
  else outside(() => operation.begin());
}

const released = new TuttiError(
  'TUTTI_ENGINE_STOPPED',
  'The run left this worker; its step was told to stop.',
);

interface End {
  readonly state: FinalState;
  readonly text: string | null;
}

function endOf(outcome: Outcome, cancelReason: Error | null, what: string): End {
  if (outcome.isOk) {
    try {
      return {
        state: 'completed',
        text: outcome.value === undefined ? null : encodeValue(outcome.value, what),
      };
    } catch (error) {
      return endOf({ isOk: false, error }, cancelReason, what);
    }
  }
  const state = isCancellation(outcome.error, cancelReason) ? 'canceled' : 'failed';
  return { state, text: encodeError(toErrorRecord(outcome.error)) };
}
