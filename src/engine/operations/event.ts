import { encodeValue } from '../../base/codec.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { encodeError } from '../encode-error.ts';
import { untilStored } from '../until-stored.ts';
import type { EventPlace, EventWaitDetail } from '../model/event-wait.ts';
import type { EntryKind } from '../model/journal.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { PartitionName } from '../model/topic.ts';
import type { EventWaitRequest } from '../run-handle.ts';
import type { Alarm } from '../timer-queue.ts';
import { Operation, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** What the code asks for, and what it was given before by waits for the same. */
export interface EventOperationRequest extends EventWaitRequest {
  readonly behind: readonly EventPlace[];
}

/**
 * A wait for an event of a topic. Its row says from which positions of the log events count, so that whoever reads the topic
 * finds the first one, whether it came before the wait or after it, and sends it as a message addressed to this operation's key.
 */
export class EventOperation extends Operation {
  readonly kind: EntryKind = 'event';
  readonly #request: EventOperationRequest;
  readonly #deadline: number | null;
  #alarm: Alarm | null = null;
  /** Encoded; null until the positions are known. */
  #detail: string | null = null;

  constructor(host: OperationHost, identity: Identity, request: EventOperationRequest) {
    super(host, identity);
    this.#request = request;
    this.#deadline = request.timeoutMs === null ? null : identity.issuedAt + request.timeoutMs;
  }

  begin(): void {
    this.host.mailbox.expect('event', this.identity.key, this);
    if (this.state !== 'pending') return;
    if (this.#deadline !== null) {
      this.#alarm = this.host.services.timers.at(this.#deadline, () => this.#expire());
    }
    this.#detail = this.host.storedDetail(this.identity.key);
    if (this.#detail !== null) return this.host.waiting(this);
    // Not resting until the positions are known: a run that were released before its row is stored would wait for ever.
    this.host.working(1);
    const { clock } = this.host.services;
    const isWanted = (): boolean => this.state === 'pending';
    untilStored(clock, () => this.#findPositions(), isWanted).then(
      (from) => this.#wait(from),
      (error: unknown) => this.#fail(error),
    );
  }

  receive(message: ReceivedMessage): void {
    this.#alarm?.cancel();
    const startedAt = this.identity.issuedAt;
    this.host.complete(this, { outcome: 'ok', attempt: 1, startedAt, text: message.text, message });
  }

  override wait(): OperationWait | null {
    if (this.#detail === null) return null;
    const since = this.identity.issuedAt;
    return { kind: 'event', since, deadline: this.#deadline, detail: this.#detail };
  }

  override stop(): void {
    this.#alarm?.cancel();
    this.host.mailbox.forget('event', this.identity.key, this);
  }

  async #findPositions(): Promise<readonly number[]> {
    const { wanted, behind } = this.#request;
    const { topic, partitions } = wanted;
    const from: number[] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      const start = await this.#start({ topic, partition });
      const passed = behind.filter((place) => place.topic === topic && place.partition === partition);
      from.push(Math.max(start, ...passed.map(({ offset }) => offset + 1)));
    }
    return from;
  }

  /** Where the run started, as a position of the log: behind the event that started it, else by the time. */
  async #start(name: PartitionName): Promise<number> {
    const { record, trigger, services } = this.host;
    const cause = trigger?.event;
    if (cause?.topic === name.topic && cause.partition === name.partition) return cause.offset + 1;
    const start = await services.store.findOffset(name, record.createdAt);
    if (start > 0) await this.#tellLoss(name, start);
    return start;
  }

  /** Retention stops at what a stored wait needs, and knows nothing of one that is only about to be. */
  async #tellLoss(name: PartitionName, start: number): Promise<void> {
    const { services } = this.host;
    const partitions = await services.store.listPartitions(name.topic);
    const found = partitions.find(({ partition }) => partition === name.partition);
    if (found === undefined || start > found.startOffset) return;
    const text = `Events of topic "${name.topic}" before offset ${start} are deleted; some may be younger than this run.`;
    this.host.log({ key: this.identity.key, attempt: 1, level: 'warn', text });
  }

  #wait(from: readonly number[]): void {
    if (!this.host.prepared(this)) return;
    const { topic, partitions, type, where } = this.#request.wanted;
    const detail: EventWaitDetail = { topic, partitions, type, where, from };
    this.#detail = encodeValue(detail, `the wait for "${this.identity.name}"`);
    this.host.waiting(this);
  }

  #expire(): void {
    this.stop();
    const startedAt = this.identity.issuedAt;
    this.host.complete(this, { outcome: 'timeout', attempt: 1, startedAt, text: null });
  }

  #fail(error: unknown): void {
    if (!this.host.prepared(this)) return;
    this.stop();
    const text = encodeError(toErrorRecord(error));
    this.host.complete(this, { outcome: 'error', attempt: 1, startedAt: this.identity.issuedAt, text });
  }
}
