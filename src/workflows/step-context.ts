import type { Logger } from '../base/logger.ts';
import type { ResolvedRetryPolicy } from '../base/retry-policy.ts';
import type { Place, RunHandle, StepAttempt, StepRequest } from '../engine/index.ts';
import { outsideOfWorkflow } from './determinism.ts';
import { attemptLog } from './run-log.ts';
import type { ResolvedStepOptions } from './step-options.ts';
import type { StepContext } from './workflow-context.ts';

/** A step as the code wrote it. */
export interface WrittenStep {
  readonly run: RunHandle;
  readonly name: string;
  readonly logger: Logger;
  readonly place: Place;
  readonly body: (step: StepContext) => unknown;
}

/** A step of a workflow as the engine takes it: its body sees an attempt as its context, and everything real. */
export class ContextStep implements StepRequest {
  readonly place: Place;
  readonly name: string;
  readonly retry: ResolvedRetryPolicy;
  readonly attemptTimeoutMs: number | null;
  readonly timeoutMs: number | null;
  readonly run: RunHandle;
  readonly logger: Logger;
  readonly #body: (step: StepContext) => unknown;

  constructor(written: WrittenStep, options: ResolvedStepOptions) {
    this.place = written.place;
    this.name = written.name;
    this.run = written.run;
    this.logger = written.logger;
    this.#body = written.body;
    this.retry = options.retry;
    this.attemptTimeoutMs = options.attemptTimeoutMs;
    this.timeoutMs = options.timeoutMs;
  }

  body(attempt: StepAttempt): unknown {
    return outsideOfWorkflow(this.#body, new AttemptContext(this, attempt));
  }
}

/** One attempt of a step as its body sees it. A view, because most bodies ask for little of it. */
class AttemptContext implements StepContext {
  readonly #step: ContextStep;
  readonly #attempt: StepAttempt;
  #log: Logger | null = null;

  constructor(step: ContextStep, attempt: StepAttempt) {
    this.#step = step;
    this.#attempt = attempt;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  get runId(): string {
    return this.#step.run.record.id;
  }

  get stepName(): string {
    return this.#step.name;
  }

  get log(): Logger {
    return (this.#log ??= attemptLog(this.#step.run, this.#attempt, this.#step.logger));
  }

  // A getter, so that a body may take its context apart.
  get publish(): StepContext['publish'] {
    return (topic, event) => this.#attempt.publish((cause) => topic.prepareInRun(event, cause));
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get idempotencyKey(): string {
    return this.#attempt.idempotencyKey;
  }
}
