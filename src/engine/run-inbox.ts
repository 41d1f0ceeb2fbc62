import { decodeValue } from '../base/codec.ts';
import { Mailbox } from './mailbox.ts';
import type { RunServices } from './operations/run-services.ts';
import type { ReceivedMessage } from './received-message.ts';

/** What the inbox needs of its run. */
export interface RunInboxHost {
  readonly services: RunServices;
  /** The run is asked to cancel; the message is consumed by what that journals. */
  cancelRequested(message: ReceivedMessage): void;
  /** The run is asked to pause at its next rest. */
  pauseRequested(): void;
}

/**
 * The inbox of one live run: what arrives goes to the operations that wait for it, or to the run itself. While the journal
 * still answers everything is kept back, the messages of the claim first.
 */
export class RunInbox {
  readonly mailbox: Mailbox = new Mailbox(0);
  readonly #host: RunInboxHost;
  /** What came while replaying; null once the journal is through. */
  #early: ReceivedMessage[] | null;
  #pauseReason: string | null = null;
  /** Messages that ask for a pause: they leave the inbox with the change that pauses, so that a crash before it forgets none. */
  #pauseMessages: number[] = [];

  constructor(host: RunInboxHost, claimed: readonly ReceivedMessage[]) {
    this.#host = host;
    this.#early = [...claimed];
  }

  /**
   * The newest message that is here (S5). One that a replay keeps back counts: a run that pauses in its replay leaves its inbox
   * unread, and what lies there must not wake it to pause again, for ever.
   */
  get seen(): number {
    return Math.max(this.mailbox.seen, this.#early?.at(-1)?.id ?? 0);
  }

  /** Whether a message that a replay keeps back asks the run to cancel. */
  get isCancelWaiting(): boolean {
    return this.#early?.some(({ kind }) => kind === 'cancel') ?? false;
  }

  /** Why the run is to pause, or null. */
  get pauseReason(): string | null {
    return this.#pauseReason;
  }

  /** The journal is through. */
  endReplay(): void {
    const early = this.#early ?? [];
    this.#early = null;
    for (const message of early) this.receive(message);
  }

  receive(message: ReceivedMessage): void {
    if (this.#early !== null) {
      this.#early.push(message);
      return;
    }
    if (!this.mailbox.notice(message)) return;
    const { queue } = this.#host.services;
    if (message.kind === 'cancel') return this.#host.cancelRequested(message);
    if (message.kind === 'pause') {
      this.#pauseMessages.push(message.id);
      this.#pauseReason = message.text === null ? 'paused' : String(decodeValue(message.text));
      return this.#host.pauseRequested();
    }
    if (message.kind === 'resume') return queue.consume(message.id);
    this.mailbox.put(message);
  }

  /** The change that pauses the run is being enqueued. */
  consumePauses(): void {
    for (const id of this.#pauseMessages.splice(0)) this.#host.services.queue.consume(id);
  }
}
