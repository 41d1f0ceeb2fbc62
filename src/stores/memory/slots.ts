import type {
  PoolFilter,
  PoolLimit,
  PoolRecord,
  RunNumber,
  SlotFilter,
  SlotOutcome,
  SlotRecord,
  SlotRequest,
} from '../../engine/index.ts';
import { compareText } from './compare-text.ts';

const listLimitDefault = 100;

interface Request extends SlotRecord {
  readonly arrival: number;
}

/** The requests of all pools, granted and waiting. See `engine/model/slot.ts` for who comes first. */
export class Slots {
  readonly #byPool = new Map<string, Map<string, Request>>();
  readonly #byRun = new Map<RunNumber, Map<string, Request>>();
  readonly #limits = new Map<string, number>();
  #lastArrival = 0;

  request(change: SlotRequest): SlotOutcome {
    const known = this.#byRun.get(change.run)?.get(change.key);
    if (known !== undefined) return known.grantedAt === null ? 'queued' : 'granted';
    this.#lastArrival += 1;
    const { run, key, pool, slots, priority, limit, at } = change;
    const arrival = this.#lastArrival;
    this.#put({ pool, run, key, slots, priority, limit, since: at, grantedAt: null, arrival });
    // Before, the first in line did not fit; so if anyone is granted now, it is this one.
    return this.#grant(pool, at).length > 0 ? 'granted' : 'queued';
  }

  /** Returns the requests that are granted because of it. */
  release(run: RunNumber, key: string, at: number): readonly SlotRecord[] {
    const request = this.#byRun.get(run)?.get(key);
    if (request === undefined) return [];
    this.#delete(request);
    return this.#grant(request.pool, at);
  }

  /** Gives back everything of a run. Returns the requests that are granted because of it. */
  releaseRun(run: RunNumber, at: number): readonly SlotRecord[] {
    const requests = [...(this.#byRun.get(run)?.values() ?? [])];
    for (const request of requests) this.#delete(request);
    const pools = new Set(requests.map((request) => request.pool));
    return [...pools].toSorted(compareText).flatMap((pool) => this.#grant(pool, at));
  }

  /** Returns the requests that are granted because of it. */
  setLimit(change: PoolLimit): readonly SlotRecord[] {
    if (change.limit === null) this.#limits.delete(change.pool);
    else this.#limits.set(change.pool, change.limit);
    return this.#grant(change.pool, change.at);
  }

  listPools(filter: PoolFilter): readonly PoolRecord[] {
    const { prefix = '', after, limit = listLimitDefault } = filter;
    return [...new Set([...this.#byPool.keys(), ...this.#limits.keys()])]
      .filter((pool) => pool.startsWith(prefix))
      .filter((pool) => after === undefined || compareText(pool, after) > 0)
      .toSorted(compareText)
      .slice(0, limit)
      .map((pool) => ({
        pool,
        limit: this.#limits.get(pool) ?? null,
        granted: this.#grantedSlots(pool),
        waiting: this.#inLine(pool).length,
      }));
  }

  list(filter: SlotFilter): readonly SlotRecord[] {
    const holders = this.#of(filter.pool).filter((request) => request.grantedAt !== null);
    const inOrder = holders.toSorted((one, other) => one.arrival - other.arrival);
    return [...inOrder, ...this.#inLine(filter.pool)]
      .slice(0, filter.limit ?? listLimitDefault)
      .map(({ arrival: _arrival, ...request }) => request);
  }

  /** Grants from the front of the line as long as it fits. */
  #grant(pool: string, at: number): readonly SlotRecord[] {
    const granted: SlotRecord[] = [];
    for (const request of this.#inLine(pool)) {
      const limit = this.#limits.get(pool) ?? request.limit;
      if (request.slots > limit) continue;
      if (this.#grantedSlots(pool) + request.slots > limit) break;
      const holder = { ...request, grantedAt: at };
      this.#put(holder);
      granted.push(holder);
    }
    return granted;
  }

  #inLine(pool: string): readonly Request[] {
    return this.#of(pool)
      .filter((request) => request.grantedAt === null)
      .toSorted((one, other) => other.priority - one.priority || one.arrival - other.arrival);
  }

  #grantedSlots(pool: string): number {
    return this.#of(pool).reduce((sum, { grantedAt, slots }) => sum + (grantedAt === null ? 0 : slots), 0);
  }

  #of(pool: string): readonly Request[] {
    return [...(this.#byPool.get(pool)?.values() ?? [])];
  }

  #put(request: Request): void {
    const ofRun = this.#byRun.get(request.run) ?? new Map<string, Request>();
    const ofPool = this.#byPool.get(request.pool) ?? new Map<string, Request>();
    this.#byRun.set(request.run, ofRun.set(request.key, request));
    this.#byPool.set(request.pool, ofPool.set(nameOf(request), request));
  }

  #delete(request: Request): void {
    const ofRun = this.#byRun.get(request.run);
    const ofPool = this.#byPool.get(request.pool);
    ofRun?.delete(request.key);
    ofPool?.delete(nameOf(request));
    if (ofRun?.size === 0) this.#byRun.delete(request.run);
    if (ofPool?.size === 0) this.#byPool.delete(request.pool);
  }
}

function nameOf(request: SlotRecord): string {
  return `${request.run} ${request.key}`;
}
