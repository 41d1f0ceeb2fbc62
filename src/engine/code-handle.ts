import { TuttiError } from '../base/tutti-error.ts';
import type { CancelScope } from './cancel-scope.ts';
import type { LiveRun } from './live-run.ts';
import { operationKey, type EntryKind } from './model/journal.ts';
import type { LogLevel } from './model/log.ts';
import type { EventPlace } from './model/event-wait.ts';
import type { PublishedEvent } from './model/published-event.ts';
import type { RunRecord } from './model/run.ts';
import type { RunTrigger } from './model/trigger.ts';
import type { RunOperations } from './run-operations.ts';
import { Occurrences, OperationIdentity } from './operation-identity.ts';
import { AcquireOperation } from './operations/acquire.ts';
import { ApprovalOperation } from './operations/approval.ts';
import { ChildOperation } from './operations/child.ts';
import type { Identity } from './operations/operation.ts';
import { EventOperation } from './operations/event.ts';
import { ReleaseOperation } from './operations/release.ts';
import { PublishOperation } from './operations/publish.ts';
import { SendOperation } from './operations/send.ts';
import { SignalOperation } from './operations/signal.ts';
import { StartOperation } from './operations/start.ts';
import { StepOperation } from './operations/step.ts';
import { TimerOperation } from './operations/timer.ts';
import type {
  AcquireRequest,
  ApprovalRequest,
  ChildRequest,
  EventWaitRequest,
  Place,
  ReleaseRequest,
  RunHandle,
  PublishRequest,
  SendRequest,
  SignalRequest,
  StepRequest,
  TimerRequest,
} from './run-handle.ts';

/** The run as its code sees it: gives every operation its identity and hands it to the run. */
export class CodeHandle implements RunHandle {
  readonly #run: LiveRun;
  readonly #operations: RunOperations;
  #linesSaid = 0;
  /** What waits for events were answered with, by what they wanted. Made on first use: most runs never wait for one. */
  #received: Map<string, readonly EventPlace[]> | null = null;
  readonly #occurrences = new Occurrences();

  constructor(run: LiveRun) {
    this.#run = run;
    this.#operations = run.operations;
  }

  get record(): RunRecord {
    return this.#run.record;
  }

  get trigger(): RunTrigger | null {
    return this.#run.trigger;
  }

  get now(): number {
    return this.#run.now;
  }

  get isReplaying(): boolean {
    return this.#run.isReplaying;
  }

  get hasRecordsLeft(): boolean {
    return this.#run.hasRecordsLeft;
  }

  isRecorded(kind: EntryKind, path: string, name: string): boolean {
    return this.#run.isRecorded(operationKey(path, kind, name, 0));
  }

  get root(): CancelScope {
    return this.#run.root;
  }

  step(request: StepRequest): Promise<unknown> {
    return this.#operations.issue(
      new StepOperation(this.#operations, this.#identity('step', request), request),
    );
  }

  async timer(request: TimerRequest): Promise<void> {
    await this.#operations.issue(
      new TimerOperation(this.#operations, this.#identity('timer', request), request.until),
    );
  }

  signal(request: SignalRequest): Promise<unknown> {
    return this.#operations.issue(
      new SignalOperation(this.#operations, this.#identity('signal', request), request.timeoutMs),
    );
  }

  async event(request: EventWaitRequest): Promise<PublishedEvent> {
    const source = JSON.stringify(request.wanted);
    const behind = this.#received?.get(source) ?? [];
    const identity = this.#identity('event', request);
    const event = (await this.#operations.issue(
      new EventOperation(this.#operations, identity, { ...request, behind }),
    )) as PublishedEvent;
    // Told by the journal, so a replay knows the same: a later wait for the same goes on behind this event.
    const { topic, partition, offset } = event;
    const known = this.#received?.get(source) ?? [];
    (this.#received ??= new Map()).set(source, [...known, { topic, partition, offset }]);
    return event;
  }

  ask(request: ApprovalRequest): Promise<unknown> {
    return this.#operations.issue(
      new ApprovalOperation(this.#operations, this.#identity('approval', request), request),
    );
  }

  call(request: ChildRequest): Promise<unknown> {
    return this.#operations.issue(
      new ChildOperation(this.#operations, this.#identity('child', request), request),
    );
  }

  async start(request: ChildRequest): Promise<string> {
    const operation = new StartOperation(this.#operations, this.#identity('start', request), request);
    return (await this.#operations.issue(operation)) as string;
  }

  async send(request: SendRequest): Promise<void> {
    const identity = this.#identity('send', { place: request.place, name: request.signal });
    await this.#operations.issue(new SendOperation(this.#operations, identity, request));
  }

  async publish(request: PublishRequest): Promise<void> {
    await this.#operations.issue(
      new PublishOperation(this.#operations, this.#identity('publish', request), request),
    );
  }

  async acquire(request: AcquireRequest): Promise<string> {
    checkSlots(request);
    const identity = this.#identity('slot', request);
    await this.#operations.issue(new AcquireOperation(this.#operations, identity, request));
    return identity.key;
  }

  async release(request: ReleaseRequest): Promise<void> {
    const identity = this.#identity('release', request);
    await this.#operations.issue(new ReleaseOperation(this.#operations, identity, request.acquired));
  }

  mark(name: string): boolean {
    return this.#run.mark(name);
  }

  cancel(scope: CancelScope, reason: Error): void {
    this.#run.cancel(scope, reason);
  }

  log(level: LogLevel, text: string): void {
    this.#linesSaid += 1;
    if (this.#run.isReplaying) return;
    this.#operations.log({ key: '', attempt: 0, level, text, ordinal: this.#linesSaid });
  }

  setStatus(text: string): void {
    this.#run.setStatus(text);
  }

  violate(error: Error): void {
    this.#run.violate(error);
  }

  #identity(kind: EntryKind, request: { readonly place: Place; readonly name: string }): Identity {
    const { place, name } = request;
    const occurrence = this.#occurrences.next(place.path, kind, name);
    return new OperationIdentity(kind, name, { place, occurrence, issuedAt: this.#run.now });
  }
}

/** What would make the store refuse the commit of every other run, too, is refused here. @throws TUTTI_OPTION_INVALID */
function checkSlots({ name, pool, slots, limit, priority }: AcquireRequest): void {
  const isSound = Number.isSafeInteger(slots) && slots >= 1 && Number.isSafeInteger(limit) && limit >= 0;
  if (isSound && Number.isSafeInteger(priority)) return;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `"${name}" asked for ${slots} of ${limit} slots of pool "${pool}" with priority ${priority}; expected whole numbers, at least 1 of 0.`,
  );
}
