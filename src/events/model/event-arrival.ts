import type { EventSource, PatternOf } from '../../engine/index.ts';
import type { FilteredEvent } from './subscription.ts';

/** An event that a task of a pipeline waits for, or that cancels a run; `P` is the event, `Input` what the run is started with. */
export interface EventArrival<P, Input = unknown> extends EventSource<Input> {
  /** Exists for the type checker only. */
  readonly event?: P;
}

/** Which events to wait for. */
export interface ArrivalOptions<D, Input> {
  /** A pattern over the event, or what makes one of the run's input. Default: every event of the type. */
  readonly where?: PatternOf<FilteredEvent<D>> | ((input: Input) => PatternOf<FilteredEvent<D>>);
}
