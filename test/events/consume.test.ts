/** Topics and subscriptions put together, on the store in memory and on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, workflow, type Tutti, type TuttiOptions } from 'tutti';
import { z } from 'zod';
import { createMemoryStore } from '../../src/stores/memory/index.ts';

const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Canceled = event('order.canceled', { schema: z.object({ id: z.string() }) });

// oxlint-disable-next-line typescript/explicit-function-return-type -- the topic's type is what the tests are about
function orders(options: { readonly partitions?: number } = {}) {
  return topic('orders', { events: [Placed, Canceled], key: (e) => e.data.id, ...options });
}

async function open(options: TuttiOptions): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', ...options });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

async function started(...definitions: NonNullable<TuttiOptions['definitions']>): Promise<Tutti> {
  return open({ definitions });
}

const fast = { initialInterval: 1, maximumInterval: 1, maximumAttempts: 3, jitter: 0 } as const;

function edit(data: unknown): unknown {
  return { ...(data as object), total: 7 };
}

describe('a subscription', () => {
  it('of one type needs no name, and two of them are two', async () => {
    const source = orders();
    const seen: string[] = [];
    const declared = [
      source.on('order.placed', (e) => void seen.push(`one ${e.data.total}`)),
      source.on('order.placed', (e) => void seen.push(`two ${e.data.total}`)),
    ];
    expect(declared.map(({ name }) => name)).toEqual(['on-order.placed', 'on-order.placed-2']);
    const tutti = await started(source);
    await source.publishAll([Placed({ id: 'a', total: 5 }), Canceled({ id: 'a' })]);
    await tutti.events.settled();
    expect(seen.toSorted()).toEqual(['one 5', 'two 5']);
    expect(() => source.on('order.place' as 'order.placed', () => undefined)).toThrow(/did you mean/);
  });

  it('gets what is published after it began, once, in order', async () => {
    const source = orders();
    const seen: string[] = [];
    source.subscribe('all', { handler: (e) => void seen.push(`${e.type} ${e.data.id}`) });
    const tutti = await started(source);
    await source.publish(Placed({ id: 'o1', total: 5 }));
    await source.publish(Canceled({ id: 'o1' }));
    await tutti.events.settled();
    expect(seen).toEqual(['order.placed o1', 'order.canceled o1']);
    expect(await source.subscriptions[0]?.status()).toMatchObject([
      { lag: 0, lagMs: null, cursor: { next: 2 } },
    ]);
  });

  it('may take its context apart, and gets what it asks for only then', async () => {
    const source = orders();
    const echoes = topic('echoes', { events: [Canceled] });
    const seen: unknown[] = [];
    source.subscribe('apart', {
      // oxlint-disable-next-line typescript/unbound-method -- that this works is the claim
      handler: async (e, { publish, state, signal, attempt, idempotencyKey }) => {
        await publish(echoes, Canceled({ id: e.data.id }));
        state.set(1);
        seen.push(signal.aborted, attempt, idempotencyKey, await state.get());
      },
    });
    const echoed: string[] = [];
    echoes.subscribe('echo', { handler: (e) => void echoed.push(e.data.id) });
    const tutti = await started(source, echoes);
    await source.publish(Placed({ id: 'o1', total: 1 }));
    await tutti.events.settled();
    expect(seen).toEqual([false, 1, 'orders/apart/0/0', 1]);
    expect(echoed).toEqual(['o1']);
  });

  it('gets only the types and events it asked for', async () => {
    const source = orders();
    const seen: number[] = [];
    source.subscribe('large', {
      on: ['order.placed'],
      filter: { data: { total: [{ numeric: ['>', 100] }] } },
      where: (e) => e.data.total !== 300,
      handler: (e) => void seen.push(e.data.total),
    });
    const tutti = await started(source);
    await source.publishAll([50, 200, 300, 400].map((total) => Placed({ id: `o${total}`, total })));
    await source.publish(Canceled({ id: 'o200' }));
    await tutti.events.settled();
    expect(seen).toEqual([200, 400]);
    expect(source.explain(Placed({ id: 'x', total: 5 }))['large']).toMatchObject({
      path: 'data.total',
      found: [5],
    });
  });

  it('tries a failing event again while other keys go on, and keeps the order of its key', async () => {
    const source = orders();
    const seen: string[] = [];
    let failures = 0;
    source.subscribe('flaky', {
      retry: fast,
      handler: (e, ctx) => {
        if (e.data.id === 'bad' && ctx.attempt < 3) {
          failures += 1;
          throw new Error('not now');
        }
        seen.push(`${e.data.id}@${e.offset}`);
      },
    });
    const tutti = await started(source);
    await source.publishAll([
      Placed({ id: 'bad', total: 1 }),
      Placed({ id: 'bad', total: 2 }),
      Placed({ id: 'good', total: 3 }),
    ]);
    await expect.poll(() => seen.length).toBe(3);
    await tutti.events.settled();
    expect([failures, seen[0], seen.filter((one) => one.startsWith('bad'))]).toEqual([
      4,
      'good@2',
      ['bad@0', 'bad@1'],
    ]);
  });

  it('gives up after its attempts; the dead letter can be redriven, edited, once', async () => {
    const source = orders();
    const seen: unknown[] = [];
    const subscription = source.subscribe('strict', {
      on: ['order.placed'],
      retry: fast,
      handler: (e) => {
        if (e.data.total < 0) throw new RangeError(`negative total of ${e.data.id}`);
        seen.push(e.data);
      },
    });
    const tutti = await started(source);
    await source.publish(Placed({ id: 'o1', total: -1 }));
    await expect.poll(async () => (await subscription.deadLetters.list()).length).toBe(1);
    expect(await subscription.deadLetters.list()).toMatchObject([
      { type: 'order.placed', attempts: 3, cause: 'RangeError: negative total of oN', offset: 0 },
    ]);
    expect(await subscription.deadLetters.redrive({ dryRun: true })).toMatchObject({
      matched: 1,
      redriven: 0,
    });
    expect(await subscription.deadLetters.redrive({ edit })).toMatchObject({ matched: 1, redriven: 1 });
    await expect.poll(() => seen).toEqual([{ id: 'o1', total: 7 }]);
    await tutti.events.settled();
    expect(await subscription.deadLetters.list()).toEqual([]);
  });

  it('ends an event by its verbs', async () => {
    const source = orders();
    const subscription = source.subscribe('verbs', {
      retry: fast,
      handler: (e, ctx) => {
        if (e.data.id === 'dead') ctx.deadLetter('unknown account');
        if (e.data.id === 'skip') ctx.skip();
        if (ctx.attempt === 1) ctx.retryAfter(1);
      },
    });
    const tutti = await started(source);
    await source.publishAll(['dead', 'skip', 'later'].map((id) => Placed({ id, total: 1 })));
    await expect.poll(async () => (await subscription.status())[0]?.lag).toBe(0);
    await tutti.events.settled();
    expect(await subscription.deadLetters.list()).toMatchObject([
      { key: 'dead', error: 'DeadLettered: unknown account' },
    ]);
  });

  it('commits state, events and runs with its cursor, or nothing of it', async () => {
    const source = orders();
    const totals = topic('totals', {
      events: [event('total.changed', { schema: z.object({ sum: z.number() }) })],
    });
    const greet = workflow('greet', async (_ctx, name: string) => `Hello ${name}`);
    const sums: number[] = [];
    const chains: string[] = [];
    source.subscribe('sum', {
      on: ['order.placed'],
      retry: fast,
      handler: async (e, ctx) => {
        const sum = ((await ctx.state.get()) as number | null) ?? 0;
        ctx.state.set(sum + e.data.total);
        await ctx.publish('totals', { type: 'total.changed', version: 1, data: { sum: sum + e.data.total } });
        await ctx.start(greet, e.data.id, { id: `greet-${e.offset}` });
        if (ctx.attempt === 1) throw new Error('after everything was staged');
      },
    });
    totals.subscribe('watch', {
      handler: (e) => {
        sums.push(e.data.sum);
        chains.push(`${e.correlationId === e.causationId} ${e.hops}`);
      },
    });
    const tutti = await open({ definitions: [source, totals, greet] });
    await source.publishAll([1, 2, 3].map((total) => Placed({ id: 'one', total })));
    await expect.poll(() => sums).toEqual([1, 3, 6]);
    await tutti.events.settled();
    expect(chains).toEqual(['true 1', 'true 1', 'true 1']);
    expect((await tutti.client.waitForRun('greet-2')).output).toBe('Hello one');
    expect(await tutti.client.listRuns({})).toHaveLength(3);
  });

  it('starts a run per event, once', async () => {
    const source = orders();
    const review = workflow(
      'review',
      async (_ctx, input: { readonly data: { readonly id: string } }) => input.data.id,
    );
    source.subscribe('review', { start: review });
    const tutti = await open({ definitions: [source, review] });
    await source.publish(Placed({ id: 'o1', total: 1 }));
    await tutti.events.settled();
    expect((await tutti.client.waitForRun('orders/review/0/0')).output).toBe('o1');
  });

  it('gets what a workflow publishes, once, though the workflow is replayed', async () => {
    const source = orders();
    const seen: string[] = [];
    source.subscribe('all', { handler: (e) => void seen.push(`${e.data.id} because of ${e.causationId}`) });
    const selling = workflow('sell', async (ctx, id: string) => {
      await ctx.publish(source, Placed({ id, total: 1 }));
      await ctx.sleep(5);
      await ctx.publish(source, Canceled({ id }));
      // @ts-expect-error -- total is a number, and is checked when the event is published
      return ctx.publish(source, Placed({ id, total: 'much' })).catch((error: unknown) => String(error));
    });
    const tutti = await open({ definitions: [source, selling], dev: true, idleMs: 1 });
    const { id } = await tutti.client.startRun('sell', 'o1', { id: 'sale' });
    expect((await tutti.client.waitForRun(id)).output).toContain('total');
    await expect.poll(() => seen).toEqual(['o1 because of sale', 'o1 because of sale']);
    await tutti.events.settled();
  });

  it('handles batches, and tries again only what failed in them', async () => {
    const source = orders();
    const calls: string[][] = [];
    source.subscribe('index', {
      batch: { max: 10 },
      retry: fast,
      handler: (events, ctx) => {
        calls.push(events.map((e) => e.data.id));
        for (const e of events)
          if (e.data.id === 'b' && ctx.attempt === 1) ctx.fail(e, new Error('not this one'));
      },
    });
    const tutti = await started(source);
    await source.publishAll(['a', 'b', 'c'].map((id) => Placed({ id, total: 1 })));
    await expect.poll(() => calls).toEqual([['a', 'b', 'c'], ['b']]);
    await tutti.events.settled();
  });

  it('begins where it was told', async () => {
    const store = createMemoryStore();
    const before = orders();
    await open({ store: store.openAnother(), definitions: [before] });
    await before.publishAll([1, 2, 3].map((total) => Placed({ id: 'x', total })));
    const seen: string[] = [];
    const source = orders();
    const on = ['order.placed'] as const;
    const note = (name: string) => (e: { readonly offset: number }) => void seen.push(`${name} ${e.offset}`);
    source.subscribe('tip', { on, handler: note('tip') });
    source.subscribe('oldest', { on, from: 'oldest', handler: note('oldest') });
    source.subscribe('offset', { on, from: { offset: 2 }, handler: note('offset') });
    source.subscribe('time', { on, from: { time: '2000-01-01' }, handler: note('time') });
    const tutti = await open({ store: store.openAnother(), definitions: [source] });
    await tutti.events.settled();
    expect(seen.toSorted()).toEqual(
      ['oldest 0', 'oldest 1', 'oldest 2', 'offset 2', 'time 0', 'time 1', 'time 2'].toSorted(),
    );
  });
});

describe('a subscription that is administered', () => {
  it('pauses, resumes, seeks and replays without touching the live cursor', async () => {
    const source = orders();
    const seen: string[] = [];
    const subscription = source.subscribe('audit', { handler: (e) => void seen.push(`${e.offset}`) });
    const tutti = await started(source);
    await source.publishAll([1, 2].map((total) => Placed({ id: 'x', total })));
    await tutti.events.settled();
    await subscription.pause();
    await source.publish(Placed({ id: 'x', total: 3 }));
    await tutti.events.tidy();
    await tutti.events.settled();
    expect(seen).toEqual(['0', '1']);
    expect(await subscription.status()).toMatchObject([{ lag: 1, cursor: { isPaused: true } }]);
    await subscription.resume();
    await expect.poll(() => seen).toEqual(['0', '1', '2']);
    expect(await subscription.seek('oldest', { dryRun: true })).toEqual([
      { partition: 0, from: 3, to: 0, parkedDropped: 0 },
    ]);
    await expect(subscription.seek({ offset: 99 })).rejects.toThrow('expected 0 to 3');
    await subscription.seek({ offset: 2 });
    await expect.poll(() => seen).toEqual(['0', '1', '2', '2']);
    await subscription.replay({ from: 'oldest', to: { offset: 2 }, as: 'again' });
    await expect.poll(() => seen).toEqual(['0', '1', '2', '2', '0', '1']);
    await tutti.events.settled();
    expect(await subscription.status()).toMatchObject([{ lag: 0, cursor: { next: 3 } }]);
  });
});

describe('flow control', () => {
  it('counts on after a restart', async () => {
    const store = createMemoryStore();
    const seen: number[] = [];
    const life = async (total: number): Promise<void> => {
      const source = orders();
      source.subscribe('few', {
        on: ['order.placed'],
        from: 'oldest',
        rateLimit: { limit: 1, per: '1h', key: (e) => e.data.id },
        handler: (e) => void seen.push(e.data.total),
      });
      const tutti = await open({ store: store.openAnother(), definitions: [source] });
      await source.publishAll([Placed({ id: 'a', total }), Placed({ id: `b${total}`, total: 10 * total })]);
      await tutti.events.settled();
      await tutti.stop();
    };
    await life(1);
    await life(2);
    expect(seen).toEqual([1, 10, 20]);
  });
});

describe('a file', () => {
  it('keeps cursors, parked events and state over a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tutti-events-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const store = join(directory, 'tutti.db');
    const seen: string[] = [];
    const life = async (
      isWell: boolean,
    ): Promise<{ readonly tutti: Tutti; readonly source: ReturnType<typeof orders> }> => {
      const source = orders({ partitions: 3 });
      source.subscribe('s', {
        from: 'oldest',
        retry: { ...fast, initialInterval: isWell ? 1 : '1h', maximumInterval: '1h' },
        handler: async (e, ctx) => {
          if (!isWell && e.data.id === 'k1') throw new Error('first life');
          const count = ((await ctx.state.get()) as number | null) ?? 0;
          ctx.state.set(count + 1);
          seen.push(`${e.data.id}:${count}`);
        },
      });
      return { tutti: await open({ store, definitions: [source] }), source };
    };
    const first = await life(false);
    await first.source.publishAll(['k1', 'k2', 'k1', 'k2'].map((id) => Placed({ id, total: 1 })));
    await expect.poll(() => seen).toEqual(['k2:0', 'k2:1']);
    await first.tutti.events.settled();
    const [parked] =
      (await first.source.subscriptions[0]?.status())?.filter((one) => one.cursor.parked.length > 0) ?? [];
    expect(parked?.cursor.parked).toMatchObject([{ lane: 'k1', attempts: 1, why: 'retry' }]);
    expect(parked?.cursor.parked[0]?.offsets).toHaveLength(2);
    await first.tutti.stop();
    const second = await life(true);
    await second.source.publish(Placed({ id: 'k2', total: 1 }));
    await expect.poll(() => seen).toEqual(['k2:0', 'k2:1', 'k2:2']);
    await second.source.subscriptions[0]?.seek('oldest');
    await expect.poll(() => seen.length).toBe(8);
    expect(seen.slice(3).toSorted()).toEqual(['k1:0', 'k1:1', 'k2:3', 'k2:4', 'k2:5']);
  });
});
