import { encodeValue } from '../../base/codec.ts';
import type { SlotOutcome } from '../model/slot.ts';
import type { HeldSlots } from '../run-handle.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { Identity, OperationHost, OperationWait } from './operation.ts';

/**
 * Slots that a step needs while its body runs. They are not journaled: the store knows who holds them, and asking again for
 * what one holds tells so. That is how a step finds out after a crash, and in a new generation that holds nothing.
 */
export class StepSlots {
  readonly #host: OperationHost;
  readonly #identity: Identity;
  readonly #held: HeldSlots;
  /** What to do once they are there; null while nothing is asked. */
  #granted: (() => void) | null = null;
  #isAsking = false;
  #waitsSince: number | null = null;
  /** Calls back for the step, as the host knows its operations and not this. */
  readonly #step: { waiting(): void; noLongerWaiting(): void };

  constructor(
    step: { readonly host: OperationHost; readonly identity: Identity },
    held: HeldSlots,
    waits: { waiting(): void; noLongerWaiting(): void },
  ) {
    this.#host = step.host;
    this.#identity = step.identity;
    this.#held = held;
    this.#step = waits;
  }

  /** Gives them back, in the commit that is being gathered. */
  giveBack(): void {
    this.#host.giveBack(this.#held.acquired);
  }

  /** Calls back once they are held. */
  ask(granted: () => void): void {
    this.#granted = granted;
    this.#host.mailbox.expect('slot', this.#held.acquired, this);
    this.#request();
  }

  /** What the row of the wait says; null while it does not stand in line. */
  wait(): OperationWait | null {
    if (this.#waitsSince === null) return null;
    const { pool, slots, priority } = this.#held;
    const detail = encodeValue({ pool, slots, priority }, `what "${this.#identity.name}" waits for`);
    return { kind: 'slot', since: this.#waitsSince, deadline: null, detail };
  }

  /** Waits no longer. A place in line stays: whoever runs the step next asks for it again, or gives it back. */
  stop(): void {
    this.#granted = null;
    this.#host.mailbox.forget('slot', this.#held.acquired, this);
    this.#noLongerAsking();
    this.#noLongerWaiting();
  }

  /** A grant may be an old one that a crash left behind, so it only makes the step ask how it stands. */
  receive(message: ReceivedMessage): void {
    this.#host.services.queue.consume(message.id);
    if (this.#granted === null) return;
    this.#host.mailbox.expect('slot', this.#held.acquired, this);
    this.#request();
  }

  #request(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#host.working(1);
    const { acquired: key, pool, slots, priority, limit } = this.#held;
    const { queue, clock } = this.#host.services;
    const asked = { run: this.#host.record.number, key, at: clock.now() };
    queue.slots({ kind: 'request', ...asked, pool, slots, priority, limit }, (outcome) =>
      this.#answered(outcome),
    );
  }

  #answered(outcome: SlotOutcome): void {
    const granted = this.#granted;
    if (!this.#isAsking || granted === null) return;
    this.#noLongerAsking();
    if (outcome === 'granted') {
      this.stop();
      return granted();
    }
    if (this.#waitsSince !== null) return;
    this.#waitsSince = this.#host.services.clock.now();
    this.#step.waiting();
  }

  #noLongerAsking(): void {
    if (!this.#isAsking) return;
    this.#isAsking = false;
    this.#host.working(-1);
  }

  #noLongerWaiting(): void {
    if (this.#waitsSince === null) return;
    this.#waitsSince = null;
    this.#step.noLongerWaiting();
  }
}
