/**
 * A step: a body that runs at least once and whose result is recorded once.
 *
 * Owns: the attempts of one step in this process, their timeouts and abort signals, and the pause before the next try.
 * Invariants:
 * P1  An outcome is handed to the run once; what a body does after its attempt timed out or was stopped is ignored.
 * P2  The attempt count and the time of the next try are in the journal before the pause ends, and survive a crash.
 * P3  The overall timeout counts from the first attempt, crashes and pauses included.
 */
import { retryDelay } from '../../base/backoff.ts';
import { decodeValue, encodeValue } from '../../base/codec.ts';
import { formatDuration } from '../../base/duration.ts';
import { toErrorRecord, type ErrorRecord } from '../../base/error-record.ts';
import { requestedRetryDelay } from '../../base/retry-errors.ts';
import { isRetryable } from '../../base/retry-policy.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeError } from '../encode-error.ts';
import type { Cause } from '../model/cause.ts';
import type { EntryKind } from '../model/journal.ts';
import type { TopicAppend } from '../model/topic.ts';
import type { StepRequest } from '../run-handle.ts';
import type { Alarm } from '../timer-queue.ts';
import { Attempt } from './attempt.ts';
import { Operation, type Completion, type Identity, type OperationWait } from './operation.ts';
import type { OperationHost } from './operation.ts';
import { StepSlots } from './step-slots.ts';

/** What an `attempt` entry holds. */
interface FailedAttempt {
  readonly error: ErrorRecord;
  /** When the next try is due, milliseconds since the epoch. */
  readonly nextAt: number;
}

/** A step as the run holds it; see the top of the file. */
export class StepOperation extends Operation {
  readonly kind: EntryKind = 'step';
  /** What the run followed from when the code issued the step: the same in every attempt and replay. */
  readonly cause: Cause;
  readonly #request: StepRequest;
  readonly #slots: StepSlots | null;
  #attempt: Attempt | null = null;
  #firstStartedAt = 0;
  #alarms: Alarm[] | null = null;
  #pause: { readonly since: number; readonly until: number; readonly detail: string | null } | null = null;
  /** Whether a failed attempt is on its way to disk; and the attempt that is due and waits for that (P2). */
  #isRecording = false;
  #dueAttempt: number | null = null;
  /** Since when a row says that this step is running; null while none does. */
  #isAnnounced = false;

  constructor(host: OperationHost, identity: Identity, request: StepRequest) {
    super(host, identity);
    this.cause = host.cause;
    this.#request = request;
    const held = request.room?.slots ?? null;
    const waits = { waiting: () => host.waiting(this), noLongerWaiting: () => host.noLongerWaiting(this) };
    this.#slots = held === null ? null : new StepSlots(this, held, waits);
  }

