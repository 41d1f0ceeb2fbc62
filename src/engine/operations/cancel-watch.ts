import { encodeValue } from '../../base/codec.ts';
import type { EventWaitDetail, WantedEvent } from '../model/event-wait.ts';
import type { EntryKind } from '../model/journal.ts';
import { untilStored } from '../until-stored.ts';
import { findEventPositions } from './event-positions.ts';
import { Operation, type Identity, type OperationHost, type OperationWait } from './operation.ts';

/**
 * The watch for an event that cancels the run. It has a row like every wait, from the same position of the log, but the code does
 * not await it and the journal never holds it: whoever finds the event asks the run to cancel, in the same words as a person.
 */
export class CancelWatch extends Operation {
  readonly kind: EntryKind = 'event';
  readonly #wanted: WantedEvent;
  /** Encoded; null until the positions are known. */
  #detail: string | null = null;

  constructor(host: OperationHost, identity: Identity, wanted: WantedEvent) {
    super(host, identity);
    this.#wanted = wanted;
  }

  begin(): void {
    const { key } = this.identity;
    this.#detail = this.host.storedDetail(key);
    if (this.#detail !== null) return this.host.waiting(this);
    // Not resting until the positions are known: a run that were released before its row is stored would not be watched for.
    this.host.working(1);
    const look = (): Promise<readonly number[]> =>
      findEventPositions(this.host, { key, wanted: this.#wanted, behind: [] });
    untilStored(this.host.services.clock, look, () => this.state === 'pending').then(
      (from) => this.#wait(from),
      // The store alone can fail here, and is asked until it answers or the run is gone.
      () => void this.host.prepared(this),
    );
  }

  override wait(): OperationWait | null {
    if (this.#detail === null || this.state !== 'pending') return null;
    return { kind: 'event', since: this.identity.issuedAt, deadline: null, detail: this.#detail };
  }

  /** The run is canceled, or leaves this worker: nothing is written any more. */
  override stop(): void {
    this.state = 'settled';
  }

  #wait(from: readonly number[]): void {
    if (!this.host.prepared(this)) return;
    const detail: EventWaitDetail = { ...this.#wanted, from, cancels: true };
    this.#detail = encodeValue(detail, `the watch for "${this.identity.name}"`);
    this.host.waiting(this);
  }
}
