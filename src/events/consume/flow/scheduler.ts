/**
 * Which events go to a handler now. Pure: it is told what came, what ended and what time it is, and does no I/O.
 *
 * Owns: lanes of waiting events, counts of those in handlers, rates, what waits for quiet. Does not own: offsets, commits,
 * retries (the consumer parks a lane with a failed event, and readmits it when its next try is due).
 *
 * Invariants, for every combination of rules:
 * F1  Every event offered is handed out once, or reported as dropped once; nothing is forgotten.
 * F2  Events of one lane are handed out in the order they were offered, and not before those before them ended.
 * F3  Never more events in handlers than the concurrency limit says (a batch counts once); per value, if it is per value.
 *     One call with several events counts once for each value among them.
 * F4  Two events that are throttled are not handed out closer than the rate allows.
 */
import { LaneQueue, type Lane } from './lane-queue.ts';
import { RateMeter } from './rate-meter.ts';
import type { DropReason, FlowRules, Item } from './flow-rules.ts';
import { QuietWaits } from './quiet-waits.ts';

/** What one call of a handler is given. */
export interface Work<E> {
  readonly items: readonly Item<E>[];
  readonly lanes: readonly Lane<E>[];
  readonly startedAt: number;
}

/** An event that will not be handed out any more. */
export interface Dropped<E> {
  readonly item: Item<E>;
  readonly reason: DropReason;
}

/** Rates as a former owner of the partition left them. */
export interface SavedRates {
  readonly throttle?: Iterable<readonly [string, number]>;
  readonly rateLimit?: Iterable<readonly [string, number]>;
}

const one = 'all';
const onlyOne: ReadonlySet<string> = new Set([one]);

/** See the top of the file. */
export class Scheduler<E> {
  readonly #rules: FlowRules<E>;
  readonly #queue: LaneQueue<E>;
  readonly #quiet: QuietWaits<E> | null;
  readonly throttle: RateMeter | null;
  readonly rateLimit: RateMeter | null;
  readonly #working = new Set<Work<E>>();
  /** How many events are in handlers. */
  #itemsAtWork = 0;
  readonly #busy = new Map<string, number>();
  /** Singleton keys with an event in a lane or handler, and how many. */
  readonly #singletons = new Map<string, number>();
  /** Lanes that wait until their throttle key conforms. */
  readonly #throttled = new Map<string, { at: number; readonly lanes: Lane<E>[] }>();
  /** Lanes that wait until a value has room again. */
  readonly #stalled = new Map<string, Lane<E>[]>();
  #dropped: Dropped<E>[] = [];
  #toAbort: Work<E>[] = [];
  /** Since when a batch that is not full has been waiting; null while none is. */
  #batchSince: number | null = null;

  constructor(rules: FlowRules<E>, saved: SavedRates = {}) {
    this.#rules = rules;
    this.#queue = new LaneQueue(rules.priority);
    this.#quiet = rules.debounce === null ? null : new QuietWaits(rules.debounce);
    this.throttle = rules.throttle === null ? null : new RateMeter(rules.throttle.rate, saved.throttle);
    this.rateLimit = rules.rateLimit === null ? null : new RateMeter(rules.rateLimit.rate, saved.rateLimit);
  }

  /** How many events are here: waiting, for quiet too, or in handlers. */
  get size(): number {
    return this.#queue.size + (this.#quiet?.size ?? 0) + this.#itemsAtWork;
  }

  get working(): ReadonlySet<Work<E>> {
    return this.#working;
  }

  /** What waits for quiet; it is the consumer's to remember. */
  get quiet(): QuietWaits<E> | null {
    return this.#quiet;
  }

