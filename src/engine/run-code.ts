import type { CodeOutcome } from './run-end.ts';

/** The run as its code needs it. */
export interface CodedRun {
  /** Calls the function of its definition. */
  execute(): Promise<unknown>;
  /** The code has returned or thrown; `outcome` says which. */
  codeEnded(): void;
}

/** The code of one live run: whether it has begun, and how it ended. */
export class RunCode {
  readonly #run: CodedRun;
  #hasStarted = false;
  #outcome: CodeOutcome | null = null;

  constructor(run: CodedRun) {
    this.#run = run;
  }

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** How it ended; null while it has not. */
  get outcome(): CodeOutcome | null {
    return this.#outcome;
  }

  /** Calls the code. What it throws at once counts like what it rejects with. */
  start(): void {
    this.#hasStarted = true;
    let promise: Promise<unknown>;
    try {
      promise = this.#run.execute();
    } catch (error) {
      promise = Promise.reject(error);
    }
    promise.then(
      (value) => this.#end({ isOk: true, value }),
      (error: unknown) => this.#end({ isOk: false, error }),
    );
  }

  #end(outcome: CodeOutcome): void {
    this.#outcome = outcome;
    this.#run.codeEnded();
  }
}
