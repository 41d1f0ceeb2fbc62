import type { PatternOf, WantedEvent } from '../../engine/index.ts';
import type { FilteredEvent } from './subscription.ts';

/** An event that a task of a pipeline waits for; `P` is what it gets. */
export interface EventArrival<P> {
  readonly type: 'event';
  /** The event's type. */
  readonly name: string;
  /** Which events, given the run's parameters. @throws TUTTI_PATTERN_INVALID */
  wanted(parameters: unknown): WantedEvent;
  /** Exists for the type checker only. */
  readonly event?: P;
}

/** Which events to wait for. */
export interface ArrivalOptions<D, Parameters> {
  /** A pattern over the event, or what makes one of the run's parameters. Default: every event of the type. */
  readonly where?: PatternOf<FilteredEvent<D>> | ((parameters: Parameters) => PatternOf<FilteredEvent<D>>);
}
