import { encodeValue } from '../../base/codec.ts';
import type { EntryKind } from '../model/journal.ts';
import type { SlotOutcome } from '../model/slot.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { AcquireRequest } from '../run-handle.ts';
import type { Alarm } from '../timer-queue.ts';
import { Operation, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';

/**
 * A wait for slots of a pool. The answer is the outcome of the request itself or, if that was queued, a message addressed to
 * this operation's key. A crash in between asks again, which tells how the first request stands.
 */
export class AcquireOperation extends Operation {
  readonly kind: EntryKind = 'slot';
  readonly #request: AcquireRequest;
  readonly #deadline: number | null;
  #alarm: Alarm | null = null;
  /** The request is on its way to the store. */
  #isAsking = false;

  constructor(host: OperationHost, identity: Identity, request: AcquireRequest) {
    super(host, identity);
    this.#request = request;
    const timeoutMs = request.timeoutMs ?? null;
    this.#deadline = timeoutMs === null ? null : identity.issuedAt + timeoutMs;
  }

  begin(): void {
    const { key } = this.identity;
    this.host.mailbox.expect('slot', key, this);
    if (this.state !== 'pending') return;
    const { timers, queue, clock } = this.host.services;
    if (this.#deadline !== null) this.#alarm = timers.at(this.#deadline, () => this.#expire());
    const { pool, slots, priority, limit } = this.#request;
    const asked = { run: this.host.record.number, key, at: clock.now() };
    this.#isAsking = true;
    this.host.working(1);
    queue.slots({ kind: 'request', ...asked, pool, slots, priority, limit }, (outcome) =>
      this.#answered(outcome),
    );
  }

  receive(message: ReceivedMessage): void {
    this.#granted(message);
  }

  override wait(): OperationWait {
    const { pool, slots, priority } = this.#request;
    const detail = encodeValue({ pool, slots, priority }, `what "${this.identity.name}" waits for`);
    return { kind: 'slot', since: this.identity.issuedAt, deadline: this.#deadline, detail };
  }

  override stop(): void {
    this.drop();
    if (this.state !== 'settled') this.host.giveBack(this.identity.key);
  }

  override drop(): void {
    this.#alarm?.cancel();
    this.host.mailbox.forget('slot', this.identity.key, this);
    this.#noLongerAsking();
  }

  #answered(outcome: SlotOutcome): void {
    if (!this.#isAsking) return;
    this.#noLongerAsking();
    if (outcome === 'granted') this.#granted(null);
    else this.host.waiting(this);
  }

  #granted(message: ReceivedMessage | null): void {
    this.drop();
    const granted = { outcome: 'ok', attempt: 1, startedAt: this.identity.issuedAt, text: null } as const;
    this.host.complete(this, message === null ? granted : { ...granted, message });
  }

  #expire(): void {
    this.drop();
    const { key, issuedAt } = this.identity;
    const release = {
      kind: 'release',
      run: this.host.record.number,
      key,
      at: this.host.services.clock.now(),
    } as const;
    this.host.complete(this, {
      outcome: 'timeout',
      attempt: 1,
      startedAt: issuedAt,
      text: null,
      slots: [release],
    });
  }

  #noLongerAsking(): void {
    if (!this.#isAsking) return;
    this.#isAsking = false;
    this.host.working(-1);
  }
}
