/** What a replay gives up on: told apart from the live subscription's, and redriven to nobody but the replay. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type Subscription, type Tutti } from 'tutti';
import { z } from 'zod';
import { createMemoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';

const Placed = event('order.placed', { schema: z.object({ id: z.string() }) });
const once = { initialInterval: 1, maximumInterval: 1, maximumAttempts: 1, jitter: 0 } as const;

interface Scene {
  readonly tutti: Tutti;
  readonly store: MemoryStore;
  readonly strict: Subscription;
  /** The idempotency keys of what was handled. */
  readonly seen: readonly string[];
  fail(fails: boolean): void;
  /** Publishes, and lets everything settle. */
  publish(...ids: readonly string[]): Promise<void>;
  replay(as?: string): Promise<void>;
}

async function scene(): Promise<Scene> {
  const store = createMemoryStore();
  let isFailing = false;
  const seen: string[] = [];
  const orders = topic('orders', { events: [Placed], key: (e) => e.data.id });
  const strict = orders.subscribe('strict', {
    retry: once,
    handler: async (_, ctx) => {
      if (isFailing) throw new Error('down');
      ctx.state.set((((await ctx.state.get()) as number | null) ?? 0) + 1);
      seen.push(ctx.idempotencyKey);
    },
  });
  const tutti = await createTutti({ store: store.openAnother(), definitions: [orders] });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return {
    tutti,
    store,
    strict,
    seen,
    fail: (fails) => void (isFailing = fails),
    publish: async (...ids) => {
      await orders.publishAll(ids.map((id) => Placed({ id })));
      await tutti.events.settled();
    },
    replay: async (as = 'again') => {
      await strict.replay({ from: 'oldest', as });
      await tutti.events.tidy();
      await tutti.events.settled();
    },
  };
}

/** Two events that the live subscription handled, and a replay gave up on. */
async function failedReplay(): Promise<Scene> {
  const here = await scene();
  await here.publish('a', 'b');
  here.fail(true);
  await here.replay();
  here.fail(false);
  await expect.poll(async () => (await here.strict.deadLetters.list({ replay: 'again' })).length).toBe(2);
  return here;
}

const live = (offset: number): string => `orders/strict/0/${offset}`;
const again = (offset: number): string => `orders/strict~again/0/${offset}`;

