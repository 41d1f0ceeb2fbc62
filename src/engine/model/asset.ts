/** What a definition says about the data it makes and reads. The types lie below the paradigms, as those of schedules do. */
import type { StandardSchema } from '../../base/standard-schema.ts';
import type { DataInterval, Schedule, Timetable } from './schedule.ts';
import type { RunTrigger } from './trigger.ts';

/** How an asset is cut into parts that are made one by one. */
export interface Partitioning {
  readonly kind: 'daily' | 'weekly' | 'static' | 'dynamic';
  /** The rule, for people. */
  readonly text: string;
  /** Whether there is, or may be, a partition of this key. */
  has(key: string): boolean;
  /** Every key there is, for listed partitions; else null. */
  readonly keys: readonly string[] | null;
  /** The partition that holds an instant, for partitions by time; else null. */
  keyAt(instant: number): string | null;
  /** The time a partition is about, for partitions by time; else null. */
  intervalOf(key: string): DataInterval | null;
  /** Ticks where one partition ends and the next begins, for partitions by time; else null. */
  readonly timetable: Timetable | null;
}

declare const carried: unique symbol;

/** Where an asset, or a partition of it, lies in the world, for those who read it. */
export interface AssetSource<T = unknown> {
  /** For people. */
  readonly name: string;
  exists(): boolean | Promise<boolean>;
  read(): T | Promise<T>;
}

/** A piece of data that runs make and read: a table, a file, a report. `T` is the type of its value, or of a partition's. */
export interface Asset<T = unknown> {
  /** For the type checker only. */
  readonly [carried]?: T;
  readonly type: 'asset';
  readonly name: string;
  readonly description: string | null;
  /** Null for an asset that is made as a whole. */
  readonly partitions: Partitioning | null;
  /** Where its value lies, by partition; null: it is what the run that made it resulted in. */
  readonly source: ((partition: string | null) => AssetSource) | null;
  /** What its value must look like; checked whenever it is read. */
  readonly schema: StandardSchema | undefined;
  /**
   * The last partition there is, as a dependency: of partitions by time the latest, of others the one that was made most recently.
   * @throws TUTTI_DEFINITION_INVALID for an asset that is made as a whole.
   */
  lastPartition(): LastPartition<T>;
}

/** A dependency on whichever partition of an asset is the last. */
export interface LastPartition<T = unknown> {
  readonly type: 'last-partition';
  readonly asset: Asset<T>;
}

/** What a run reads of an asset: the partition it makes itself (the whole, if the asset has none), or the last one. */
export interface AssetNeed {
  readonly asset: Asset;
  readonly pick: 'same' | 'last';
}

/** The update of a dependency, by the name that the definition of an asset gives it. */
export interface UpdatedDependency<K extends string = string> {
  readonly type: 'updated';
  readonly dependency: K;
}

/**
 * When a definition is to run: an asset stands for its update, a schedule for its tick; `any` and `all` join them. `K` are the
 * dependencies that may be spoken of by name; only the definition of an asset has any.
 */
export type AssetCondition<K extends string = never> =
  Asset | Schedule | UpdatedDependency<K> | JoinedCondition<K>;

/** Holds when one of its parts does, or each. */
export interface JoinedCondition<K extends string = never> {
  readonly type: 'any' | 'all';
  readonly of: readonly AssetCondition<K>[];
}

/** The assets of a definition. */
export interface AssetUse {
  /** Updated when a run completes. */
  readonly produces: readonly Asset[];
  /** Read by the runs; for lineage. */
  readonly consumes: readonly Asset[];
  /** Starts a run when it holds; null for never. */
  readonly when: AssetCondition | null;
  /** Which partition a run made; null, or a null it gives: that of its trigger, or the one its interval begins in. */
  readonly partitionOf: ((run: RunValues) => string | null) | null;
  /**
   * What has to be there for a run. A run that nothing gives a partition is then about the newest one that is complete and for which all
   * of it is there. Default: not known, and such a run is about none.
   */
  readonly needs?: readonly AssetNeed[];
  /** Whether a run found that nothing had to be made: it updates nothing, unless there is no update yet. Default: never. */
  readonly isUnchanged?: (run: RunValues) => boolean;
}

/** What a run was started with and resulted in. */
export interface RunValues {
  readonly input: unknown;
  readonly output: unknown;
}

/** The space of the assets' cells: one per asset, or per partition of it, with its last update. */
export const assetSpace = 'assets';

/** The last update of an asset or partition. */
export interface AssetUpdate {
  readonly asset: string;
  /** Null for an asset that is made as a whole. */
  readonly partition: string | null;
  /** The run that made it. */
  readonly run: string;
  /** Generation of that run. Updates by earlier versions of the engine do not say. */
  readonly generation?: number;
  readonly definition: string;
  readonly at: number;
}

/** The key of the cell of an asset or partition. */
export function assetKey(name: string, partition: string | null): string {
  return partition === null ? name : `${name}|${partition}`;
}

/** The partition that a trigger names, or the one its interval begins in; null for none. */
export function partitionOfTrigger(partitions: Partitioning, trigger: RunTrigger | null): string | null {
  if (trigger === null) return null;
  const { partition, interval } = trigger;
  if (partition !== null || interval === null) return partition;
  return partitions.keyAt(interval.start);
}
