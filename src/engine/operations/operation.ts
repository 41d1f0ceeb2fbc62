import { decodeValue } from '../../base/codec.ts';
import { fromErrorRecord, type ErrorRecord } from '../../base/error-record.ts';
import { formatDuration } from '../../base/duration.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { CancelScope } from '../cancel-scope.ts';
import type { Mailbox } from '../mailbox.ts';
import type { CellWrite } from '../model/cell.ts';
import type { Cause } from '../model/cause.ts';
import type { EntryKind, EntryOutcome, JournalAppend } from '../model/journal.ts';
import type { RunNumber, RunRecord } from '../model/run.ts';
import type { TopicAppend } from '../model/topic.ts';
import type { RunTrigger } from '../model/trigger.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { RecordedAttempts } from '../replay-script.ts';
import type { LogLine } from '../model/log.ts';
import type { SlotRelease } from '../model/slot.ts';
import type { WaitKind } from '../model/wait.ts';
import type { RunServices } from './run-services.ts';

/** Where an operation stands in the code. */
export interface Identity {
  readonly key: string;
  readonly scope: string;
  readonly name: string;
  readonly occurrence: number;
  readonly cancelScope: CancelScope;
  /** The run's time when the code issued it; the same in every replay. */
  readonly issuedAt: number;
}

/** What an operation waits for, as its row will say (I7). */
export interface OperationWait {
  readonly kind: WaitKind;
  readonly since: number;
  readonly deadline: number | null;
  /** Encoded. */
  readonly detail: string | null;
  /** When the run must be awake next because of it, if that is not the deadline (reminders). */
  readonly wakeAt?: number;
}

/** How an operation ended, on its way into the journal. */
export interface Completion {
  readonly outcome: EntryOutcome;
  readonly attempt: number;
  readonly startedAt: number;
  /** Encoded value or error; null for none. */
  readonly text: string | null;
  /** The message it consumed. */
  readonly message?: ReceivedMessage;
  /** Written in the same transaction as the entry (I4); dropped when the outcome cannot be stored and becomes an error. */
  readonly cells?: readonly CellWrite[];
  /** Records for topics, under the same terms. */
  readonly appends?: readonly TopicAppend[];
  /** Slots given back in the same transaction as the entry. */
  readonly slots?: readonly SlotRelease[];
}

/** The run as its operations see it. */
export interface OperationHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly mailbox: Mailbox;
  /** Why the run was started; null for a plain request. */
  readonly trigger: RunTrigger | null;
  /** What the run follows from now. */
  readonly cause: Cause;
  /** The run may follow from this from now on. Said only of what the journal holds, when it is given to the code. */
  follow(cause: Cause): void;
  /** The run's own time. */
  readonly now: number;
  /** Takes the outcome to the journal and then to the code. Ignored unless the operation is pending. */
  complete(operation: Operation, completion: Completion): void;
  /** Journals a failed attempt; the operation stays pending, and is told by `attemptRecorded` that another may begin. */
  attemptFailed(operation: Operation, completion: Completion): void;
  /** The same for a completion that rides on a conditional change: the caller puts both forms into that change. */
  reserve(operation: Operation, accepted: Completion, refused: Completion): ReservedEntry;
  /** What the journal knows of earlier tries of this step. */
  attempts(operation: Operation): RecordedAttempts | undefined;
  /** The operation began to wait; its row is written when the run comes to rest. */
  waiting(operation: Operation): void;
  /** What the row of a wait says beside its name, as the run was claimed or wrote it since; null without a row. */
  storedDetail(key: string): string | null;
  /** It waits no longer, and has not completed: its row goes. */
  noLongerWaiting(operation: Operation): void;
  /** A step's body began (+1) or ended (-1). */
  working(change: 1 | -1): void;
  /**
   * What the operation had to do before it could wait or write has ended, well or not: it no longer works. False if it is over
   * already, canceled or timed out meanwhile, or the run has left this worker; then nothing more is to be done for it.
   */
  prepared(operation: Operation): boolean;
  /** Gives back the slots this operation asked for, granted or not; during a replay, once the journal is through. */
  giveBack(key: string): void;
  /** Writes a line into the run's log. Lost when the process dies before its next commit. */
  log(line: Omit<LogLine, 'run' | 'at'>): void;
  /** Asks a child run to cancel, once its number is known. */
  cancelChild(childId: string, child: RunNumber | null): void;
}

/** A position in the journal, and what to call when the store has said which form it wrote there. */
export interface ReservedEntry {
  readonly entry: JournalAppend;
  readonly refused: JournalAppend;
  readonly committed: (written: JournalAppend) => void;
}

/**
 * Something the code awaits. It is issued by the code, answered by the journal if that has an answer, else begun; it
 * completes once, its completion is committed, and then delivered to the code.
 */
export abstract class Operation {
  abstract readonly kind: EntryKind;
  readonly identity: Identity;
  readonly host: OperationHost;
  /** `pending` → `completing` (its completion is on the way to disk) → `settled` (the code knows). */
  state: 'pending' | 'completing' | 'settled' = 'pending';
  readonly promise: Promise<unknown>;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(host: OperationHost, identity: Identity) {
    this.host = host;
    this.identity = identity;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Does what it is for; the journal has no answer yet. */
  abstract begin(): void;

  /** What it waits for now, or null if it is at work. */
  wait(): OperationWait | null {
    return null;
  }

  /** Lets go of timers, receivers and running work: the code no longer wants it. */
  stop(_reason: Error): void {
    // Most operations hold nothing.
  }

  /** The failed attempt it journaled is on disk. */
  attemptRecorded(): void {
    // Only steps are tried again.
  }

  /** The run leaves this worker, and the code goes on elsewhere: lets go of everything here, changes nothing outside. */
  drop(reason: Error): void {
    this.stop(reason);
  }

  /** Gives the recorded outcome to the code. */
  settle(outcome: EntryOutcome, text: string | null): void {
    this.state = 'settled';
    if (outcome === 'ok') this.#resolve(text === null ? undefined : this.read(text));
    else if (outcome === 'error') this.refuse(fromErrorRecord(decodeValue(text ?? 'null') as ErrorRecord));
    else this.refuse(this.timeoutError());
  }

  /** Rejects without a journal entry: the reason follows from the journal by itself (a cancellation). */
  refuse(error: Error): void {
    this.state = 'settled';
    // A loser of a race has nobody who listens; that is no unhandled rejection.
    this.promise.catch(ignore);
    this.#reject(error);
  }

  /** What the code gets for the recorded text. */
  protected read(text: string): unknown {
    return decodeValue(text);
  }

  protected timeoutError(): Error {
    const { name, key } = this.identity;
    const waited = formatDuration(this.host.now - this.identity.issuedAt);
    return new TuttiError(
      'TUTTI_WAIT_TIMEOUT',
      `Run "${this.host.record.id}" waited ${waited} for ${this.kind} "${name}", and its deadline passed.`,
      { details: { runId: this.host.record.id, key } },
    );
  }
}

function ignore(): void {
  // Nothing to do: see `refuse`.
}
