import type {
  AnyDefinition,
  ApprovalView,
  Client,
  EntryView,
  RunDetail,
  StartOptions,
  WaitView,
} from '../app/index.ts';
import { parseDuration, type Duration } from '../base/duration.ts';
import { fromErrorRecord } from '../base/error-record.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { isFinal, type WaitKind } from '../engine/index.ts';
import type { DeadLetter, NewEvent, Published, PublishOptions } from '../events/index.ts';
import { standstill } from './describe-standstill.ts';
import type { Mocks, StepMock, StepMockBody, StepMockOptions, WorkflowMock } from './mocks.ts';
import { Outbox } from './outbox.ts';
import type { TestProcess } from './test-process.ts';
import type { HandlerMock, HandlerMockBody, HandlerMockOptions } from './handler-mocks.ts';
import type {
  NamedDefinition,
  NamedTopic,
  ParkedEvents,
  PlannedAnswer,
  RunReference,
  SubscriptionReference,
  TestRun,
  TestTutti,
} from './test-tutti.ts';
import { TestTopics } from './test-topics.ts';
import { TimeSkipper, type Arrival } from './time-skipper.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a {@link TestEnvironment} is made of. */
export interface TestEnvironmentParts {
  readonly clock: VirtualClock;
  readonly mocks: Mocks;
  readonly definitionNames: readonly string[];
  readonly bodyGraceMs: number;
  readonly timersMax: number;
  /** Where test and client speak from, if not from the process at work. */
  readonly clientProcess?: TestProcess;
  /** The first process at work, not started yet. */
  readonly process: TestProcess;
  /** Without definitions: with the same as the process before. */
  readonly newProcess: (definitions?: readonly AnyDefinition[]) => Promise<TestProcess>;
  readonly uninstallGuard: () => void;
  readonly closeStore: () => Promise<void>;
}

/** Entries of a journal fetched at a time. */
const pageEntries = 1_000;
/** What only somebody outside can bring. */
const outside: readonly WaitKind[] = ['signal', 'approval', 'event'];

/** See {@link TestTutti}. */
export class TestEnvironment implements TestTutti {
  readonly clock: VirtualClock;
  readonly #parts: TestEnvironmentParts;
  readonly #outbox: Outbox;
  readonly #time: TimeSkipper;
  readonly #topics: TestTopics;
  #process: TestProcess;
  #closing: Promise<void> | null = null;

