/** Several workers on one store: sharing, fencing, and what happens when one of them dies at work. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, TuttiError, type Subscription, type Tutti } from 'tutti';
import type { CommitBatch, Store } from '../../src/engine/index.ts';
import { createMemoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';
import { z } from 'zod';

const Made = event('made', { schema: z.object({ id: z.string() }) });

interface Worker {
  readonly tutti: Tutti;
  readonly subscription: Subscription;
  readonly publish: (ids: readonly string[]) => Promise<unknown>;
}

type Handler = (
  id: string,
  ctx: { readonly attempt: number; state: { get(): Promise<unknown>; set(value: unknown): void } },
) => unknown;

async function join(
  store: MemoryStore,
  handler: Handler,
  options: { readonly partitions?: number } = {},
): Promise<Worker> {
  const source = topic('things', { events: [Made], key: (e) => e.data.id, ...options });
  const subscription = source.subscribe('s', {
    from: 'oldest',
    retry: { initialInterval: 1, maximumInterval: 1, maximumAttempts: 3 },
    handler: (e, ctx) => handler(e.data.id, ctx),
  });
  const tutti = await createTutti({ store: store.openAnother(), definitions: [source], leaseMs: 600 });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return { tutti, subscription, publish: (ids) => source.publishAll(ids.map((id) => Made({ id }))) };
}

describe('two workers', () => {
  it('share the partitions of a subscription, and handle each event once', async () => {
    const store = createMemoryStore();
    const seen: string[] = [];
    const one = await join(store, (id) => void seen.push(`one ${id}`), { partitions: 8 });
    const two = await join(store, (id) => void seen.push(`two ${id}`), { partitions: 8 });
    await one.tutti.events.tidy();
    await two.tutti.events.tidy();
    await one.tutti.events.tidy();
    const ids = Array.from({ length: 40 }, (_, i) => `k${i}`);
    await one.publish(ids);
    await two.tutti.events.tidy();
    await expect.poll(() => seen.length).toBe(40);
    await Promise.all([one.tutti.events.settled(), two.tutti.events.settled()]);
    expect(seen.map((text) => text.slice(4)).toSorted()).toEqual(ids.toSorted());
    expect(new Set(seen.map((text) => text.slice(0, 3)))).toEqual(new Set(['one', 'two']));
  });

  it('never both commit: an owner that was overtaken in its handler commits nothing', async () => {
    const store = createMemoryStore();
    const { promise: release, resolve } = Promise.withResolvers<undefined>();
    const states: unknown[] = [];
    const handler: Handler = async (_id, ctx) => {
      const before = await ctx.state.get();
      states.push(before);
      ctx.state.set(((before as number | null) ?? 0) + 1);
      if (states.length === 1) await release;
    };
    const { subscription, publish, tutti } = await join(store, handler);
    await publish(['a']);
    await expect.poll(() => states).toEqual([null]);
    // Somebody moves the cursor while the handler runs: its owner must take it anew.
    await subscription.seek('oldest');
    await expect.poll(() => states).toEqual([null, null]);
    resolve(undefined);
    await tutti.events.settled();
    expect(await store.listCells('state:things/s')).toMatchObject([{ key: 'a', value: '1' }]);
  });
});

describe('a subscription that is paused by another process', () => {
  it('hands out nothing more, also by a worker that had nothing to do', async () => {
    const store = createMemoryStore();
    const seen: string[] = [];
    const { tutti, publish } = await join(store, (id) => void seen.push(id));
    await publish(['a']);
    await tutti.events.settled();
    const source = topic('things', { events: [Made], key: (e) => e.data.id });
    const same = source.subscribe('s', { from: 'oldest', handler: () => undefined });
    const other = await createTutti({ store: store.openAnother(), definitions: [source] });
    onTestFinished(() => other.stop());
    await same.pause();
    await tutti.events.tidy();
    await publish(['b']);
    await tutti.events.settled();
    expect(seen).toEqual(['a']);
    await same.resume();
    await tutti.events.tidy();
    await expect.poll(() => seen).toEqual(['a', 'b']);
  });
});

describe('what is redriven', () => {
  it('and what is published count on one state of their key, whichever worker has them', async () => {
    const store = createMemoryStore();
    let isFailing = false;
    const handler: Handler = async (_id, ctx) => {
      if (isFailing) throw new Error('down');
      ctx.state.set((((await ctx.state.get()) as number | null) ?? 0) + 1);
    };
    const workers = [await join(store, handler), await join(store, handler)];
    const [{ publish, subscription }] = workers as [Worker];
    const settled = async (): Promise<void> => {
      for (const { tutti } of workers) await tutti.events.tidy();
      for (const { tutti } of workers) await tutti.events.settled();
    };
    for (let round = 1; round <= 3; round += 1) {
      isFailing = false;
      await publish(['a']);
      await settled();
      isFailing = true;
      await publish(['a']);
      await expect.poll(async () => (await subscription.deadLetters.list()).length).toBe(1);
      isFailing = false;
      await subscription.deadLetters.redrive();
      await expect
        .poll(async () => (await store.getCell('state:things/s', 'a'))?.value, { timeout: 5_000 })
        .toBe(String(2 * round));
      await settled();
    }
  });
});

describe('an event that kills the process', () => {
  it('becomes a dead letter after three deaths, and its neighbours are handled', async () => {
    const store = createMemoryStore();
    const handled: string[] = [];
    let deaths = 0;
    /** A handler that never returns stands for a process that is gone: its worker is declared dead, nothing is released. */
    const life = async (): Promise<Worker> => {
      const hangs = Promise.withResolvers<undefined>();
      const worker = await join(store, (id) => {
        if (id !== 'deadly') return void handled.push(id);
        deaths += 1;
        return hangs.promise;
      });
      onTestFinished(() => hangs.resolve(undefined));
      return worker;
    };
    const first = await life();
    await first.publish(['fine', 'deadly', 'also fine']);
    await expect.poll(() => deaths).toBe(1);
    for (let death = 2; death <= 4; death += 1) {
      const workers = await store.listWorkers();
      for (const { number } of workers) await store.retireWorker(number);
      await life();
      if (death <= 4) await expect.poll(() => deaths >= Math.min(death, 4), { timeout: 4_000 }).toBe(true);
    }
    const workers = await store.listWorkers();
    for (const { number } of workers) await store.retireWorker(number);
    const last = await life();
    await expect
      .poll(async () => (await last.subscription.deadLetters.list()).length, { timeout: 4_000 })
      .toBe(1);
    expect(await last.subscription.deadLetters.list()).toMatchObject([{ key: 'deadly' }]);
    expect(handled.filter((id) => id === 'also fine').length).toBeGreaterThanOrEqual(1);
  });
});

