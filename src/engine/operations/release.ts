import type { EntryKind } from '../model/journal.ts';
import { Operation, type Identity } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** Slots given back. Their release, the grants it makes possible, and the journal entry are one transaction (I4). */
export class ReleaseOperation extends Operation {
  readonly kind: EntryKind = 'release';
  readonly #acquired: string;

  /** `acquired`: key of the operation that asked for the slots. */
  constructor(host: OperationHost, identity: Identity, acquired: string) {
    super(host, identity);
    this.#acquired = acquired;
  }

  begin(): void {
    const { record, services } = this.host;
    const release = {
      kind: 'release',
      run: record.number,
      key: this.#acquired,
      at: services.clock.now(),
    } as const;
    this.host.complete(this, {
      outcome: 'ok',
      attempt: 1,
      startedAt: this.identity.issuedAt,
      text: null,
      slots: [release],
    });
  }
}
