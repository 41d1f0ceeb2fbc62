import type { Logger } from '../base/logger.ts';
import type { StepAttempt } from '../engine/index.ts';
import type { StepContext } from './workflow-context.ts';

/** What every attempt of one step shares. */
export interface StepSetting {
  readonly runId: string;
  readonly stepName: string;
  readonly log: Logger;
}

/** One attempt of a step as its body sees it. A view, because most bodies ask for little of it. */
export class AttemptContext implements StepContext {
  readonly #setting: StepSetting;
  readonly #attempt: StepAttempt;

  constructor(setting: StepSetting, attempt: StepAttempt) {
    this.#setting = setting;
    this.#attempt = attempt;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  get runId(): string {
    return this.#setting.runId;
  }

  get stepName(): string {
    return this.#setting.stepName;
  }

  get log(): Logger {
    return this.#setting.log;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get idempotencyKey(): string {
    return this.#attempt.idempotencyKey;
  }
}