  begin(): void {
    const recorded = this.host.attempts(this);
    if (recorded === undefined) {
      this.#firstStartedAt = this.host.services.clock.now();
      if (this.#request.room?.slots?.mustAsk === true) this.#admit(1, { hasLeft: false });
      else this.#try(1);
      return;
    }
    this.#firstStartedAt = recorded.firstStartedAt;
    const text =
      recorded.last.payload === null ? null : this.host.services.payloads.textNow(recorded.last.payload);
    const nextAt = text === null ? 0 : (decodeValue(text) as FailedAttempt).nextAt;
    this.#pauseUntil(nextAt, recorded.failed + 1, recorded.last.at, text);
  }

  override wait(): OperationWait | null {
    const slotWait = this.#slots?.wait() ?? null;
    if (slotWait !== null) return slotWait;
    if (this.#pause !== null) {
      return {
        kind: 'retry',
        since: this.#pause.since,
        deadline: this.#pause.until,
        detail: this.#pause.detail,
      };
    }
    if (!this.#isAnnounced || this.#attempt === null) return null;
    return { kind: 'step', since: this.#attempt.startedAt, deadline: null, detail: null };
  }

  override attemptRecorded(): void {
    this.#isRecording = false;
    const due = this.#dueAttempt;
    this.#dueAttempt = null;
    if (due !== null && this.state === 'pending') this.#try(due);
  }

  override stop(reason: Error): void {
    this.#dropAlarms();
    this.#slots?.stop();
    this.#dueAttempt = null;
    this.#pause = null;
    this.#endAttempt()?.abort(reason);
  }

  /** Gives a step that has been running since before `instant` a row that says so. */
  announceIfOlder(instant: number): void {
    if (this.#isAnnounced || this.#attempt === null || this.#attempt.startedAt > instant) return;
    this.#isAnnounced = true;
    this.host.waiting(this);
  }

  #try(attempt: number): void {
    const { clock } = this.host.services;
    const current = new Attempt(this, attempt, clock.now());
    this.#attempt = current;
    this.host.working(1);
    this.#setTimeouts(current);
    let result: unknown;
    try {
      result = this.#request.body(current);
    } catch (error) {
      return this.#failed(current, error);
    }
    if (!isPromiseLike(result)) return this.#returned(current, result);
    result.then(
      (value) => this.#returned(current, value),
      (error: unknown) => this.#failed(current, error),
    );
  }

  #setTimeouts(current: Attempt): void {
    const { attemptTimeoutMs, timeoutMs } = this.#request;
    if (attemptTimeoutMs === null && timeoutMs === null) return;
    const { timers } = this.host.services;
    this.#alarms = [];
    if (attemptTimeoutMs !== null) {
      const limit = `its attempt timeout of ${formatDuration(attemptTimeoutMs)}`;
      this.#alarms.push(
        timers.at(current.startedAt + attemptTimeoutMs, () => this.#timedOut(current, limit)),
      );
    }
    if (timeoutMs !== null) {
      const limit = `its overall timeout of ${formatDuration(timeoutMs)}`;
      this.#alarms.push(timers.at(this.#firstStartedAt + timeoutMs, () => this.#timedOut(current, limit)));
    }
  }

  #timedOut(current: Attempt, limit: string): void {
    const { name, key } = this.identity;
    const { id } = this.host.record;
    const error = new TuttiError(
      'TUTTI_STEP_TIMEOUT',
      `Step "${name}" of run "${id}" exceeded ${limit} in attempt ${current.attempt}.`,
      { details: { runId: id, key } },
    );
    current.abort(error);
    this.#failed(current, error);
  }

  /** The body is through. An event that it published and that cannot be stored fails the attempt, awaited or not. */
  #returned(current: Attempt, value: unknown): void {
    if (this.#attempt !== current) return;
    const published = current.takePublished();
    if (published === null) return this.#succeeded(current, value, null);
    published.then(
      (appends) => this.#succeeded(current, value, appends),
      (error: unknown) => this.#failed(current, error),
    );
  }

  #succeeded(current: Attempt, value: unknown, appends: readonly TopicAppend[] | null): void {
    if (this.#attempt !== current) return;
    let text: string | null;
    try {
      text = value === undefined ? null : encodeValue(value, `the result of step "${this.identity.name}"`);
    } catch (error) {
      return this.#giveUp(current, toErrorRecord(error));
    }
    this.#endAttempt();
    const { attempt, startedAt, cells } = current;
    let completion: Completion = { outcome: 'ok', attempt, startedAt, text };
    if (cells !== null) completion = { ...completion, cells };
    if (appends !== null) completion = { ...completion, appends };
    this.host.complete(this, completion);
  }

  #failed(current: Attempt, thrown: unknown): void {
    if (this.#attempt !== current) return;
    const error = toErrorRecord(thrown);
    const now = this.host.services.clock.now();
    const nextAt = this.#nextTry(current, thrown, error, now);
    if (nextAt === null) return this.#giveUp(current, error);
    this.#endAttempt();
    const failed: FailedAttempt = { error, nextAt };
    const text = encodeError(failed);
    this.#isRecording = true;
    this.host.attemptFailed(this, {
      outcome: 'error',
      attempt: current.attempt,
      startedAt: current.startedAt,
      text,
    });
    this.#pauseUntil(nextAt, current.attempt + 1, now, text);
  }

  /** When to try again, or null to give up. */
  #nextTry(current: Attempt, thrown: unknown, error: ErrorRecord, now: number): number | null {
    const { retry, timeoutMs } = this.#request;
    const isTimeout = error.code === 'TUTTI_STEP_TIMEOUT';
    if (current.attempt >= retry.maximumAttempts) return null;
    if (!isTimeout && !isRetryable(retry, error)) return null;
    const nextAt =
      now + (requestedRetryDelay(thrown) ?? retryDelay(retry, current.attempt, this.host.services.random));
    if (timeoutMs !== null && nextAt >= this.#firstStartedAt + timeoutMs) return null;
    return nextAt;
  }

  #giveUp(current: Attempt, error: ErrorRecord): void {
    this.#endAttempt();
    const { attempt, startedAt } = current;
    this.host.complete(this, { outcome: 'error', attempt, startedAt, text: encodeError(error) });
  }

  #pauseUntil(nextAt: number, attempt: number, since: number, detail: string | null): void {
    if (nextAt <= this.host.services.clock.now()) return this.#admit(attempt, { hasLeft: false });
    this.#pause = { since, until: nextAt, detail };
    const alarm = this.host.services.timers.at(nextAt, () => {
      this.#pause = null;
      this.host.noLongerWaiting(this);
      this.#admit(attempt, { hasLeft: true });
    });
    this.#alarms = [alarm];
    this.#slots?.giveBack();
    this.host.waiting(this);
    this.#request.room?.leave();
  }

  /** Begins the attempt once it has its slots and, if it left, its place among the steps of its run. */
  #admit(attempt: number, { hasLeft }: { readonly hasLeft: boolean }): void {
    const { room } = this.#request;
    const begin = (): void => this.#tryRecorded(attempt);
    const enter = (): void => (hasLeft && room !== undefined ? room.enter(begin) : begin());
    if (this.#slots === null) enter();
    else this.#slots.ask(enter);
  }

  /** Begins the attempt as soon as the failed one before it is on disk: a crash must not forget that it was made. */
  #tryRecorded(attempt: number): void {
    if (this.#isRecording) this.#dueAttempt = attempt;
    else this.#try(attempt);
  }

  #endAttempt(): Attempt | null {
    const ended = this.#attempt;
    if (ended === null) return null;
    this.#attempt = null;
    ended.isOver = true;
    this.#dropAlarms();
    if (this.#isAnnounced) {
      this.#isAnnounced = false;
      this.host.noLongerWaiting(this);
    }
    this.host.working(-1);
    return ended;
  }

  #dropAlarms(): void {
    if (this.#alarms === null) return;
    for (const alarm of this.#alarms) alarm.cancel();
    this.#alarms = null;
  }
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
