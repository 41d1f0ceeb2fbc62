/**
 * The journal of one live run as it is being written: positions, entries on their way to disk, and those that landed and wait
 * to be handed to the code.
 *
 * Owns: the next position, the order of the entries, what is not delivered yet. Does not own: what an entry means to the code
 * (LiveRun), the commit (CommitQueue).
 * In: outcomes of operations. Out: entries for the commit queue; `landed` once one may be delivered.
 *
 * Invariants:
 * L3  Every entry gets the next position, in the order in which entries are enqueued (C2 keeps that order on disk).
 * L5  `isWriting` is true from the moment an outcome is decided until the code has been told: a run that rests has nothing here.
 * L6  Completions are handed over in the order of their positions, in whatever order they land: one whose outcome the store
 *     decides holds back what comes after it, because a replay will meet it first.
 */
import { toErrorRecord } from '../base/error-record.ts';
import { encodeError } from './encode-error.ts';
import type { EntryListener } from './gathered-batch.ts';
import type { EntryOutcome, JournalAppend, JournalEntry } from './model/journal.ts';
import type { RunRecord } from './model/run.ts';
import type { Completion, Operation, ReservedEntry } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import { untilStored } from './until-stored.ts';

/** An entry that is on disk (or on its way, if the definition is `batched`) and may be told to the code. */
export interface Landed {
  readonly entry: JournalEntry;
  readonly operation: Operation | null;
  readonly text: string | null;
}

/** An entry on its way. One object serves the queue and the delivery: this is made once per step. */
class Landing implements Landed, EntryListener {
  readonly entry: JournalAppend;
  readonly operation: Operation | null;
  readonly text: string | null;
  /** The one to deliver after this one, in journal order. */
  next: Landing | null = null;
  readonly #land: (landing: Landing) => void;

  constructor(
    entry: JournalAppend,
    operation: Operation | null,
    text: string | null,
    land: (landing: Landing) => void,
  ) {
    this.entry = entry;
    this.operation = operation;
    this.text = text;
    this.#land = land;
  }

  entryCommitted(): void {
    this.#land(this);
  }
}

/** What the journal needs of its run. */
export interface RunJournalHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly isBatched: boolean;
  /** An entry is about to be enqueued: a run that waited is running again, and its row must say so first. */
  willWrite(): void;
  /** Something can be delivered. */
  landed(): void;
}

/** See the top of the file. */
export class RunJournal {
  readonly #host: RunJournalHost;
  #nextSeq: number;
  #undelivered = 0;
  /** What landed and is not delivered, in order of the positions. A list of links: a live run hands over one at a time. */
  #first: Landing | null = null;
  #last: Landing | null = null;
  /** Positions whose outcome the store has not said yet, in order. */
  #reserved: number[] | null = null;
  #isClosed = false;
  readonly #land = (landing: Landing): void => {
    if (this.#isClosed) return;
    this.#insert(landing);
    this.#host.landed();
  };

  /** `length`: how many entries the run has already. */
  constructor(host: RunJournalHost, length: number) {
    this.#host = host;
    this.#nextSeq = length;
  }

  /** How many entries there are, those on their way to disk included. */
  get length(): number {
    return this.#nextSeq;
  }

  /** Whether an outcome is decided and not told to the code yet. */
  get isWriting(): boolean {
    return this.#undelivered > 0;
  }

  /** Whether something can be delivered now. */
  get hasLanded(): boolean {
    const reserved = this.#reserved?.[0];
    return this.#first !== null && (reserved === undefined || this.#first.entry.seq < reserved);
  }

