import { parseDuration, type Duration } from '../base/duration.ts';
import type { Logger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import {
  CancelScope,
  type Callable,
  type Place,
  type PublishedEvent,
  type PublishTarget,
  type RunCause,
  type RunHandle,
  type RunTrigger,
  type StepRequest,
} from '../engine/index.ts';
import type { StandardSchema } from '../base/standard-schema.ts';
import { askRequest } from './ask.ts';
import type { Compensations } from './compensations.ts';
import { runConcurrently } from './concurrency.ts';
import { outsideOfWorkflow, refuseInBody } from './determinism.ts';
import { waitForAny, waitForEvent } from './event-waits.ts';
import type { SignalDefinition } from './signal.ts';
import { codeLog } from './run-log.ts';
import { ContextStep } from './step-context.ts';
import { resolveStepOptions } from './step-options.ts';
import type {
  Alternatives,
  Answer,
  AskOptions,
  AwaitedEvent,
  AwaitedEvents,
  AwaitedTopic,
  ChildOptions,
  ConcurrencyOptions,
  EventWaitOptions,
  FirstEvent,
  RunInterval,
  ScopeOptions,
  StartedChild,
  StepContext,
  StepOptions,
  WaitOptions,
  WorkflowContext,
} from './workflow-context.ts';

/** What the contexts of one run share. */
interface Shared {
  readonly run: RunHandle;
  readonly logger: Logger;
  /** For the code itself; steps have their own. */
  /** Made on first use: most code logs nothing. */
  log: Logger | null;
  readonly compensations: Compensations;
  /** How many scopes of each path and name were opened, so that each gets a path of its own. */
  readonly scopes: Map<string, number>;
  /** The shielded scopes that are under way, and their bodies; null before the first. */
  shielded: Map<CancelScope, Promise<unknown>> | null;
}

/** The durable operations of a workflow over the engine's run. One object per scope. */
export class RunContext implements WorkflowContext {
  readonly #shared: Shared;
  readonly #place: Place;

  constructor(shared: Shared, place: Place) {
    this.#shared = shared;
    this.#place = place;
  }

  /** The context of a whole run. */
  static ofRun(run: RunHandle, logger: Logger, compensations: Compensations): RunContext {
    return new RunContext(
      { run, logger, compensations, scopes: new Map(), shielded: null, log: null },
      { path: '', cancelScope: run.root },
    );
  }

  get runId(): string {
    return this.#shared.run.record.id;
  }

  get signal(): AbortSignal {
    return this.#place.cancelScope.signal;
  }

  get trigger(): RunTrigger | null {
    return this.#shared.run.trigger;
  }

  get interval(): RunInterval | null {
    const interval = this.trigger?.interval ?? null;
    return interval === null ? null : { start: new Date(interval.start), end: new Date(interval.end) };
  }

  get log(): Logger {
    const { run, logger } = this.#shared;
    return (this.#shared.log ??= codeLog(run, logger));
  }

  /** The run as operations need it. @throws TUTTI_OPERATION_IN_STEP when the body of a step asks. */
  get #run(): RunHandle {
    const { run } = this.#shared;
    refuseInBody(run);
    return run;
  }

  // Not async: that would cost every step a second promise.
  step<T>(
    name: string,
    body: (step: StepContext) => T | Promise<T>,
    options?: StepOptions<Awaited<T>>,
  ): Promise<Awaited<T>> {
    const { compensations } = this.#shared;
    let request: StepRequest;
    try {
      request = this.#stepRequest(name, body, options);
    } catch (error) {
      return Promise.reject(error);
    }
    const result = this.#run.step(request) as Promise<Awaited<T>>;
    const undo = options?.compensate;
    if (undo === undefined) return result;
    return result.then((value) => {
      compensations.add({ name, undo: (step) => undo(value, step) });
      return value;
    });
  }

  sleep(duration: Duration, name = 'sleep'): Promise<void> {
    const until = this.#run.now + parseDuration(duration, `the duration of "${name}"`);
    return this.#run.timer({ place: this.#place, name, until });
  }

  sleepUntil(instant: Date | number | string, name = 'sleep'): Promise<void> {
    const until = new Date(instant).getTime();
    if (!Number.isFinite(until)) {
      throw new TuttiError(
        'TUTTI_DURATION_INVALID',
        `"${String(instant)}" is no instant to sleep until; expected a date.`,
      );
    }
    return this.#run.timer({ place: this.#place, name, until });
  }

  async waitFor<P>(signal: SignalDefinition<P>, options: WaitOptions = {}): Promise<P> {
    const timeoutMs = timeoutOf(options, `the wait for "${signal.name}"`);
    return (await this.#run.signal({ place: this.#place, name: signal.name, timeoutMs })) as P;
  }

  waitForEvent<Type extends string, Data>(
    topic: AwaitedTopic<NoInfer<Type>>,
    event: AwaitedEvent<Type, Data>,
    options: EventWaitOptions<NoInfer<Type>, NoInfer<Data>> = {},
  ): Promise<PublishedEvent<Type, Data>> {
    return waitForEvent(this.#run, this.#place, { topic, event, options });
  }

  waitForAny<Events extends AwaitedEvents>(
    alternatives: Alternatives<Events>,
    options: WaitOptions = {},
  ): Promise<FirstEvent<Events>> {
    const place = { path: this.#newPath('any'), cancelScope: this.#place.cancelScope };
    return waitForAny(this.#run, place, { alternatives, options }) as Promise<FirstEvent<Events>>;
  }

  async ask<F extends StandardSchema>(question: string, options: AskOptions<F>): Promise<Answer<F>> {
    const request = askRequest(question, options);
    const timeoutMs = timeoutOf(options, `the question "${question}"`);
    return (await this.#run.ask({ place: this.#place, timeoutMs, ...request })) as Answer<F>;
  }

  async call<I, O>(child: Callable<I, O>, input: I, options: ChildOptions<NoInfer<I>> = {}): Promise<O> {
    return (await this.#run.call(this.#childRequest(child.name, input, options))) as O;
  }

  async start<I, O>(
    child: Callable<I, O>,
    input: I,
    options: ChildOptions<NoInfer<I>> = {},
  ): Promise<StartedChild> {
    return { id: await this.#run.start(this.#childRequest(child.name, input, options)) };
  }

  send<P>(runId: string, signal: SignalDefinition<P>, payload: P): Promise<void> {
    return this.#run.send({ place: this.#place, runId, signal: signal.name, payload });
  }

  publish<E>(topic: PublishTarget<E>, event: E): Promise<void> {
    return this.#run.publish({
      place: this.#place,
      name: topic.name,
      prepare: (cause) => outsideOfWorkflow((given: RunCause) => topic.prepareInRun(event, given), cause),
    });
  }

  async parallel<T extends readonly ((ctx: WorkflowContext) => unknown)[]>(
    branches: T,
    options: ConcurrencyOptions = {},
  ): Promise<{ -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }> {
    const path = this.#newPath('parallel');
    const results = await runConcurrently(branches, options.concurrency, (branch, index) =>
      branch(this.#within(`${path}[${index}]`, this.#place.cancelScope)),
    );
    return results as { -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> };
  }

  async map<T, R>(
    items: readonly T[],
    body: (item: T, index: number, ctx: WorkflowContext) => R,
    options: ConcurrencyOptions = {},
  ): Promise<Awaited<R>[]> {
    const path = this.#newPath('map');
    const results = await runConcurrently(items, options.concurrency, (item, index) =>
      body(item, index, this.#within(`${path}[${index}]`, this.#place.cancelScope)),
    );
    return results as Awaited<R>[];
  }

  async scope<T>(
    name: string,
    options: ScopeOptions,
    body: (ctx: WorkflowContext) => Promise<T>,
  ): Promise<T> {
    const path = this.#newPath(name);
    const scope = new CancelScope(this.#place.cancelScope, { isShielded: options.cancellable === false });
    const timeoutMs = timeoutOf(options, `the scope "${name}"`);
    const stopTimer = timeoutMs === null ? null : this.#limit(scope, { name, path, timeoutMs });
    const inner = this.#within(path, scope);
    try {
      const result = body(inner);
      if (scope.isShielded) (this.#shared.shielded ??= new Map()).set(scope, result);
      return await result;
    } finally {
      this.#shared.shielded?.delete(scope);
      stopTimer?.();
      const cleanUps = scope.reason === null ? null : inner.untilCleanedUp();
      if (cleanUps !== null) await cleanUps;
      scope.close();
    }
  }

  async compensate(reason: string): Promise<never> {
    await this.undo();
    throw new TuttiError('TUTTI_RUN_FAILED', `Run "${this.runId}" undid what it had done: ${reason}`, {
      details: { runId: this.runId, reason },
    });
  }

  patch(name: string): boolean {
    return this.#run.mark(`patch:${name}`);
  }

  status(text: string): void {
    this.#shared.run.setStatus(text);
  }

  /**
   * Resolves once nothing shielded is under way in this scope: its code may have ended before that, as when another branch of a
   * `parallel` has thrown. Null when there is nothing to wait for.
   */
  untilCleanedUp(): Promise<void> | null {
    const { cancelScope } = this.#place;
    const open = [...(this.#shared.shielded ?? [])].filter(([scope]) => scope.isWithin(cancelScope));
    if (open.length === 0) return null;
    return Promise.allSettled(open.map(([, body]) => body)).then(() => this.untilCleanedUp() ?? undefined);
  }

  /** Runs the registered compensations, newest first, where no cancellation reaches them. */
  async undo(): Promise<void> {
    const { compensations } = this.#shared;
    if (compensations.isEmpty) return;
    await this.scope('compensation', { cancellable: false }, (shielded) => compensations.run(shielded));
  }

  /** Cancels the scope when its time is up. Returns how to call that off. */
  #limit(
    scope: CancelScope,
    limit: { readonly name: string; readonly path: string; readonly timeoutMs: number },
  ): () => void {
    const { run } = this.#shared;
    const timerScope = new CancelScope(this.#place.cancelScope, { isShielded: true });
    const place: Place = { path: limit.path, cancelScope: timerScope };
    run.timer({ place, name: 'timeout', until: run.now + limit.timeoutMs }).then(
      () => run.cancel(scope, timedOut(run, limit.name)),
      () => undefined,
    );
    return () => {
      run.cancel(timerScope, timedOut(run, limit.name));
      timerScope.close();
    };
  }

  #stepRequest<T>(
    name: string,
    body: (step: StepContext) => unknown,
    options: StepOptions<Awaited<T>> | undefined,
  ): StepRequest {
    const { run, logger } = this.#shared;
    const resolved = resolveStepOptions(run, name, options);
    return new ContextStep({ run, name, logger, place: this.#place, body }, resolved);
  }

  #childRequest<I>(name: string, input: I, options: ChildOptions<I>): Parameters<RunHandle['call']>[0] {
    const { id = null, onConflict = 'refuse', timeout } = options;
    const timeoutMs = timeout === undefined ? null : parseDuration(timeout, `the timeout of child "${name}"`);
    const cancelOn = [options.cancelOn ?? []].flat().map((source) => source.wanted(input));
    return { place: this.#place, name, input, id, onConflict, timeoutMs, cancelOn };
  }

  #newPath(name: string): string {
    const base = `${this.#place.path}/${name}`;
    const count = this.#shared.scopes.get(base) ?? 0;
    this.#shared.scopes.set(base, count + 1);
    return `${base}#${count}`;
  }

  #within(path: string, cancelScope: CancelScope): RunContext {
    return new RunContext(this.#shared, { path, cancelScope });
  }
}

function timeoutOf(options: WaitOptions, what: string): number | null {
  return options.timeout === undefined ? null : parseDuration(options.timeout, `the timeout of ${what}`);
}

function timedOut(run: RunHandle, name: string): TuttiError {
  return new TuttiError('TUTTI_WAIT_TIMEOUT', `Scope "${name}" of run "${run.record.id}" ran out of time.`, {
    details: { runId: run.record.id, scope: name },
  });
}