  constructor(parts: TestEnvironmentParts) {
    const { clock, bodyGraceMs, timersMax } = parts;
    this.#parts = parts;
    this.clock = clock;
    this.#outbox = new Outbox(clock);
    this.#process = parts.process;
    this.#time = new TimeSkipper({
      clock,
      process: () => this.#process,
      revive: () => this.restart(),
      sent: () => this.#outbox.sent(),
      bodyGraceMs,
      timersMax,
    });
    this.#topics = new TestTopics({
      events: () => this.front.events,
      client: () => this.client,
      outbox: this.#outbox,
      time: this.#time,
      mocks: parts.mocks.handlers,
    });
  }

  /** Starts the first process. @throws TUTTI_EVENT_INCOMPATIBLE */
  async begin(): Promise<void> {
    await this.#process.register();
    await this.#process.start();
  }

  get client(): Client {
    return this.front.client;
  }

  /** The process that test and client speak from. */
  get front(): TestProcess {
    return this.#parts.clientProcess ?? this.#process;
  }

  get now(): number {
    return this.clock.now();
  }

  // --- runs ---

  // One implementation for all overloads: the interface types what goes in and comes out.
  async start<O>(
    definition: NamedDefinition,
    input?: unknown,
    options: StartOptions = {},
  ): Promise<TestRun<O>> {
    const { id, definition: name } = await this.client.startRun(nameOf(definition), input, options);
    return { id, definition: name, result: () => this.#result<O>(id) };
  }

  async run<O>(definition: NamedDefinition, input?: unknown, options: StartOptions = {}): Promise<O> {
    const run = await this.start<O>(definition, input, options);
    return run.result();
  }

  show(run: RunReference): Promise<RunDetail> {
    return this.client.showRun(idOf(run));
  }

  async journal(run: RunReference): Promise<readonly EntryView[]> {
    const entries: EntryView[] = [];
    for (;;) {
      const page = await this.client.readHistory(idOf(run), { from: entries.length, limit: pageEntries });
      entries.push(...page);
      if (page.length < pageEntries) return entries;
    }
  }

  // --- time ---

  settle(): Promise<void> {
    return this.#time.settle();
  }

  async advance(duration: Duration): Promise<void> {
    await this.advanceTo(this.now + parseDuration(duration, 'the duration to advance by'));
  }

  async advanceTo(instant: Date | number | string): Promise<void> {
    const until = new Date(instant).getTime();
    if (!(until >= this.now)) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        `Time cannot be moved to "${String(instant)}": expected an instant from ${new Date(this.now).toISOString()} on.`,
      );
    }
    await this.#time.skip(async () => false, until);
    await this.settle();
  }

  /** Skips time until the goal is reached. */
  skipUntil(isReached: () => Promise<boolean>): Promise<Arrival> {
    return this.#time.skip(isReached);
  }

  async untilRested(run: RunReference): Promise<RunDetail> {
    await this.settle();
    return this.show(run);
  }

  async untilWaiting(run: RunReference, name?: string): Promise<WaitView> {
    let found: WaitView | undefined;
    const arrival = await this.#time.skip(async () => {
      const { state, waits } = await this.show(run);
      found = waits.find((wait) => outside.includes(wait.kind) && (name === undefined || wait.name === name));
      return found !== undefined || isFinal(state) || state === 'paused';
    });
    if (found !== undefined) return found;
    const goal = name === undefined ? 'a wait for something from outside' : `a wait for "${name}"`;
    throw standstill(await this.show(run), goal, arrival);
  }

  async #result<O>(id: string): Promise<O> {
    const arrival = await this.#time.skip(async () => {
      const { state } = await this.show(id);
      return isFinal(state) || state === 'paused';
    });
    const run = await this.show(id);
    if (run.state === 'completed') return run.output as O;
    if (run.error !== null) throw fromErrorRecord(run.error);
    throw standstill(run, 'its end', arrival);
  }

  // --- from outside ---

  async signal(run: RunReference, signal: NamedDefinition, payload?: unknown): Promise<void> {
    await this.client.sendSignal(idOf(run), nameOf(signal), payload ?? null);
  }

  signalAfter(duration: Duration, run: RunReference, signal: NamedDefinition, payload?: unknown): void {
    const delayMs = parseDuration(duration, `the time until signal "${nameOf(signal)}"`);
    this.#outbox.sendAfter(delayMs, () => this.signal(run, signal, payload));
  }

  async answer(
    run: RunReference,
    question: string,
    answer: object,
    by: string = 'test',
  ): Promise<ApprovalView> {
    await this.settle();
    return this.#answerNow(run, { question, answer, by });
  }

  answerAfter(duration: Duration, run: RunReference, answer: PlannedAnswer): void {
    const delayMs = parseDuration(duration, `the time until the answer to "${answer.question}"`);
    this.#outbox.sendAfter(delayMs, () => this.#answerNow(run, answer));
  }

  async #answerNow(
    run: RunReference,
    { question, answer, by = 'test' }: PlannedAnswer,
  ): Promise<ApprovalView> {
    const open = await this.client.listApprovals({ run: idOf(run) });
    const found = open.find((approval) => approval.question === question);
    if (found !== undefined) return this.client.answerApproval(found.id, answer, by);
    const names = open.map((approval) => approval.question);
    const nearest = nearestName(question, names);
    const asked = names.length === 0 ? 'It asks nothing now.' : `It asks: ${names.join(', ')}.`;
    throw new TuttiError(
      'TUTTI_APPROVAL_NOT_FOUND',
      `Run "${idOf(run)}" does not ask "${question}". ${nearest === undefined ? asked : `Did you mean "${nearest}"?`}`,
      { details: { runId: idOf(run), question } },
    );
  }

  async cancel(run: RunReference, reason: string = 'the test asked for it'): Promise<void> {
    await this.client.cancelRun(idOf(run), reason);
  }

  // --- topics: the interface types what goes in and comes out ---

  publish(topic: NamedTopic, event: NewEvent, options?: PublishOptions): Promise<Published> {
    return this.#topics.publish(topic, event, options);
  }

  publishAfter(duration: Duration, topic: NamedTopic, event: NewEvent): void {
    this.#topics.publishAfter(duration, topic, event);
  }

  async published<E>(topic: NamedTopic): Promise<readonly E[]> {
    return (await this.#topics.published(topic)) as readonly E[];
  }

  parked(subscription: SubscriptionReference): Promise<readonly ParkedEvents[]> {
    return this.#topics.parked(subscription);
  }

  deadLetters(subscription: SubscriptionReference): Promise<readonly DeadLetter[]> {
    return this.#topics.deadLetters(subscription);
  }

  waiting(): Promise<readonly WaitView[]> {
    return this.#topics.waiting();
  }

  untilHandled(subscription?: SubscriptionReference): Promise<void> {
    return this.#topics.untilHandled(subscription);
  }

  mockHandler(
    subscription: SubscriptionReference,
    mock: HandlerMockBody | HandlerMockOptions,
    options?: HandlerMockOptions,
  ): HandlerMock {
    return this.#topics.mockHandler(subscription, mock, options);
  }

  // --- mocks ---

  mockStep(
    definition: NamedDefinition,
    stepName: string,
    mock: StepMockBody | StepMockOptions,
    options: StepMockOptions = {},
  ): StepMock {
    const target = { definition: this.#known(definition), stepName };
    if (typeof mock === 'function') return this.#parts.mocks.addStep(target, mock, options);
    return this.#parts.mocks.addStep(target, undefined, mock);
  }

  mockWorkflow(definition: NamedDefinition, mock: (input: never) => unknown): WorkflowMock {
    return this.#parts.mocks.addWorkflow(this.#known(definition), mock as (input: unknown) => unknown);
  }

  verifyMocks(): void {
    this.#parts.mocks.verify();
  }

  #known(definition: NamedDefinition): string {
    const name = nameOf(definition);
    const { definitionNames } = this.#parts;
    if (definitionNames.includes(name)) return name;
    const nearest = nearestName(name, definitionNames);
    const hint =
      nearest === undefined ? `It has: ${definitionNames.join(', ')}.` : `Did you mean "${nearest}"?`;
    throw new TuttiError(
      'TUTTI_DEFINITION_NOT_FOUND',
      `This test environment has no definition "${name}" to mock. ${hint}`,
      { details: { name } },
    );
  }

  // --- processes ---

  async restart(deployment?: { readonly definitions: readonly AnyDefinition[] }): Promise<void> {
    const next = await this.#parts.newProcess(deployment?.definitions);
    try {
      await next.register();
    } catch (error) {
      await next.kill();
      throw error;
    }
    await this.#process.kill();
    this.#process = next;
    await this.#process.start();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#outbox.clear();
    // Killed rather than stopped: a body that hangs must not hold up the end of a test.
    await this.#process.kill();
    await this.#parts.clientProcess?.kill();
    this.#parts.uninstallGuard();
    await this.#parts.closeStore();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.verifyMocks();
  }
}

function idOf(run: RunReference): string {
  return typeof run === 'string' ? run : run.id;
}

function nameOf(definition: NamedDefinition): string {
  return typeof definition === 'string' ? definition : definition.name;
}