  /** The next entry to deliver, in journal order. */
  takeLanded(): Landed | undefined {
    const landed = this.#first;
    if (landed === null || !this.hasLanded) return undefined;
    this.#first = landed.next;
    if (this.#first === null) this.#last = null;
    this.#undelivered -= 1;
    return landed;
  }

  /** The run left: nothing is written or delivered any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Writes the outcome of an operation; one that is too large becomes the error that says so. */
  complete(operation: Operation, completion: Completion): void {
    this.#undelivered += 1;
    const { text } = completion;
    if (text === null) return this.#write(operation, completion, null);
    const { record, services } = this.#host;
    const what = `the result of ${operation.kind} "${operation.identity.name}"`;
    try {
      const payload = services.payloads.inline(text, what);
      if (payload !== null) return this.#write(operation, completion, payload);
    } catch (error) {
      return this.#writeRefused(operation, completion, error);
    }
    const spilled = untilStored(
      services.clock,
      () => services.payloads.spill(text, record.id),
      () => !this.#isClosed,
    );
    spilled.then(
      (payload) => this.#write(operation, completion, payload),
      (error: unknown) => this.#writeRefused(operation, completion, error),
    );
  }

  /** Writes a failed attempt; its operation stays pending, and is told once that is on disk (or at once, if `batched`). */
  attemptFailed(operation: Operation, completion: Completion): void {
    const { services } = this.#host;
    const payload = completion.text === null ? null : services.payloads.always(completion.text);
    this.#undelivered += 1;
    const entry: JournalAppend = { ...this.#entry(operation, completion, payload), kind: 'attempt' };
    this.#enqueue(entry, operation, null);
  }

  /** Takes a position for an outcome that the store decides; see `OperationHost.reserve`. */
  reserve(operation: Operation, accepted: Completion, refused: Completion): ReservedEntry {
    this.#undelivered += 1;
    const { payloads } = this.#host.services;
    const stored = (text: string | null): JournalEntry['payload'] =>
      text === null ? null : payloads.always(text);
    const entry = this.#entry(operation, accepted, stored(accepted.text));
    const otherwise = {
      ...this.#entry(operation, refused, stored(refused.text)),
      seq: entry.seq,
    };
    this.#nextSeq = entry.seq + 1;
    const reserved = (this.#reserved ??= []);
    reserved.push(entry.seq);
    const committed = (written: JournalAppend): void => {
      reserved.splice(reserved.indexOf(entry.seq), 1);
      const { text } = written === entry ? accepted : refused;
      this.#land(new Landing(written, operation, text, this.#land));
    };
    return { entry, refused: otherwise, committed };
  }

  /** Writes that the run is to cancel; belongs to no operation. */
  cancel(outcome: EntryOutcome, text: string | null): void {
    const { record, services } = this.#host;
    this.#host.willWrite();
    const at = services.clock.now();
    const entry: JournalAppend = {
      run: record.number,
      seq: this.#nextSeq++,
      kind: 'cancel',
      scope: '',
      name: 'cancel',
      occurrence: 0,
      attempt: 1,
      outcome,
      startedAt: at,
      at,
      payload: text === null ? null : services.payloads.always(text),
    };
    this.#undelivered += 1;
    this.#enqueue(entry, null, text);
  }

  /** Writes a mark; nobody waits for it, and the next entry of this run follows it to disk. */
  mark(name: string): void {
    const { record, services } = this.#host;
    const at = services.clock.now();
    const entry: JournalAppend = {
      run: record.number,
      seq: this.#nextSeq++,
      kind: 'record',
      scope: '',
      name,
      occurrence: 0,
      attempt: 1,
      outcome: 'ok',
      startedAt: at,
      at,
      payload: null,
    };
    services.queue.entry(entry, null);
  }

  /** Nearly always at the end: only an outcome that the store decides lands out of order. */
  #insert(landing: Landing): void {
    const { seq } = landing.entry;
    if (this.#last === null || this.#last.entry.seq < seq) {
      if (this.#last === null) this.#first = landing;
      else this.#last.next = landing;
      this.#last = landing;
      return;
    }
    let before: Landing | null = null;
    for (let at = this.#first; at !== null && at.entry.seq < seq; at = at.next) before = at;
    landing.next = before === null ? this.#first : before.next;
    if (before === null) this.#first = landing;
    else before.next = landing;
  }

  #writeRefused(operation: Operation, completion: Completion, error: unknown): void {
    const text = encodeError(toErrorRecord(error));
    const payload = this.#host.services.payloads.always(text);
    this.#write(operation, unstorable(completion, text), payload);
  }

  #write(operation: Operation, completion: Completion, payload: JournalEntry['payload']): void {
    if (this.#isClosed) return;
    const entry = this.#entry(operation, completion, payload);
    const { message, cells, appends, slots } = completion;
    const { queue, nudge } = this.#host.services;
    if (message !== undefined) queue.consume(message.id);
    if (cells !== undefined) queue.cells(cells);
    if (appends !== undefined) for (const append of appends) queue.append(append, ignore);
    if (slots !== undefined) for (const release of slots) queue.slots(release, nudge);
    this.#enqueue(entry, operation, completion.text);
  }

  #enqueue(entry: JournalAppend, operation: Operation | null, text: string | null): void {
    const { isBatched, services } = this.#host;
    const landing = new Landing(entry, operation, text, this.#land);
    services.queue.entry(entry, isBatched ? null : landing);
    if (isBatched) this.#land(landing);
  }

  #entry(operation: Operation, completion: Completion, payload: JournalEntry['payload']): JournalAppend {
    const { record, services } = this.#host;
    this.#host.willWrite();
    const { scope, name, occurrence } = operation.identity;
    return {
      run: record.number,
      seq: this.#nextSeq++,
      kind: operation.kind,
      scope,
      name,
      occurrence,
      attempt: completion.attempt,
      outcome: completion.outcome,
      startedAt: completion.startedAt,
      at: services.clock.now(),
      payload,
    };
  }
}

function ignore(): void {
  // A run's append is refused by nothing, and the queue itself announces it.
}

/** What is journaled instead of an outcome that cannot be stored: the operation failed, so it wrote no cells and published nothing. */
function unstorable(completion: Completion, text: string): Completion {
  const { attempt, startedAt, message } = completion;
  return { outcome: 'error', attempt, startedAt, text, ...(message === undefined ? {} : { message }) };
}
