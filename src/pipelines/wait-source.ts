import type { StandardSchema } from '../base/standard-schema.ts';
import type { WantedEvent } from '../engine/index.ts';

/** A signal to the run. */
interface SignalSource<P> {
  readonly type: 'signal';
  readonly name: string;
  readonly schema: StandardSchema<unknown, P> | undefined;
}

/** An event of a topic. */
export interface EventSource<P> {
  readonly type: 'event';
  readonly name: string;
  /** Which events, given the run's parameters. @throws TUTTI_PATTERN_INVALID */
  wanted(parameters: unknown): WantedEvent;
  /** Exists for the type checker only. */
  readonly event?: P;
}

/** What `p.wait` can wait for. */
export type WaitSource<P> = SignalSource<P> | EventSource<P>;
