/** What the verbs of a handler's context throw: they end the handler, and say how. */

/** The handler gave up on its event. */
export class DeadLetterSignal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DeadLettered';
  }
}

/** The handler wants to be called again later. */
export class RetrySignal extends Error {
  readonly delayMs: number;

  constructor(reason: string, delayMs: number) {
    super(reason);
    this.name = 'RetryLater';
    this.delayMs = delayMs;
  }
}

/** Whatever the handler would be given next would fail alike: the subscription is paused, and its event tried again when it goes on. */
export class PauseSignal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'Paused';
  }
}

/** The handler has nothing to do with its event. */
export class SkipSignal extends Error {
  constructor() {
    super('skipped');
    this.name = 'Skipped';
  }
}
