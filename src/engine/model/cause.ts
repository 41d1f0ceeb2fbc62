/**
 * The cause: what everything follows from that a run does at a moment. It is handed on to the events the run publishes, the
 * runs it starts, the signals it sends and the run that called it, so that a chain of reactions keeps one name and is counted
 * whatever it goes through.
 */

/** What something follows from. */
export interface Cause {
  /** The same for everything that follows from one first cause: the id of the event or run that was the first. */
  readonly correlationId: string;
  /** The event that led here; null as long as only runs did. */
  readonly eventId: string | null;
  /** How many reactions lie between the first cause and that event; 0 without one. */
  readonly hops: number;
  /** The W3C trace context that came with that event; null for none (https://www.w3.org/TR/trace-context/#traceparent-header). */
  readonly traceparent: string | null;
}

/** The cause of an event that a run publishes. */
export interface RunCause extends Cause {
  readonly runId: string;
}

/** The cause of whatever an event moves. */
export function causeOfEvent(event: {
  readonly id: string;
  readonly correlationId: string;
  readonly hops: number;
  readonly traceparent?: string | null;
}): Cause {
  const { id, correlationId, hops, traceparent = null } = event;
  return { correlationId, eventId: id, hops, traceparent };
}

/**
 * Whether a run that follows from `held` follows from `arrived` from now on. The longer chain counts, so that no way through a
 * run makes a loop look shorter than it is. Of two of one length the first one stays, so that a run keeps its name.
 */
export function outranks(arrived: Cause, held: Cause): boolean {
  return arrived.eventId !== null && (held.eventId === null || arrived.hops > held.hops);
}
