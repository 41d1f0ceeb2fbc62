import type { EntryKind } from '../model/journal.ts';
import type { Alarm } from '../timer-queue.ts';
import { Operation, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** A sleep until an instant. */
export class TimerOperation extends Operation {
  readonly kind: EntryKind = 'timer';
  readonly #until: number;
  #alarm: Alarm | null = null;

  constructor(host: OperationHost, identity: Identity, until: number) {
    super(host, identity);
    this.#until = until;
  }

  begin(): void {
    this.#alarm = this.host.services.timers.at(this.#until, () => {
      this.host.complete(this, { outcome: 'ok', attempt: 1, startedAt: this.identity.issuedAt, text: null });
    });
    this.host.waiting(this);
  }

  override wait(): OperationWait {
    return { kind: 'timer', since: this.identity.issuedAt, deadline: this.#until, detail: null };
  }

  override stop(): void {
    this.#alarm?.cancel();
  }
}
