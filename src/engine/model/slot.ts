/**
 * Slots: places in a pool that runs of all workers share, for pools, concurrency by key, queues and singletons.
 *
 * A request is granted when its pool has enough free slots and no other request has a better claim: a higher priority, or the
 * same and an earlier arrival. Nobody overtakes the first in line, so that a request for many slots is not starved by
 * requests for few. The one exception: a request for more slots than the limit allows at all holds nobody up; it waits until
 * the limit is raised. After every commit, then, the first in line of each pool that could ever be granted does not fit now.
 *
 * Slots belong to the run, not to its worker: they stay with it when it moves, sleeps or is paused, and go when the run gives
 * them back or ends.
 */
import type { RunNumber } from './run.ts';

/** A run asks for slots. Asking again for what it has asked for (same run and key) changes nothing and tells how it stands. */
export interface SlotRequest {
  readonly kind: 'request';
  readonly run: RunNumber;
  /** Key of the asking operation, see `operationKey`. */
  readonly key: string;
  /** Name of the pool, by convention `space/name`. It needs no preparation. */
  readonly pool: string;
  /** How many, at least 1. */
  readonly slots: number;
  /** Higher goes first. */
  readonly priority: number;
  readonly at: number;
  /** How many slots the pool has as long as nobody has set a limit for it. */
  readonly limit: number;
}

/** A run gives back what the operation asked for, granted or not. Giving back what is not there does nothing. */
export interface SlotRelease {
  readonly kind: 'release';
  readonly run: RunNumber;
  readonly key: string;
  readonly at: number;
}

/** Sets how many slots a pool has; null leaves it to the requests again. A lower limit takes nothing away from holders. */
export interface PoolLimit {
  readonly kind: 'limit';
  readonly pool: string;
  readonly limit: number | null;
  readonly at: number;
}

/** One change of slots. */
export type SlotChange = SlotRequest | SlotRelease | PoolLimit;

/**
 * What became of a change: a request is `granted` or `queued`, anything else is `done`. A queued request is told of its
 * grant by a message of kind `slot` whose name is the request's key.
 */
export type SlotOutcome = 'granted' | 'queued' | 'done';

/** A request as the store keeps it. Times are milliseconds since the epoch. */
export interface SlotRecord {
  readonly pool: string;
  readonly run: RunNumber;
  readonly key: string;
  readonly slots: number;
  readonly priority: number;
  readonly limit: number;
  readonly since: number;
  /** Null while it waits. */
  readonly grantedAt: number | null;
}

/** A pool that has a limit, holders or waiters; others leave no trace. */
export interface PoolRecord {
  readonly pool: string;
  /** Null while nobody has set one. */
  readonly limit: number | null;
  /** How many slots are granted. */
  readonly granted: number;
  /** How many requests wait. */
  readonly waiting: number;
}

/** Which pools to list, in the order of their names (by code point). */
export interface PoolFilter {
  readonly prefix?: string;
  /** Only pools with a greater name: that of the last pool of the page before. */
  readonly after?: string;
  /** Default 100. */
  readonly limit?: number;
}

/** Whose requests to list: holders in the order they asked, then waiters in the order they will be granted. */
export interface SlotFilter {
  readonly pool: string;
  /** Default 100. */
  readonly limit?: number;
}
