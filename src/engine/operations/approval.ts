import { decodeValue, encodeValue } from '../../base/codec.ts';
import type { EntryKind } from '../model/journal.ts';
import type { ReceivedMessage } from '../received-message.ts';
import type { ApprovalQuestion, ApprovalRequest } from '../run-handle.ts';
import type { Alarm } from '../timer-queue.ts';
import { Operation, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';

/** What the row of a question holds. */
interface StoredQuestion extends ApprovalQuestion {
  readonly remindsAt?: number;
}

/** A question to a person. The answer comes as a message addressed to this operation's key. */
export class ApprovalOperation extends Operation {
  readonly kind: EntryKind = 'approval';
  readonly #request: ApprovalRequest;
  readonly #deadline: number | null;
  #alarms: Alarm[] = [];
  /** When the next reminder is due; its row says so too, so that the run is awake then and whoever claims it reminds. */
  #remindsAt: number | null = null;

  constructor(host: OperationHost, identity: Identity, request: ApprovalRequest) {
    super(host, identity);
    this.#request = request;
    this.#deadline = request.timeoutMs === null ? null : identity.issuedAt + request.timeoutMs;
  }

  begin(): void {
    this.host.mailbox.expect('answer', this.identity.key, this);
    if (this.state !== 'pending') return;
    this.host.waiting(this);
    const { timers } = this.host.services;
    if (this.#deadline !== null) this.#alarms.push(timers.at(this.#deadline, () => this.#expire()));
    // A run that was claimed because a reminder is due finds it in its row, and does not take it for passed.
    if (this.#request.question.remindEveryMs !== null)
      this.#remindAt(this.#storedReminder() ?? this.#nextReminder());
  }

  receive(message: ReceivedMessage): void {
    this.#dropAlarms();
    const startedAt = this.identity.issuedAt;
    this.host.complete(this, { outcome: 'ok', attempt: 1, startedAt, text: message.text, message });
  }

  override wait(): OperationWait {
    const remindsAt = this.#remindsAt;
    const stored: StoredQuestion = { ...this.#request.question, ...(remindsAt !== null && { remindsAt }) };
    return {
      kind: 'approval',
      since: this.identity.issuedAt,
      deadline: this.#deadline,
      detail: encodeValue(stored, `the question "${this.identity.name}"`),
      ...(remindsAt !== null && { wakeAt: Math.min(remindsAt, this.#deadline ?? remindsAt) }),
    };
  }

  override stop(): void {
    this.#dropAlarms();
    this.host.mailbox.forget('answer', this.identity.key, this);
  }

  /** Checks an answer before it is accepted. @throws TUTTI_INPUT_INVALID */
  acceptAnswer(answer: unknown): Promise<unknown> {
    return this.#request.acceptAnswer(answer);
  }

  #expire(): void {
    this.stop();
    this.host.complete(this, {
      outcome: 'timeout',
      attempt: 1,
      startedAt: this.identity.issuedAt,
      text: null,
    });
  }

  #storedReminder(): number | null {
    const detail = this.host.storedDetail(this.identity.key);
    return detail === null ? null : ((decodeValue(detail) as StoredQuestion).remindsAt ?? null);
  }

  /** Reminders fall on whole multiples of their period after the question; those that nobody lived through make one. */
  #nextReminder(): number {
    const every = this.#request.question.remindEveryMs ?? Number.MAX_SAFE_INTEGER;
    const passed = Math.floor((this.host.services.clock.now() - this.identity.issuedAt) / every);
    return this.identity.issuedAt + (Math.max(0, passed) + 1) * every;
  }

  #remindAt(instant: number): void {
    this.#remindsAt = instant;
    const alarm = this.host.services.timers.at(instant, () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      this.#remind();
      this.#remindAt(this.#nextReminder());
      this.host.waiting(this);
    });
    this.#alarms.push(alarm);
  }

  #remind(): void {
    const { telemetry, clock } = this.host.services;
    const { to } = this.#request.question;
    const fields = { run: this.host.record.id, question: this.identity.name, to };
    telemetry.emit({ name: 'approval.reminded', at: clock.now(), fields });
  }

  #dropAlarms(): void {
    for (const alarm of this.#alarms) alarm.cancel();
    this.#alarms = [];
  }
}
