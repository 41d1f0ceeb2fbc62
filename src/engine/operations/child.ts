import { encodeValue } from '../../base/codec.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeError } from '../encode-error.ts';
import type { EntryKind } from '../model/journal.ts';
import type { RunNumber } from '../model/run.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { ChildRequest } from '../run-handle.ts';
import { childId, prepareChild } from './child-start.ts';
import { Operation, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** A child run that is awaited. Its end comes as a message addressed to this operation's key. */
export class ChildOperation extends Operation {
  readonly kind: EntryKind = 'child';
  readonly #request: ChildRequest;
  #child: RunNumber | null = null;
  #hasBegun = false;

  constructor(host: OperationHost, identity: Identity, request: ChildRequest) {
    super(host, identity);
    this.#request = request;
  }

  begin(): void {
    this.#hasBegun = true;
    this.host.mailbox.expect('child', this.identity.key, this);
    if (this.state !== 'pending') return;
    // Not resting until the start is enqueued: a run that were released before it would wait for a child that nobody starts.
    this.host.working(1);
    prepareChild(this, this.#request).then(
      (start) => this.#start(start),
      (error: unknown) => {
        if (this.host.prepared(this)) this.#fail(error);
      },
    );
  }

  receive(message: ReceivedMessage): void {
    const { text, outcome } = message;
    this.host.complete(this, { outcome, attempt: 1, startedAt: this.identity.issuedAt, text, message });
  }

  override wait(): OperationWait {
    const detail = encodeValue(childId(this, this.#request), 'the id of a child run');
    return { kind: 'child', since: this.identity.issuedAt, deadline: null, detail };
  }

  override stop(): void {
    this.host.mailbox.forget('child', this.identity.key, this);
    if (this.#hasBegun && this.state === 'pending') {
      this.host.cancelChild(childId(this, this.#request), this.#child);
    }
  }

  override drop(): void {
    this.host.mailbox.forget('child', this.identity.key, this);
  }

  #start(start: Awaited<ReturnType<typeof prepareChild>>): void {
    if (!this.host.prepared(this)) return;
    this.host.waiting(this);
    const { queue, nudge } = this.host.services;
    // The wait and the child reach the disk together: a child can only end after its parent is known to wait for it.
    queue.start(start, (result) => {
      this.#child = result.run.number;
      if (result.created) return nudge();
      this.#fail(
        new TuttiError(
          'TUTTI_RUN_ID_TAKEN',
          `Run "${start.id}" exists already, so it could not be started as a child.`,
          {
            details: { id: start.id, parent: this.host.record.id },
          },
        ),
      );
    });
  }

  #fail(error: unknown): void {
    this.host.mailbox.forget('child', this.identity.key, this);
    this.host.complete(this, {
      outcome: 'error',
      attempt: 1,
      startedAt: this.identity.issuedAt,
      text: encodeError(toErrorRecord(error)),
    });
  }
}
