import { describe, expect, it } from 'vitest';
import { asset } from '../../src/app/index.ts';
import { TuttiError } from '../../src/base/tutti-error.ts';
import type { Definition, Store } from '../../src/engine/index.ts';
import { cron, every, partitions } from '../../src/schedules/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { scheduled, ScheduleScene } from './schedule-scene.ts';

/**
 * A worker that dies at its n-th commit: before it reaches the disk, or right after, when nobody is told any more. Everything it
 * asks of the store from then on fails, as for a process that is gone.
 */
class DyingStore {
  readonly #store: Store;
  readonly #when: 'before' | 'after';
  #left: number;
  #tellDeath: () => void = () => undefined;
  readonly died: Promise<void> = new Promise((resolve) => {
    this.#tellDeath = resolve;
  });

  constructor(store: Store, left: number, when: 'before' | 'after') {
    this.#store = store;
    this.#left = left;
    this.#when = when;
  }

  /** The store as the dying worker sees it. */
  get view(): Store {
    return new Proxy(this.#store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function' || name === 'onForeignCommit') return bound(member, target);
        return async (...args: unknown[]): Promise<unknown> => this.#call(name, member, args);
      },
    });
  }

  get isDead(): boolean {
    return this.#left < 0;
  }

  async #call(name: string | symbol, member: Function, args: readonly unknown[]): Promise<unknown> {
    if (this.isDead) throw gone();
    if (name !== 'commit') return (await member.apply(this.#store, args)) as unknown;
    this.#left -= 1;
    if (this.isDead) this.#tellDeath();
    if (this.isDead && this.#when === 'before') throw gone();
    const result: unknown = await member.apply(this.#store, args);
    if (this.isDead) throw gone();
    return result;
  }
}

function bound(member: unknown, target: object): unknown {
  return typeof member === 'function' ? member.bind(target) : member;
}

function gone(): TuttiError {
  return new TuttiError('TUTTI_STORE_FAILED', 'this worker is gone');
}

interface Outcome {
  readonly runs: readonly string[];
  readonly isDead: boolean;
}

/** Lets one worker die at its n-th commit, has another take over, and tells which runs there are in the end. */
async function survive(
  at: number,
  when: 'before' | 'after',
  act: (world: ScheduleScene, definitions: readonly Definition[]) => Promise<void>,
  definitions: readonly Definition[],
): Promise<Outcome> {
  const store = createMemoryStore();
  const dying = new DyingStore(store, at, when);
  const first = new ScheduleScene(dying.view, '2026-01-20T12:00:00Z');
  // What is left of the dead one never settles: its clock stands still, and nobody waits for it.
  await Promise.race([act(first, definitions).catch(() => undefined), dying.died]);
  if (dying.isDead) first.workers.length = 0;
  const second = new ScheduleScene(store, new Date(first.clock.now() + 60_000).toISOString());
  // The dead one's lease is over, so its runs are free for the taking.
  await store.declareDead(Number.MAX_SAFE_INTEGER);
  await second.work(definitions);
  await act(second, definitions).catch(() => undefined);
  await second.settled();
  const runs = (await second.runs()).map(({ id, generation, state }) => `${id} ${generation} ${state}`);
  return { runs: runs.toSorted(), isDead: dying.isDead };
}

/** Every point of death up to the last commit of a whole life. */
async function survivals(
  act: (world: ScheduleScene, definitions: readonly Definition[]) => Promise<void>,
  definitions: readonly Definition[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let at = 0; at < 200; at += 1) {
    const before = await survive(at, 'before', act, definitions);
    const after = await survive(at, 'after', act, definitions);
    outcomes.push(before, after);
    if (!before.isDead && !after.isDead) return outcomes;
  }
  throw new RangeError('the worker never got through its life');
}

describe('a worker that dies at any of its commits', () => {
  it('neither loses nor doubles a tick', async () => {
    const definitions = [
      scheduled('etl', [every('1h', { whenBusy: 'start', catchUp: 'all', from: '2026-01-20T13:00:00Z' })]),
    ];
    const outcomes = await survivals(async (world) => {
      if (world.workers.length === 0) await world.work(definitions);
      for (const hour of [13, 14, 15]) await world.at(`2026-01-20T${hour}:00:00Z`);
    }, definitions);
    const expected = [13, 14, 15].map((hour) => `etl@2026-01-20T${hour}:00:00Z 1 completed`);
    for (const { runs } of outcomes) expect(runs).toEqual(expected);
    expect(outcomes.length).toBeGreaterThan(10);
  });

  it('leaves a backfill whole: all of it or nothing, and every run once', async () => {
    const definitions = [scheduled('etl', [cron('0 0 * * *', { family: 'interval', from: '2026-02-01' })])];
    const range = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-07'), concurrency: 2 };
    const outcomes = await survivals(async (world) => {
      const worker = world.workers[0] ?? (await world.work(definitions));
      if ((await worker.scheduler.listBackfills()).length === 0)
        await worker.scheduler.createBackfill('etl', range);
      await world.settled();
    }, definitions);
    const expected = ['03', '04', '05', '06'].map((day) => `etl@2026-01-${day}T00:00:00Z 1 completed`);
    for (const { runs } of outcomes) expect(runs).toEqual(expected);
    expect(outcomes.length).toBeGreaterThan(10);
  });

  it('leaves a backfill over what is missing whole, and makes every partition once', async () => {
    const regions = asset('regions', { partitions: partitions.list(['eu', 'us', 'asia']) });
    const definitions = [
      {
        ...scheduled('load', []),
        assets: { produces: [regions], consumes: [], when: null, partitionOf: null },
      },
    ];
    const outcomes = await survivals(async (world) => {
      const worker = world.workers[0] ?? (await world.work(definitions));
      if ((await worker.scheduler.listBackfills()).length === 0)
        await worker.scheduler.createBackfill('load', { missing: true, concurrency: 2 });
      await world.settled();
    }, definitions);
    const expected = ['asia', 'eu', 'us'].map((key) => `load@${key} 1 completed`);
    for (const { runs } of outcomes) expect(runs).toEqual(expected);
    expect(outcomes.length).toBeGreaterThan(10);
  });
});
