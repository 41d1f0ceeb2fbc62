/** The full cross product of flow controls: every combination keeps the scheduler's invariants F1 to F4. */
import { describe, expect, it } from 'vitest';
import { seededRandom, type Random } from '../../../base/random.ts';
import type { FlowRules, Item } from './flow-rules.ts';
import { rateOf } from './rate-meter.ts';
import { Scheduler, type Work } from './scheduler.ts';

interface Fact {
  readonly key: string;
  readonly group: string;
  readonly rank: number;
  readonly isCancel: boolean;
}

const group = (fact: Fact): string => fact.group;
const concurrencies = [
  { concurrency: 1, concurrencyKey: null },
  { concurrency: 3, concurrencyKey: null },
  { concurrency: 2, concurrencyKey: group },
];
const throttles = [null, { rate: rateOf(1, 20, 0), key: group }];
const rateLimits = [null, { rate: rateOf(4, 100, 3), key: group }];
const debounces = [
  null,
  { forMs: 15, atMostMs: 40, key: null, collect: 'last' as const },
  { forMs: 15, atMostMs: null, key: group, collect: 'all' as const },
];
const singletons = [
  null,
  { key: group, whenBusy: 'wait' as const },
  { key: group, whenBusy: 'skip' as const },
  { key: null, whenBusy: 'cancel' as const },
];
const batches = [null, { max: 3, withinMs: 10 }];
const priorities = [null, (fact: Fact): number => fact.rank];
const cancels = [null, { isCancel: (fact: Fact): boolean => fact.isCancel, match: group }];

const combinations: FlowRules<Fact>[] = concurrencies.flatMap((concurrency) =>
  throttles.flatMap((throttle) =>
    rateLimits.flatMap((rateLimit) =>
      debounces.flatMap((debounce) =>
        singletons.flatMap((singleton) =>
          batches.flatMap((batch) =>
            priorities.flatMap((priority) =>
              cancels.map((cancelOn) => ({
                ...concurrency,
                throttle,
                rateLimit,
                debounce,
                singleton,
                batch,
                priority,
                cancelOn,
              })),
            ),
          ),
        ),
      ),
    ),
  ),
);

/** Millions of checks: the runner's own would take minutes. */
function check(isFine: boolean, promise: string): void {
  if (!isFine) throw new Error(promise);
}

class Story {
  readonly #rules: FlowRules<Fact>;
  readonly #random: Random;
  readonly #scheduler: Scheduler<Fact>;
  readonly #offered: Item<Fact>[] = [];
  readonly #outcomes = new Map<number, string[]>();
  readonly #atWork = new Map<Work<Fact>, number>();
  readonly #handedOut: { readonly item: Item<Fact>; readonly at: number }[] = [];
  readonly #lastOffset = new Map<string, number>();
  readonly #lastThrottled = new Map<string, number>();
  #now = 1_000;

  constructor(rules: FlowRules<Fact>, seed: string) {
    this.#rules = rules;
    this.#random = seededRandom(seed);
    this.#scheduler = new Scheduler(rules);
  }

