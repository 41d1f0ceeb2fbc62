/**
 * How one live run is canceled: by a message, by an event its definition names, because its time is up, or, scope by scope, by
 * its own code.
 *
 * Owns: the scope of the whole run, the watches for the events that cancel it, its deadline. Does not own: the operations that a
 * canceled scope takes with it (IssuedOperations), the entry that says so (RunJournal).
 */
import { cancelOrphan } from './cancel-child.ts';
import { CancelScope } from './cancel-scope.ts';
import { CancelWatches } from './cancel-watches.ts';
import type { IssuedOperations } from './issued-operations.ts';
import type { WantedEvent } from './model/event-wait.ts';
import type { OperationHost } from './operations/operation.ts';
import type { ReceivedMessage } from './received-message.ts';
import type { ReplayScript } from './replay-script.ts';
import { RunDeadline, type RunDeadlineHost } from './run-deadline.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunWaits } from './run-waits.ts';

/** The run as its cancellation sees it. */
export interface CancellableRun extends RunDeadlineHost {
  /** While the journal answers; null once it is through. */
  readonly script: ReplayScript | null;
  readonly isGone: boolean;
  readonly journal: RunJournal;
  readonly issued: IssuedOperations;
  readonly waits: RunWaits;
  readonly operations: OperationHost;
}

/** See the top of the file. */
export class RunCancellation {
  readonly root: CancelScope = new CancelScope(null, { isShielded: false });
  readonly deadline: RunDeadline;
  readonly #run: CancellableRun;
  /** Null for a run that no event cancels. */
  #watches: CancelWatches | null = null;

  constructor(run: CancellableRun) {
    this.#run = run;
    this.deadline = new RunDeadline(run);
  }

  /** The code starts, and these events cancel it: those of the definition, and those of the start. */
  watchFor(ofDefinition: readonly WantedEvent[], ofStart: readonly WantedEvent[]): void {
    if (ofDefinition.length + ofStart.length === 0) return;
    this.#watches = new CancelWatches(this.#run.operations, this.root, { ofDefinition, ofStart });
  }

  /** Keys of the watches whose rows are to stay. */
  get watchKeys(): readonly string[] {
    return this.#watches?.keys ?? [];
  }

  /** The journal is through: from now on time may run out. */
  beginDeadline(): void {
    this.deadline.begin(() => this.request(null));
  }

  /** The code may go on: from now on events are watched for. */
  beginWatches(): void {
    this.#watches?.begin();
  }

  /** Journals that the run is to cancel: because it was asked to, or because its time is up (no message). */
  request(message: ReceivedMessage | null): void {
    if (this.#run.isGone) return;
    if (message !== null) this.#run.services.queue.consume(message.id);
    if (this.root.reason !== null) return;
    this.#run.journal.cancel(message === null ? 'timeout' : 'canceled', message?.text ?? null);
  }

  /** Cancels a scope and, in the order they were issued, the pending operations in it. */
  cancel(scope: CancelScope, reason: Error): void {
    const reached = scope.cancel(reason);
    if (reached.size === 0) return;
    // While the journal answers, operations have not begun here: what the rows of an earlier life say of them is settled
    // when the replay ends, and there a child that is no longer wanted is told so.
    const isReplay = this.#run.script !== null;
    if (scope === this.root) this.#watches?.cancel({ isReplaying: isReplay });
    const { issued, waits } = this.#run;
    issued.cancel(reached, reason, (operation) => {
      if (!isReplay) waits.ended(operation);
    });
  }

  /** Code that ends within its replay began no child here, so none is stopped with it; those of an earlier life are told. */
  cancelStoredChildren(): void {
    for (const wait of this.#run.waits.orphans(new Set()))
      if (wait.kind === 'child') cancelOrphan(this.#run, wait);
  }

  /** The run has left. */
  stop(): void {
    this.#watches?.stop();
    this.deadline.cancel();
  }
}
