import { outranks, type Cause } from './model/cause.ts';

/** What one live run follows from, as far as its code has come. */
export class RunCause {
  #cause: Cause;
  #isMoved = false;

  constructor(runId: string) {
    this.#cause = { correlationId: runId, eventId: null, hops: 0, traceparent: null };
  }

  /** What the code does now follows from this; without any event or run that led here, from the run itself. */
  get now(): Cause {
    return this.#cause;
  }

  /** What it came to follow from since its start; null as long as that is what it was started with. */
  get moved(): Cause | null {
    return this.#isMoved ? this.#cause : null;
  }

  /** The code begins, because of this. */
  begin(cause: Cause | null): void {
    if (cause !== null) this.#cause = cause;
  }

  /** Something reached the code that follows from `cause`. */
  follow(cause: Cause): void {
    if (!outranks(cause, this.#cause)) return;
    this.#cause = cause;
    this.#isMoved = true;
  }
}