  /**
   * Takes an event that was read. Admission happens here, on the event's place in the log. Returns whether it waits for
   * quiet: then it must be remembered beyond this process.
   */
  offer(item: Item<E>, now: number): boolean {
    if (this.#rules.cancelOn?.isCancel(item.event) === true) return this.#cancel(item);
    const { rateLimit } = this.#rules;
    if (rateLimit !== null && this.rateLimit !== null) {
      const key = rateLimit.key(item.event);
      if (this.rateLimit.conformsAt(key, now) > now) {
        this.#drop([item], 'rate-limited');
        return false;
      }
      this.rateLimit.count(key, now);
    }
    if (this.#quiet === null) {
      this.#admit([item], now);
      return false;
    }
    this.#drop(this.#quiet.add(item, now), 'debounced');
    return true;
  }

  /** Takes an event that was admitted before: after a failed try, or by a former owner. Nothing drops it now. */
  readmit(items: readonly Item<E>[], now: number): void {
    this.#enter(items, now);
  }

  /** What is to be handed to handlers now. `isAlone`: nobody else comes, so that a batch need not wait for company. */
  take(now: number, isAlone = false): readonly Work<E>[] {
    this.#releaseQuiet(now);
    for (const [key, { at, lanes }] of this.#throttled) {
      if (at > now) continue;
      this.#throttled.delete(key);
      for (const lane of lanes) this.#queue.ready(lane);
    }
    const { batch } = this.#rules;
    if (batch === null) return this.#takeSingles(now);
    return this.#takeBatch(now, isAlone ? { ...batch, withinMs: 0 } : batch);
  }

  /** The handler of this work returned, whatever came of it. */
  ended(work: Work<E>): void {
    if (!this.#working.delete(work)) return;
    this.#itemsAtWork -= work.items.length;
    this.#count(work, -1);
    for (const lane of work.lanes) {
      lane.isBusy = false;
      this.#queue.ready(lane);
    }
    for (const key of this.#valuesOf(work)) this.#unstall(key);
  }

  /** Takes out what waits in a lane: its first event failed, and they are parked behind it. */
  empty(lane: string): readonly Item<E>[] {
    const items = this.#queue.empty(lane);
    for (const item of items) this.#countSingleton(item, -1);
    return items;
  }

  /** Events that are dropped since the last call. */
  takeDropped(): readonly Dropped<E>[] {
    const dropped = this.#dropped;
    if (dropped.length > 0) this.#dropped = [];
    return dropped;
  }

  /** Work that is to be aborted since the last call; its events were reported as dropped. */
  takeAborted(): readonly Work<E>[] {
    const works = this.#toAbort;
    if (works.length > 0) this.#toAbort = [];
    return works;
  }

  /** When `take` may give more without anything having ended; null for never. */
  nextWake(): number | null {
    let wake = this.#quiet?.nextDue() ?? null;
    for (const { at } of this.#throttled.values()) wake = wake === null ? at : Math.min(wake, at);
    const { batch } = this.#rules;
    if (batch === null || this.#batchSince === null || this.#isFull() || !this.#queue.isAnyListed)
      return wake;
    const dueAt = this.#batchSince + batch.withinMs;
    return wake === null ? dueAt : Math.min(wake, dueAt);
  }

  // --- admission ---

  #admit(items: readonly Item<E>[], now: number): void {
    const { singleton } = this.#rules;
    const first = items[0];
    if (singleton === null || first === undefined) return this.#enter(items, now);
    const key = this.#singletonKey(first);
    if (key !== null && (this.#singletons.get(key) ?? 0) > 0) {
      if (singleton.whenBusy === 'skip') return this.#drop(items, 'busy');
      if (singleton.whenBusy === 'cancel') {
        this.#remove((item) => this.#singletonKey(item) === key, 'superseded');
      }
    }
    this.#enter(items, now);
  }

  #enter(items: readonly Item<E>[], now: number): void {
    for (const item of items) this.#countSingleton(item, 1);
    // Batches are filled event by event; without them, what was collected goes to one call.
    if (this.#rules.batch === null) this.#queue.add(items);
    else for (const item of items) this.#queue.add([item]);
    this.#batchSince ??= now;
  }

  #cancel(canceling: Item<E>): false {
    const { cancelOn } = this.#rules;
    const match = (item: Item<E>): string => cancelOn?.match?.(item.event) ?? item.lane;
    const value = match(canceling);
    this.#drop(this.#quiet?.remove((item) => match(item) === value) ?? [], 'canceled');
    this.#remove((item) => match(item) === value, 'canceled');
    this.#drop([canceling], 'canceling');
    return false;
  }

  /** Drops waiting events that fit, and aborts handlers all of whose events do. */
  #remove(fits: (item: Item<E>) => boolean, reason: DropReason): void {
    const removed = this.#queue.remove(fits);
    for (const item of removed) this.#countSingleton(item, -1);
    this.#drop(removed, reason);
    for (const work of [...this.#working]) {
      if (!work.items.every(fits)) continue;
      this.#toAbort.push(work);
      this.#drop(work.items, reason);
      this.ended(work);
    }
  }

  #drop(items: readonly Item<E>[], reason: DropReason): void {
    for (const item of items) this.#dropped.push({ item, reason });
  }

  #releaseQuiet(now: number): void {
    for (const items of this.#quiet?.takeDue(now) ?? []) {
      // What was collected goes to one call of the handler; without batches there is one event.
      this.#admit(items, now);
    }
  }

  // --- handing out ---

  #takeSingles(now: number): readonly Work<E>[] {
    const works: Work<E>[] = [];
    for (let lane = this.#queue.next(); lane !== undefined; lane = this.#queue.next()) {
      const entry = this.#queue.head(lane);
      const [item] = entry;
      if (item === undefined) continue;
      if (this.#isAtLimit()) {
        this.#queue.putBack(lane);
        return works;
      }
      if (this.#isHeldUp(lane, item, now)) continue;
      this.#queue.shift(lane);
      works.push(this.#begin(entry, [lane], now));
    }
    return works;
  }

  #takeBatch(now: number, rule: NonNullable<FlowRules<E>['batch']>): readonly Work<E>[] {
    const works: Work<E>[] = [];
    for (;;) {
      if (this.#isAtLimit()) return works;
      const isDue = this.#batchSince !== null && now >= this.#batchSince + rule.withinMs;
      if (this.#queue.size === 0 || (!isDue && !this.#isFull())) return works;
      const work = this.#gatherBatch(now, rule.max);
      // What is left is held up, or begins to wait for the next batch.
      this.#batchSince = this.#queue.size === 0 ? null : now;
      if (work === null) return works;
      works.push(work);
    }
  }

  /** Whether nothing may be handed out, whatever it is. */
  #isAtLimit(): boolean {
    const { concurrency, concurrencyKey } = this.#rules;
    return concurrencyKey === null && this.#busyWith(one) >= concurrency;
  }

  #isFull(): boolean {
    return this.#queue.size >= (this.#rules.batch?.max ?? 1);
  }

  /** Fills a batch lane by lane; of one lane as many events as fit, in their order. */
  #gatherBatch(now: number, max: number): Work<E> | null {
    const items: Item<E>[] = [];
    const lanes: Lane<E>[] = [];
    while (items.length < max) {
      const lane = this.#queue.next();
      if (lane === undefined) break;
      const before = items.length;
      while (items.length < max) {
        const entry = this.#queue.head(lane);
        const [item] = entry;
        if (item === undefined || this.#isHeldUp(lane, item, now)) break;
        for (const found of entry) items.push(found);
        this.#queue.shift(lane);
        this.#countThrottle(item, now);
      }
      if (items.length > before) lanes.push(lane);
    }
    if (items.length === 0) return null;
    return this.#beginCounted(items, lanes, now);
  }

  /** Whether a limit keeps the lane's first event back; then the lane waits where it will be found again. */
  #isHeldUp(lane: Lane<E>, item: Item<E>, now: number): boolean {
    const { concurrency, concurrencyKey, throttle, singleton } = this.#rules;
    if (concurrencyKey !== null) {
      const value = `c:${concurrencyKey(item.event)}`;
      if (this.#busyWith(value) >= concurrency) return this.#stall(lane, value);
    }
    if (singleton !== null) {
      const value = `s:${this.#singletonKey(item) ?? ''}`;
      if (this.#busyWith(value) > 0) return this.#stall(lane, value);
    }
    if (throttle === null || this.throttle === null) return false;
    const key = throttle.key(item.event);
    const at = this.throttle.conformsAt(key, now);
    if (at <= now) return false;
    const waiting = this.#throttled.get(key);
    if (waiting === undefined) this.#throttled.set(key, { at, lanes: [lane] });
    else waiting.lanes.push(lane);
    return true;
  }

  #stall(lane: Lane<E>, value: string): true {
    const stalled = this.#stalled.get(value);
    if (stalled === undefined) this.#stalled.set(value, [lane]);
    else stalled.push(lane);
    return true;
  }

  #unstall(value: string): void {
    const lanes = this.#stalled.get(value);
    if (lanes === undefined) return;
    this.#stalled.delete(value);
    for (const lane of lanes) this.#queue.ready(lane);
  }

  #begin(items: readonly Item<E>[], lanes: readonly Lane<E>[], now: number): Work<E> {
    const [item] = items;
    if (item !== undefined) this.#countThrottle(item, now);
    return this.#beginCounted(items, lanes, now);
  }

