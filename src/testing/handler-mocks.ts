import type { Duration } from '../base/duration.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { BatchContext, HandlerContext, PublishedEvent } from '../events/index.ts';

/** What the mock of a handler is called with. */
export interface HandlerMockCall {
  /** The event; of a batch the first. */
  readonly event: PublishedEvent;
  /** All events of this call: one, or those of the batch. */
  readonly events: readonly PublishedEvent[];
  /** Which try this is, from 1; of a batch that of its first event. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** What the handler would be given: to publish, start and send through, and to give up with. */
  readonly ctx: HandlerContext | BatchContext;
  /** Calls the handler itself. */
  readonly original: () => unknown;
  /** Lets virtual time pass, as a handler that takes this long; rejects with the reason when the attempt is aborted. */
  readonly takes: (duration: Duration) => Promise<void>;
}

/** What is called instead of a subscription's handler; what it throws is what the handler throws. */
export type HandlerMockBody = (call: HandlerMockCall) => unknown;

/** How often the mock of a handler fails. */
export interface HandlerMockOptions {
  /** The first tries of each event fail with `error`; then the mock answers. Default 0. */
  readonly failTimes?: number;
  /** Default: an Error that says so. */
  readonly error?: Error;
}

/** One call of the mock of a handler. */
export interface HandlerMockRecord {
  readonly events: readonly PublishedEvent[];
  readonly attempt: number;
  readonly state: 'running' | 'returned' | 'threw';
  readonly error: unknown;
}

/** The mock of a handler in place. */
export interface HandlerMock {
  /** Its calls so far, the oldest first. */
  readonly calls: readonly HandlerMockRecord[];
  /** Takes it away; the handler itself is called from now on. */
  restore(): void;
}

/** The mock of a handler as the test kit holds it. */
export class HandlerMockRule implements HandlerMock {
  /** `topic/subscription`. */
  readonly consumer: string;
  readonly body: HandlerMockBody | undefined;
  readonly failTimes: number;
  readonly error: Error;
  readonly calls: HandlerMockRecord[] = [];
  readonly restore: () => void;

  constructor(
    consumer: string,
    body: HandlerMockBody | undefined,
    options: HandlerMockOptions,
    restore: (rule: HandlerMockRule) => void,
  ) {
    refuseUnknownOptions(options, ['failTimes', 'error'], `the mock of handler "${consumer}"`);
    this.consumer = consumer;
    this.body = body;
    this.failTimes = options.failTimes ?? 0;
    this.error = options.error ?? new Error(`The mock of handler "${consumer}" failed.`);
    this.restore = () => restore(this);
  }

  /** Answers a call, and keeps a record of it. */
  async answer(call: HandlerMockCall): Promise<void> {
    const { events, attempt } = call;
    const index = this.calls.push({ events, attempt, state: 'running', error: undefined }) - 1;
    try {
      if (attempt <= this.failTimes) throw this.error;
      await (this.body === undefined ? call.original() : this.body(call));
      this.calls[index] = { events, attempt, state: 'returned', error: undefined };
    } catch (error) {
      this.calls[index] = { events, attempt, state: 'threw', error };
      throw error;
    }
  }
}

/** The mocks of handlers in one test environment; they outlive its processes. */
export class HandlerMocks {
  #rules: readonly HandlerMockRule[] = [];

  add(consumer: string, body: HandlerMockBody | undefined, options: HandlerMockOptions): HandlerMock {
    const rule = new HandlerMockRule(consumer, body, options, (gone) => {
      this.#rules = this.#rules.filter((one) => one !== gone);
    });
    this.#rules = [...this.#rules, rule];
    return rule;
  }

  /** The newest mock of this handler. */
  of(consumer: string): HandlerMockRule | undefined {
    return this.#rules.findLast((rule) => rule.consumer === consumer);
  }

  /** A sentence for each mock that no event ever reached. */
  get unused(): readonly string[] {
    return this.#rules
      .filter(({ calls }) => calls.length === 0)
      .map(({ consumer }) => `handler "${consumer}" was never called`);
  }
}
