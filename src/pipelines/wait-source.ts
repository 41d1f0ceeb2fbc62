import type { StandardSchema } from '../base/standard-schema.ts';
import type { EventSource as EngineEventSource } from '../engine/index.ts';

/** A signal to the run. */
interface SignalSource<P> {
  readonly type: 'signal';
  readonly name: string;
  readonly schema: StandardSchema<unknown, P> | undefined;
}

/** An event of a topic. */
export interface EventSource<P> extends EngineEventSource<unknown> {
  /** Exists for the type checker only. */
  readonly event?: P;
}

/** What `p.wait` can wait for. */
export type WaitSource<P> = SignalSource<P> | EventSource<P>;