describe('what a replay gave up on', () => {
  it('is on a list of its own, under the name of the replay', async () => {
    const { strict, tutti } = await failedReplay();
    expect(await strict.deadLetters.list()).toEqual([]);
    expect(await strict.deadLetters.list({ replay: 'again' })).toMatchObject([
      { subscription: 'strict', replay: 'again', offset: 0 },
      { subscription: 'strict', replay: 'again', offset: 1 },
    ]);
    expect(await tutti.client.showConsumer('strict')).toMatchObject({
      deadLetters: 0,
      replays: [{ as: 'again', left: 0, deadLetters: 2 }],
    });
    expect(await tutti.client.groupDeadLetters()).toMatchObject([{ replay: 'again', count: 2 }]);
  });

  it('does not go to the live subscription when that is redriven, nor the other way round', async () => {
    const here = await failedReplay();
    here.fail(true);
    await here.publish('c');
    here.fail(false);
    expect(await here.strict.deadLetters.redrive()).toMatchObject({ matched: 1, redriven: 1 });
    await expect.poll(() => here.seen).toEqual([live(0), live(1), live(2)]);
    expect(await here.strict.deadLetters.redrive({ replay: 'again' })).toMatchObject({ redriven: 2 });
    await expect.poll(() => here.seen.slice(3).toSorted()).toEqual([again(0), again(1)]);
    await here.tutti.events.settled();
    expect(await here.store.listCells('state:orders/strict')).toMatchObject(
      ['a', 'b', 'c'].map((key) => ({ key, value: '1' })),
    );
    expect(await here.store.listCells('state:orders/strict~again')).toMatchObject(
      ['a', 'b'].map((key) => ({ key, value: '1' })),
    );
  });

  it('is redriven by a job too, which names the replay', async () => {
    const here = await failedReplay();
    const { job } = await here.strict.deadLetters.redrive({ replay: 'again', rate: '100000/s' });
    const { redrives } = here.tutti.events;
    await redrives.work();
    await expect.poll(async () => (await redrives.show(job ?? '')).state).toBe('finished');
    await expect.poll(() => here.seen.slice(2).toSorted()).toEqual([again(0), again(1)]);
    expect(await redrives.show(job ?? '')).toMatchObject({ redriven: 2, query: { replay: 'again' } });
  });

  it('that fails again is on the same list, and is discarded there alone', async () => {
    const here = await failedReplay();
    here.fail(true);
    await here.strict.deadLetters.redrive({ replay: 'again', ids: ['0-000000000001'] });
    await expect
      .poll(async () => (await here.strict.deadLetters.list({ replay: 'again' })).map((one) => one.redrives))
      .toEqual([undefined, 1]);
    expect(await here.strict.deadLetters.discard()).toBe(0);
    expect(await here.strict.deadLetters.discard({ replay: 'again' })).toBe(2);
  });

  it('keeps its cursor until the last of it is handled or discarded; then nothing is left', async () => {
    const here = await failedReplay();
    const cursors = async (): Promise<readonly string[]> =>
      (await here.store.listCells('cursor', { prefix: 'orders/strict~' })).map(({ key }) => key);
    await here.tutti.events.tidy();
    expect(await cursors()).toEqual(['orders/strict~again/redrive']);
    await here.replay();
    await expect.poll(() => here.seen.length).toBe(4);
    await here.strict.deadLetters.redrive({ replay: 'again' });
    await expect.poll(() => here.seen.length).toBe(6);
    await here.tutti.events.settled();
    await here.tutti.events.tidy();
    expect(await cursors()).toEqual([]);
    // And the name can be used once more: nothing redriven before comes again.
    await here.replay();
    await expect.poll(() => here.seen.length).toBe(8);
    await here.tutti.events.settled();
    expect(here.seen.length).toBe(8);
  });

  it('regression: keeps the states of its keys as long, and not for ever', async () => {
    const here = await failedReplay();
    const space = 'state:orders/strict~again';
    await here.strict.deadLetters.redrive({ replay: 'again', ids: ['0-000000000000'] });
    await expect.poll(() => here.seen.length).toBe(3);
    await here.tutti.events.tidy();
    expect(await here.store.listCells(space)).toMatchObject([{ key: 'a' }]);
    await here.strict.deadLetters.discard({ replay: 'again' });
    await here.tutti.events.tidy();
    expect(await here.store.listCells(space)).toEqual([]);
    expect(await here.store.listCells('state:orders/strict')).toHaveLength(2);
  });

  it('is refused a second replay under its name while one is under way', async () => {
    const orders = topic('orders', { events: [Placed] });
    const strict = orders.subscribe('strict', { handler: () => undefined });
    const tutti = await createTutti({ store: ':memory:', definitions: [orders] });
    onTestFinished(() => tutti.stop());
    await orders.publish(Placed({ id: 'a' }));
    await strict.replay({ from: 'oldest', as: 'again' });
    await expect(strict.replay({ from: 'oldest', as: 'again' })).rejects.toThrow('already being replayed');
  });
});

describe('a replay that is over', () => {
  it('regression: leaves no states, however many, one commit for so many', async () => {
    const here = await scene();
    await here.publish(...Array.from({ length: 1_200 }, (_, n) => `o${n}`));
    await here.replay();
    await expect.poll(() => here.seen.length).toBe(2_400);
    await here.tutti.events.settled();
    await here.tutti.events.tidy();
    expect(await here.store.listCells('state:orders/strict~again')).toEqual([]);
    expect(await here.store.listCells('cursor', { prefix: 'orders/strict~' })).toEqual([]);
    expect(await here.store.listCells('state:orders/strict', { limit: 2_000 })).toHaveLength(1_200);
  });

  it('regression: leaves nothing to the next one of its name', async () => {
    const here = await scene();
    await here.publish('a');
    for (let replays = 1; replays <= 2; replays += 1) {
      await here.strict.replay({ from: 'oldest', as: 'again' });
      await expect.poll(() => here.seen.length).toBe(1 + replays);
      await here.tutti.events.settled();
      expect(await here.store.listCells('state:orders/strict~again')).toMatchObject([{ value: '1' }]);
      // The side cursor ends, and nobody tidies up behind it.
      await here.strict.pause();
      await here.strict.resume();
      await expect
        .poll(async () =>
          (await here.store.listCells('cursor', { prefix: 'orders/strict~' })).map(({ key }) => key),
        )
        .toEqual(['orders/strict~again/redrive']);
    }
  });
});
