/** What must hold of slots after every commit, whatever the order of requests, releases, limits and ends. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PoolRecord, SlotChange, SlotRecord, Store } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { batch, complete, registerWorker, start, startTime } from './records.ts';

const runCount = 6;
const poolLimit = 4;

/** `[what, run, key, slots, priority]` in small numbers. */
const move = fc.tuple(fc.nat(9), fc.nat(runCount - 1), fc.nat(1), fc.nat(poolLimit), fc.nat(2));
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => createMemoryStore(),
  SQLite: () => createSqliteStore({ file: ':memory:' }),
};

describe.each(Object.entries(stores))('slots of the %s store', (_name, open) => {
  it('are never more than the limit unless it was lowered, and none is free while one waits for it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 20, maxLength: 60 }), async (moves) => {
        const store = await open();
        await play(store, moves);
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});

it('the stores agree on every outcome, every line and every message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 20, maxLength: 60 }), async (moves) => {
      const told = [];
      for (const open of Object.values(stores)) {
        const store = await open();
        told.push(await play(store, moves));
        await store.close();
      }
      expect(told[1]).toEqual(told[0]);
    }),
    { numRuns: 60 },
  );
});

/** Returns everything that the store answered. */
async function play(store: Store, moves: readonly Move[]): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  const worker = await registerWorker(store);
  const starts = Array.from({ length: runCount }, (_, index) => start(`run-${index}`, { owner: worker }));
  await store.commit(batch({ worker, starts }));
  const open = new Set(Array.from({ length: runCount }, (_, index) => index + 1));
  for (const [what, index, key, slots, priority] of moves) {
    const run = index + 1;
    const before = await look(store);
    if (what === 9) {
      if (open.delete(run)) await store.commit(batch({ worker, runs: [complete(run)] }));
    } else if (open.has(run)) {
      const change = changeOf(what, { run, key: `k${key}`, slots, priority });
      told.push((await store.commit(batch({ worker, slots: [change] }))).slots);
    }
    const after = await look(store);
    told.push(after, await store.newMessages(worker, 0, 100));
    // Slots granted under a higher limit may stay, but none is granted on top of them.
    check(after, Math.max(after.pool.limit ?? poolLimit, before.pool.granted));
  }
  for (const run of open) await store.commit(batch({ worker, runs: [complete(run)] }));
  const left = await store.listPools();
  expect(left.filter((pool) => pool.granted > 0 || pool.waiting > 0)).toEqual([]);
  return told;
}

interface Request {
  readonly run: number;
  readonly key: string;
  readonly slots: number;
  readonly priority: number;
}

function changeOf(what: number, { run, key, slots, priority }: Request): SlotChange {
  if (what === 8) return { kind: 'limit', pool: 'db', limit: slots === 0 ? null : slots, at: startTime };
  if (what >= 5) return { kind: 'release', run, key, at: startTime };
  const asked = { pool: 'db', slots: Math.max(1, slots), limit: poolLimit };
  return { kind: 'request', run, key, ...asked, priority, at: startTime };
}

interface Look {
  readonly pool: PoolRecord;
  readonly slots: readonly SlotRecord[];
}

async function look(store: Store): Promise<Look> {
  const [pool] = await store.listPools();
  const slots = await store.listSlots({ pool: 'db', limit: 1_000 });
  return { pool: pool ?? { pool: 'db', limit: null, granted: 0, waiting: 0 }, slots };
}

function check({ pool, slots }: Look, bound: number): void {
  const waiting = slots.filter((slot) => slot.grantedAt === null);
  const granted = slots.filter((slot) => slot.grantedAt !== null).reduce((sum, slot) => sum + slot.slots, 0);
  expect({ granted: pool.granted, waiting: pool.waiting }).toEqual({ granted, waiting: waiting.length });
  expect(granted).toBeLessThanOrEqual(bound);
  const limit = pool.limit ?? poolLimit;
  const first = waiting.find((slot) => slot.slots <= limit);
  if (first !== undefined) expect(granted + first.slots).toBeGreaterThan(limit);
}
