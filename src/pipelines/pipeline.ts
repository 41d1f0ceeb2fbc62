import type { StandardSchema } from '../base/standard-schema.ts';
import type { AssetUse, Callable, EventSource, Schedule } from '../engine/index.ts';
import type { NodeCallbacks, PipelineGraph, ResolvedDeadline } from './graph.ts';

/** A declared pipeline: `I` is what a run is started with, `O` what it results in. */
export interface Pipeline<I = unknown, O = unknown> extends Callable<I, O> {
  readonly type: 'pipeline';
  readonly name: string;
  readonly version: string;
  readonly graph: PipelineGraph;
  readonly input: StandardSchema | undefined;
  readonly timeoutMs: number | null;
  readonly durability: 'strict' | 'batched';
  /** How many tasks of one run may run at a time. */
  readonly concurrency: number;
  readonly compat: 'airflow' | null;
  readonly callbacks: NodeCallbacks;
  readonly deadline: ResolvedDeadline | null;
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly doc: string | null;
  readonly schedules: readonly Schedule[];
  /** Events that cancel a run. */
  readonly cancelOn: readonly EventSource<unknown>[];
  readonly assets: AssetUse;
  /** Older versions whose runs still go on, or are to be run again as they were. */
  readonly previous: readonly Pipeline[];
}

/** Whether a value (for example an export of a module) is a pipeline. */
export function isPipeline(value: unknown): value is Pipeline {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'pipeline' &&
    'graph' in value
  );
}
