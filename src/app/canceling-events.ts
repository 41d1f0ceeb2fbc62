import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { WantedEvent } from '../engine/index.ts';
import type { EventsRuntime } from '../events/index.ts';
import { findTopic } from './find-topic.ts';

/** An event of a topic that cancels a run, as whoever starts the run names it. */
export interface CancelingEvent {
  readonly topic: string;
  /** The event's type. */
  readonly event: string;
  /** A pattern over the event; see docs/reference/patterns.md. Default: every event of the type. */
  readonly where?: unknown;
}

/**
 * The events as a run is started with them.
 * @throws TUTTI_OPTION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_TOPIC_NOT_FOUND, TUTTI_EVENT_UNKNOWN, TUTTI_PATTERN_INVALID
 */
export function cancelingEvents(
  events: EventsRuntime,
  given: CancelingEvent | readonly CancelingEvent[],
): readonly WantedEvent[] {
  return [given].flat().map((one: CancelingEvent) => {
    checkShape(one);
    return findTopic(events, one.topic).awaited(one.event, one.where);
  });
}

/** Over HTTP, and from code without types, comes anything. */
function checkShape(given: unknown): void {
  const { topic, event } = Object(given) as Partial<CancelingEvent>;
  if (typeof topic !== 'string' || typeof event !== 'string') {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `cancelOn of a run is ${JSON.stringify(given)}; expected {"topic": "…", "event": "…"}, or a list of such, each perhaps with a "where".`,
    );
  }
  refuseUnknownOptions(Object(given) as object, ['topic', 'event', 'where'], 'cancelOn of a run');
}
