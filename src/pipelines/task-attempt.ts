import type { Logger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { RunTrigger, StepAttempt } from '../engine/index.ts';
import { taskLog } from './task-log.ts';
import type { DataInterval, TaskContext } from './task-types.ts';

/** What is the same for all tasks of a run. */
export interface RunFacts {
  readonly runId: string;
  readonly pipeline: string;
  readonly interval: DataInterval;
  readonly trigger: RunTrigger | null;
  readonly log: Logger;
}

/** The context of one attempt. A class with getters, because ten thousand tasks ask for little of it. */
export class TaskAttempt implements TaskContext {
  readonly task: string;
  readonly mapIndex: number | null;
  readonly #facts: RunFacts;
  readonly #attempt: StepAttempt;
  #log: Logger | null = null;

  constructor(
    facts: RunFacts,
    attempt: StepAttempt,
    place: { readonly task: string; readonly mapIndex: number | null },
  ) {
    this.#facts = facts;
    this.#attempt = attempt;
    this.task = place.task;
    this.mapIndex = place.mapIndex;
  }

  /** The attempt behind a context. @throws TUTTI_INTERNAL for a context that is none of ours. */
  static of(context: TaskContext): TaskAttempt {
    if (#attempt in context) return context;
    throw new TuttiError('TUTTI_INTERNAL', 'A task was given a context that is none of this engine.');
  }

  /** The step of the engine that this is an attempt of. */
  get step(): StepAttempt {
    return this.#attempt;
  }

  get trigger(): RunTrigger | null {
    return this.#facts.trigger;
  }

  get partition(): string | null {
    return this.#facts.trigger?.partition ?? null;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get idempotencyKey(): string {
    return this.#attempt.idempotencyKey;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  get runId(): string {
    return this.#facts.runId;
  }

  get pipeline(): string {
    return this.#facts.pipeline;
  }

  get interval(): DataInterval {
    return this.#facts.interval;
  }

  // A getter, so that a handler may take its context apart.
  get publish(): TaskContext['publish'] {
    return (topic, event) => this.#attempt.publish((cause) => topic.prepareInRun(event, cause));
  }

  get log(): Logger {
    this.#log ??= taskLog(this.#attempt, this.#facts.log);
    return this.#log;
  }
}
