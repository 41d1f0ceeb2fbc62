import type { EntryKind } from '../model/journal.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { Alarm } from '../timer-queue.ts';
import { CausedOperation } from './caused-operation.ts';
import type { Identity, OperationHost, OperationWait } from './operation.ts';

/** A wait for the next signal of a name. */
export class SignalOperation extends CausedOperation {
  readonly kind: EntryKind = 'signal';
  readonly #deadline: number | null;
  #alarm: Alarm | null = null;

  constructor(host: OperationHost, identity: Identity, timeoutMs: number | null) {
    super(host, identity);
    this.#deadline = timeoutMs === null ? null : identity.issuedAt + timeoutMs;
  }

  begin(): void {
    this.host.mailbox.expect('signal', this.identity.name, this);
    if (this.state !== 'pending') return;
    this.host.waiting(this);
    if (this.#deadline === null) return;
    this.#alarm = this.host.services.timers.at(this.#deadline, () => {
      this.#letGo();
      this.host.complete(this, {
        outcome: 'timeout',
        attempt: 1,
        startedAt: this.identity.issuedAt,
        text: null,
      });
    });
  }

  receive(message: ReceivedMessage): void {
    this.#alarm?.cancel();
    this.host.complete(this, {
      outcome: 'ok',
      attempt: 1,
      startedAt: this.identity.issuedAt,
      text: message.text,
      message,
    });
  }

  override wait(): OperationWait {
    return { kind: 'signal', since: this.identity.issuedAt, deadline: this.#deadline, detail: null };
  }

  override stop(): void {
    this.#letGo();
  }

  #letGo(): void {
    this.#alarm?.cancel();
    this.host.mailbox.forget('signal', this.identity.name, this);
  }
}
