import type { Logger } from '../base/logger.ts';
import type { RunHandle, StepAttempt } from '../engine/index.ts';
import { attemptLog } from './run-log.ts';
import type { StepContext } from './workflow-context.ts';

/** What every attempt of one step shares. */
export interface StepSetting {
  readonly run: RunHandle;
  readonly stepName: string;
  readonly logger: Logger;
}

/** One attempt of a step as its body sees it. A view, because most bodies ask for little of it. */
export class AttemptContext implements StepContext {
  readonly #setting: StepSetting;
  readonly #attempt: StepAttempt;
  #log: Logger | null = null;

  constructor(setting: StepSetting, attempt: StepAttempt) {
    this.#setting = setting;
    this.#attempt = attempt;
  }

  get attempt(): number {
    return this.#attempt.attempt;
  }

  get runId(): string {
    return this.#setting.run.record.id;
  }

  get stepName(): string {
    return this.#setting.stepName;
  }

  get log(): Logger {
    return (this.#log ??= attemptLog(this.#setting.run, this.#attempt, this.#setting.logger));
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get idempotencyKey(): string {
    return this.#attempt.idempotencyKey;
  }
}
