import type { StandardSchema } from '../base/standard-schema.ts';
import type { WantedEvent } from '../engine/index.ts';
import type { Pipeline } from './pipeline.ts';

/** A workflow as pipelines see it; peers do not import each other, and the engine finds it by its name. */
interface CallableWorkflow<I, O> {
  readonly type: 'workflow';
  readonly name: string;
  code(context: never, input: I): Promise<O>;
}

/** What `p.call` can run: a pipeline, a workflow, or the name of either. */
export type Callee<I, O> = Pipeline<I, O> | CallableWorkflow<I, O> | string;

/** A signal to the run. */
export interface SignalSource<P> {
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
