import { toErrorRecord } from '../../base/error-record.ts';
import { encodeError } from '../encode-error.ts';
import type { RunCause } from '../model/cause.ts';
import type { EntryKind } from '../model/journal.ts';
import type { TopicAppend } from '../model/topic.ts';
import type { PublishRequest } from '../run-handle.ts';
import { Operation, type Identity } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** Records for a topic. They and the journal entry are one transaction (I4): a replay never publishes again. */
export class PublishOperation extends Operation {
  readonly kind: EntryKind = 'publish';
  readonly #request: PublishRequest;
  readonly #cause: RunCause;

  constructor(host: OperationHost, identity: Identity, request: PublishRequest) {
    super(host, identity);
    this.#request = request;
    this.#cause = { runId: host.record.id, ...host.cause };
  }

  begin(): void {
    this.host.working(1);
    this.#request.prepare(this.#cause).then(
      (append) => this.#publish(append),
      (error: unknown) => {
        if (!this.host.prepared(this)) return;
        const text = encodeError(toErrorRecord(error));
        this.host.complete(this, { outcome: 'error', attempt: 1, startedAt: this.identity.issuedAt, text });
      },
    );
  }

  #publish(append: TopicAppend): void {
    if (!this.host.prepared(this)) return;
    this.host.complete(this, {
      outcome: 'ok',
      attempt: 1,
      startedAt: this.identity.issuedAt,
      text: null,
      appends: [append],
    });
  }
}