  #beginCounted(items: readonly Item<E>[], lanes: readonly Lane<E>[], now: number): Work<E> {
    const work = { items, lanes, startedAt: now };
    for (const lane of lanes) lane.isBusy = true;
    this.#working.add(work);
    this.#itemsAtWork += items.length;
    this.#count(work, 1);
    return work;
  }

  #countThrottle(item: Item<E>, now: number): void {
    const { throttle } = this.#rules;
    if (throttle !== null) this.throttle?.count(throttle.key(item.event), now);
  }

  // --- counting ---

  #busyWith(value: string): number {
    return this.#busy.get(value) ?? 0;
  }

  #count(work: Work<E>, change: 1 | -1): void {
    for (const value of this.#valuesOf(work)) {
      const count = this.#busyWith(value) + change;
      if (count === 0) this.#busy.delete(value);
      else this.#busy.set(value, count);
    }
    if (change === -1) for (const item of work.items) this.#countSingleton(item, -1);
  }

  /** The values under which a work counts as busy. */
  #valuesOf(work: Work<E>): ReadonlySet<string> {
    const { concurrencyKey, singleton } = this.#rules;
    if (concurrencyKey === null && singleton === null) return onlyOne;
    const values = new Set([one]);
    if (concurrencyKey !== null) {
      for (const item of work.items) values.add(`c:${concurrencyKey(item.event)}`);
    }
    if (singleton !== null) for (const item of work.items) values.add(`s:${this.#singletonKey(item) ?? ''}`);
    return values;
  }

  #singletonKey(item: Item<E>): string | null {
    const { singleton } = this.#rules;
    return singleton === null ? null : (singleton.key?.(item.event) ?? item.lane);
  }

  #countSingleton(item: Item<E>, change: 1 | -1): void {
    const key = this.#singletonKey(item);
    if (key === null) return;
    const count = (this.#singletons.get(key) ?? 0) + change;
    if (count <= 0) this.#singletons.delete(key);
    else this.#singletons.set(key, count);
  }
}