  run(eventsMax: number): void {
    while (this.#offered.length < eventsMax || this.#scheduler.size > 0) {
      if (this.#offered.length < eventsMax && this.#random.next() < 0.6) this.#offer();
      this.#now += Math.floor(this.#random.next() * 8);
      this.#collect();
      this.#take();
      if (this.#end() || this.#offered.length < eventsMax || this.#atWork.size > 0) continue;
      const wake = this.#scheduler.nextWake();
      check(this.#scheduler.size === 0 || wake !== null, 'something will wake what waits');
      this.#now = Math.max(this.#now, wake ?? this.#now);
    }
    this.#collect();
    // F1
    for (const { offset } of this.#offered) {
      check(this.#outcomes.get(offset)?.length === 1, `event ${offset} has one outcome`);
    }
  }

  #pick(count: number): number {
    return Math.floor(this.#random.next() * count);
  }

  #offer(): void {
    const key = `k${this.#pick(5)}`;
    const event = {
      key,
      group: `g${this.#pick(3)}`,
      rank: this.#pick(3),
      isCancel: this.#random.next() < 0.1,
    };
    const item = { offset: this.#offered.length, lane: key, event, attempts: 0 };
    this.#offered.push(item);
    this.#scheduler.offer(item, this.#now);
  }

  #note(item: Item<Fact>, outcome: string): void {
    const known = this.#outcomes.get(item.offset);
    if (known === undefined) this.#outcomes.set(item.offset, [outcome]);
    else known.push(outcome);
  }

  #collect(): void {
    for (const { item, reason } of this.#scheduler.takeDropped()) this.#note(item, reason);
    for (const work of this.#scheduler.takeAborted()) this.#atWork.delete(work);
  }

  #take(): void {
    const works = this.#scheduler.take(this.#now);
    // What came out of its wait for quiet may have taken the place of something at work.
    this.#collect();
    for (const work of works) {
      this.#checkOrder(work);
      this.#checkThrottle(work);
      this.#atWork.set(work, this.#now + this.#pick(20));
      for (const item of work.items) this.#handedOut.push({ item, at: this.#now });
      const { batch } = this.#rules;
      check(batch === null || work.items.length <= batch.max, 'a batch is not too large');
    }
    this.#checkConcurrency();
  }

  /** F2 */
  #checkOrder(work: Work<Fact>): void {
    if (this.#rules.debounce !== null && this.#rules.debounce.key !== null) return;
    for (const { lane, offset } of work.items) {
      check((this.#lastOffset.get(lane) ?? -1) < offset, `lane ${lane} is in order`);
      this.#lastOffset.set(lane, offset);
      const others = [...this.#atWork.keys()].flatMap(({ items }) => items);
      check(!others.some((other) => other.lane === lane), `lane ${lane} is served once at a time`);
    }
  }

  /** F3 */
  #checkConcurrency(): void {
    const { concurrency, concurrencyKey, singleton } = this.#rules;
    const works = [...this.#atWork.keys()];
    check(concurrencyKey !== null || works.length <= concurrency, 'not too many at work');
    for (const value of ['g0', 'g1', 'g2']) {
      const count = works.filter(({ items }) => items.some(({ event }) => event.group === value)).length;
      check(concurrencyKey === null || count <= concurrency, 'not too many of a value');
      check(singleton === null || singleton.key === null || count <= 1, 'one of a singleton');
    }
  }

  /** F4: what was collected while waiting for quiet counts as one. */
  #checkThrottle(work: Work<Fact>): void {
    const { throttle, batch } = this.#rules;
    if (throttle === null) return;
    const [first] = work.items;
    const counted = batch === null && first !== undefined ? [first] : work.items;
    for (const { event } of counted) {
      const last = this.#lastThrottled.get(event.group);
      check(last === undefined || this.#now - last >= throttle.rate.intervalMs, 'not too soon');
      this.#lastThrottled.set(event.group, this.#now);
    }
  }

  /** Returns whether a handler returned. */
  #end(): boolean {
    let hasEnded = false;
    for (const [work, until] of this.#atWork) {
      if (until > this.#now) continue;
      hasEnded = true;
      this.#atWork.delete(work);
      for (const item of work.items) this.#note(item, 'handled');
      this.#scheduler.ended(work);
    }
    // Without this, a story that only waits for its handlers would not move.
    this.#now += 1;
    return hasEnded;
  }
}

describe('the cross product of flow controls', () => {
  it('is whole', () => {
    expect(combinations).toHaveLength(3 * 2 * 2 * 3 * 4 * 2 * 2 * 2);
  });

  it.each([0, 1, 2, 3, 4, 5])('keeps every promise of the scheduler (part %i)', (part) => {
    for (const [number, rules] of combinations.entries()) {
      if (number % 6 !== part) continue;
      for (let seed = 0; seed < 2; seed += 1) expectPromisesKept(rules, `${number}/${seed}`);
    }
  });
});

/** The seed is part of the failure, and enough to repeat it. */
function expectPromisesKept(rules: FlowRules<Fact>, seed: string): void {
  try {
    new Story(rules, seed).run(60);
  } catch (error) {
    throw new Error(`combination ${seed}, ${JSON.stringify(rules)}: ${String(error)}`, { cause: error });
  }
}
