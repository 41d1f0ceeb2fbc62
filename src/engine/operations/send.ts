import { encodeValue } from '../../base/codec.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeError } from '../encode-error.ts';
import type { EntryKind } from '../model/journal.ts';
import type { MessageSend } from '../model/message.ts';
import type { Payload } from '../model/payload.ts';
import type { SendRequest } from '../run-handle.ts';
import { untilStored } from '../until-stored.ts';
import { Operation, type Identity } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** A signal to another run. Message and journal entry are one transaction (I4). */
export class SendOperation extends Operation {
  readonly kind: EntryKind = 'send';
  readonly #request: SendRequest;

  constructor(host: OperationHost, identity: Identity, request: SendRequest) {
    super(host, identity);
    this.#request = request;
  }

  begin(): void {
    this.host.working(1);
    this.#prepare().then(
      (send) => this.#send(send),
      (error: unknown) => {
        if (this.host.prepared(this)) this.host.complete(this, this.#refused(error));
      },
    );
  }

  async #prepare(): Promise<MessageSend> {
    const { services } = this.host;
    const { runId, signal, payload } = this.#request;
    const isWanted = (): boolean => this.state === 'pending';
    const target = await untilStored(services.clock, () => services.store.findRun(runId), isWanted);
    if (target === null)
      throw new TuttiError('TUTTI_RUN_NOT_FOUND', `There is no run "${runId}" to send "${signal}" to.`);
    const accepted =
      (await services.findDefinition(target.definition)?.acceptSignal(signal, payload)) ?? payload;
    const what = `the payload of signal "${signal}"`;
    const text = encodeValue(accepted, what);
    const store = (): Promise<Payload> => services.payloads.store(text, runId, what);
    const stored = await untilStored(services.clock, store, isWanted);
    return { run: target.number, kind: 'signal', name: signal, at: services.clock.now(), payload: stored };
  }

  #send(send: MessageSend): void {
    if (!this.host.prepared(this)) return;
    const { queue, nudge } = this.host.services;
    const finished = new TuttiError(
      'TUTTI_RUN_FINISHED',
      `Run "${this.#request.runId}" has ended; signal "${send.name}" was not accepted.`,
    );
    const fact = { outcome: 'ok', attempt: 1, startedAt: this.identity.issuedAt, text: null } as const;
    const { entry, refused, committed } = this.host.reserve(this, fact, this.#refused(finished));
    queue.send({ ...send, journal: { accepted: entry, refused } }, (result) => {
      committed(result.outcome === 'accepted' ? entry : refused);
      nudge();
    });
  }

  #refused(error: unknown): { outcome: 'error'; attempt: 1; startedAt: number; text: string } {
    const text = encodeError(toErrorRecord(error));
    return { outcome: 'error', attempt: 1, startedAt: this.identity.issuedAt, text };
  }
}
