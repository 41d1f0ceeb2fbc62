import { encodeValue } from '../../base/codec.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeError } from '../encode-error.ts';
import type { EntryKind } from '../model/journal.ts';
import type { ChildRequest } from '../run-handle.ts';
import { childId, prepareChild } from './child-start.ts';
import { Operation, type Identity } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** A run that is started and not awaited. Both runs' sides are one transaction (I4). */
export class StartOperation extends Operation {
  readonly kind: EntryKind = 'start';
  readonly #request: ChildRequest;

  constructor(host: OperationHost, identity: Identity, request: ChildRequest) {
    super(host, identity);
    this.#request = request;
  }

  begin(): void {
    this.host.working(1);
    prepareChild(this, this.#request).then(
      (start) => this.#start(start),
      (error: unknown) => {
        if (this.host.prepared(this)) this.host.complete(this, this.#refused(error));
      },
    );
  }

  #start(start: Awaited<ReturnType<typeof prepareChild>>): void {
    if (!this.host.prepared(this)) return;
    const { queue, nudge } = this.host.services;
    const taken = new TuttiError(
      'TUTTI_RUN_ID_TAKEN',
      `Run "${start.id}" exists already, so it could not be started.`,
      {
        details: { id: start.id, startedBy: this.host.record.id },
      },
    );
    const text = encodeValue(childId(this, this.#request), 'the id of a started run');
    const fact = { outcome: 'ok', attempt: 1, startedAt: this.identity.issuedAt, text } as const;
    const { entry, refused, committed } = this.host.reserve(this, fact, this.#refused(taken));
    queue.start({ ...start, journal: { accepted: entry, refused } }, (result) => {
      committed(result.created ? entry : refused);
      if (result.created) nudge();
    });
  }

  #refused(error: unknown): { outcome: 'error'; attempt: 1; startedAt: number; text: string } {
    const text = encodeError(toErrorRecord(error));
    return { outcome: 'error', attempt: 1, startedAt: this.identity.issuedAt, text };
  }
}