describe('a store that fails for a while', () => {
  it('costs an event no try, and makes no dead letter of it', async () => {
    const store = createMemoryStore();
    let failures = 3;
    const failing = new Proxy(store, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(target, name, target);
        if (name !== 'getCell') return typeof value === 'function' ? value.bind(target) : value;
        return async (space: string, key: string) => {
          if (space.startsWith('state:') && failures > 0) {
            failures -= 1;
            throw new TuttiError('TUTTI_STORE_FAILED', 'The connection was lost.');
          }
          return store.getCell(space, key);
        };
      },
    });
    const source = topic('things', { events: [Made], key: (e) => e.data.id });
    const seen: number[] = [];
    const subscription = source.subscribe('s', {
      from: 'oldest',
      retry: { initialInterval: 1, maximumInterval: 1, maximumAttempts: 1 },
      handler: async (_, ctx) => {
        await ctx.state.get();
        seen.push(ctx.attempt);
      },
    });
    const tutti = await createTutti({ store: failing, definitions: [source] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await source.publish(Made({ id: 'a' }));
    await expect.poll(() => seen).toEqual([1]);
    expect(await subscription.deadLetters.list()).toEqual([]);
  });
});

/** A handle on the store that holds back the commit which deletes a side cursor, until it is released. */
function holdingDeletion(store: MemoryStore): {
  readonly held: Store;
  readonly reached: Promise<undefined>;
  readonly release: () => void;
} {
  const [reached, released] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const isDeletion = ({ guarded = [] }: CommitBatch): boolean =>
    guarded.some(({ cells }) => cells.some((cell) => cell.key === 'things/s~again/0' && cell.value === null));
  const handle = store.openAnother();
  const held = new Proxy(handle, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target) as unknown;
      return async (batch: CommitBatch) => {
        if (isDeletion(batch)) {
          reached.resolve(undefined);
          await released.promise;
        }
        return handle.commit(batch);
      };
    },
  });
  return { held, reached: reached.promise, release: () => released.resolve(undefined) };
}

describe('a side cursor that comes to its end', () => {
  it('is deleted by its owner alone: not when another has taken it meanwhile', async () => {
    const store = createMemoryStore();
    const { held, reached, release } = holdingDeletion(store);
    const source = topic('things', { events: [Made], key: (e) => e.data.id });
    const subscription = source.subscribe('s', { from: 'oldest', handler: () => undefined });
    const tutti = await createTutti({ store: held, definitions: [source] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await source.publish(Made({ id: 'a' }));
    const over = subscription.replay({ from: 'oldest', as: 'again' });
    void tutti.events.tidy();
    await reached;
    const name = { space: 'cursor', key: 'things/s~again/0' };
    const owner = await store.registerWorker({
      name: 'the other',
      now: 0,
      leaseUntil: Number.MAX_SAFE_INTEGER,
      definitions: [],
    });
    const before = String((await store.getCell(name.space, name.key))?.value);
    const value = before.replace(/"owner":\d+/, `"owner":${owner}`);
    const other = { ...name, value };
    const nothing = { worker: null, starts: [], sends: [], entries: [], waits: [], endedWaits: [] };
    await store.commit({ ...nothing, consumed: [], runs: [], cells: [other] });
    release();
    await over;
    await tutti.events.settled();
    expect((await store.getCell(name.space, name.key))?.value).toBe(value);
  });
});
