import type { Asset, AssetSource, Callable, LastPartition, Partitioning } from '../../engine/index.ts';
import type { Pipeline } from '../pipeline.ts';
import type { TaskContext } from '../task-types.ts';

/**
 * Where an asset, or a partition of it, lies in the world. It is asked before the asset is made, so that finished work is not done
 * again, and afterwards, so that work that left nothing behind fails.
 */
export interface AssetTarget<T = unknown> extends AssetSource<T> {
  /** Writes the value whole or not at all: who reads sees the old one or the new one, also after a crash. */
  write(value: T): unknown;
}

/** What an asset is made from, by the names its handler knows. */
export type AssetDependencies = Readonly<Record<string, Asset | LastPartition>>;

/** No names at all, so that a condition can speak of none. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- that it has no names is the point
export type NoDependencies = Record<never, never>;

/** The type of the value that a dependency hands over. */
type DependencyValue<D> = D extends Asset<infer T> ? T : D extends LastPartition<infer T> ? T : never;

/** What a run makes: the key of a partition, or null for an asset that is made as a whole. */
type PartitionKey<P> = P extends Partitioning ? string : null;

/** What the handler of an asset is given: the values of its dependencies, and what it is to make. */
export type AssetInputs<D, P> = { readonly [K in keyof D]: DependencyValue<D[K]> } & {
  readonly partition: PartitionKey<P>;
};

/** What a handler with a target is given. */
export type AssetInputsWithTarget<D, P, T> = AssetInputs<D, P> & {
  /** Writes the value to the target; what it resolves to is what the handler returns. */
  readonly write: (value: T) => Promise<Written>;
};

/** The receipt of a value that lies at a target: what a run of such an asset results in. */
export interface Written {
  readonly asset: string;
  /** Name of the target. */
  readonly target: string;
  /** It was there already, made from what the dependencies are now. */
  readonly isUnchanged: boolean;
}

/** What a run of a partitioned asset may be started with; a trigger says it otherwise. */
export interface AssetRunInput {
  readonly partition: string;
}

/** What a run of an asset is started with. */
export type AssetInput<P> = P extends Partitioning ? AssetRunInput | undefined : undefined;

/** Makes the value of an asset, or of a partition. */
export type AssetHandler<I, O> = (inputs: I, context: TaskContext) => O;

/**
 * An asset with its own way of being made: an asset wherever one is named, and a definition of one task wherever one is run.
 * `T` is the type of its value, `I` what its runs are started with, `O` what they result in.
 */
export interface MadeAsset<T = unknown, I = unknown, O = unknown> extends Asset<T>, Callable<I, O> {
  readonly pipeline: Pipeline<I, O>;
}

/** Whether a value (for example an export of a module) is an asset that brings its own way of being made. */
export function isMadeAsset(value: unknown): value is MadeAsset {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'asset' &&
    'pipeline' in value
  );
}
