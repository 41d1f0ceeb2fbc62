import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { CommitQueue } from '../commit-queue.ts';
import type { Definition } from '../definition.ts';
import type { Mailbox } from '../mailbox.ts';
import type { JournalAppend } from '../model/journal.ts';
import type { RunNumber, RunRecord } from '../model/run.ts';
import type { Payloads } from '../payloads.ts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RecordedAttempts } from '../replay-script.ts';
import type { TimerQueue } from '../timer-queue.ts';
import type { Completion, Operation } from './operation.ts';

/** What every run of a worker shares. */
export interface RunServices {
  readonly store: Store;
  readonly queue: CommitQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TimerQueue;
  readonly payloads: Payloads;
  readonly telemetry: Telemetry;
  readonly findDefinition: (name: string) => Definition | undefined;
  /** Another run of this process may have become claimable. */
  readonly nudge: () => void;
}

/** The run as its operations see it. */
export interface OperationHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly mailbox: Mailbox;
  /** The run's own time. */
  readonly now: number;
  /** Takes the outcome to the journal and then to the code. Ignored unless the operation is pending. */
  complete(operation: Operation, completion: Completion): void;
  /** Journals a failed attempt; the operation stays pending. */
  attemptFailed(operation: Operation, completion: Completion): void;
  /** The same for a completion that rides on a conditional change: the caller puts both forms into that change. */
  reserve(operation: Operation, accepted: Completion, refused: Completion): ReservedEntry;
  /** What the journal knows of earlier tries of this step. */
  attempts(key: string): RecordedAttempts | undefined;
  /** The operation began to wait; its row is written when the run comes to rest. */
  waiting(operation: Operation): void;
  /** It waits no longer, and has not completed: its row goes. */
  noLongerWaiting(operation: Operation): void;
  /** A step's body began (+1) or ended (-1). */
  working(change: 1 | -1): void;
  /** Asks a child run to cancel, once its number is known. */
  cancelChild(childId: string, child: RunNumber | null): void;
}

/** A position in the journal, and what to call when the store has said which form it wrote there. */
export interface ReservedEntry {
  readonly entry: JournalAppend;
  readonly refused: JournalAppend;
  readonly committed: (written: JournalAppend) => void;
}
