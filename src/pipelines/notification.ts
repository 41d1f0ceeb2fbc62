import type { RunEvent } from './run-event.ts';

/** Tells someone of an event. It runs as a durable step of its own: at least once, with a few retries; its failure fails nothing. */
export type Notification = (event: RunEvent, delivery: Delivery) => unknown;

/** What a notification is given for its delivery. */
interface Delivery {
  /** Aborted when the run leaves this worker. */
  readonly signal: AbortSignal;
  /** The same in every attempt: lets a receiver drop a repetition. */
  readonly idempotencyKey: string;
}
