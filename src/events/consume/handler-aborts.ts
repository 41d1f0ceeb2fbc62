import { TuttiError } from '../../base/tutti-error.ts';

/** The reason of a handler's signal when its partition is another's now. */
export function takenOver(): TuttiError {
  return new TuttiError('TUTTI_ENGINE_STOPPED', 'Another worker goes on with this partition.');
}

/** The reason of a handler's signal when a later event called its event off. */
export function canceledByLater(): TuttiError {
  return new TuttiError('TUTTI_REQUEST_REFUSED', 'The event was canceled by a later one.');
}

/** Tells a handler to stop. Most handlers never look at the signal, and a signal costs more than a small handler does. */
export class HandlerAbort {
  #controller: AbortController | null = null;
  #reason: Error | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** The first reason counts. */
  abort(reason: Error): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }
}
