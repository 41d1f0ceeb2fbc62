/** What a definition says about the data it makes and reads. The types lie below the paradigms, as those of schedules do. */
import type { DataInterval, Schedule } from './schedule.ts';

/** How an asset is cut into parts that are made one by one. */
export interface Partitioning {
  readonly kind: 'daily' | 'weekly' | 'static' | 'dynamic';
  /** The rule, for people. */
  readonly text: string;
  /** Whether there is, or may be, a partition of this key. */
  has(key: string): boolean;
  /** The partition that holds an instant, for partitions by time; else null. */
  keyAt(instant: number): string | null;
  /** The time a partition is about, for partitions by time; else null. */
  intervalOf(key: string): DataInterval | null;
}

/** A piece of data that runs make and read: a table, a file, a report. */
export interface Asset {
  readonly type: 'asset';
  readonly name: string;
  readonly description: string | null;
  /** Null for an asset that is made as a whole. */
  readonly partitions: Partitioning | null;
}

/** When a definition is to run: an asset stands for its update, a schedule for its tick; `any` and `all` join them. */
export type AssetCondition = Asset | Schedule | JoinedCondition;

/** Holds when one of its parts does, or each. */
export interface JoinedCondition {
  readonly type: 'any' | 'all';
  readonly of: readonly AssetCondition[];
}

/** The assets of a definition. */
export interface AssetUse {
  /** Updated when a run completes. */
  readonly produces: readonly Asset[];
  /** Read by the runs; for lineage. */
  readonly consumes: readonly Asset[];
  /** Starts a run when it holds; null for never. */
  readonly when: AssetCondition | null;
  /** Which partition a run made; null: that of its trigger, or the one its interval begins in. */
  readonly partitionOf: ((run: { readonly input: unknown; readonly output: unknown }) => string) | null;
}
