/** Runs that wait for events of topics, on the store in memory and on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createTutti,
  event,
  pipeline,
  signal,
  topic,
  workflow,
  type PublishedEvent,
  type Tutti,
  type TuttiOptions,
} from 'tutti';
import { z } from 'zod';
import type { CommitBatch, Store, WaitFilter } from '../../src/engine/index.ts';
import { createMemoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';

const Paid = event('paid', { schema: z.object({ order: z.string(), cents: z.number() }) });
const Canceled = event('canceled', { schema: z.object({ order: z.string() }) });
const go = signal<string>('go');

type Place = () => NonNullable<TuttiOptions['store']>;

const places: readonly (readonly [string, () => Place])[] = [
  [
    'memory',
    () => {
      const store = createMemoryStore();
      return () => store.openAnother();
    },
  ],
  [
    'a file',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'tutti-waits-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      return () => join(directory, 'tutti.db');
    },
  ],
];

// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and workflows are what the tests are about
function code(options: { readonly partitions?: number } = {}) {
  const orders = topic('orders', { events: [Paid, Canceled], key: (e) => e.data.order, ...options });
  const pay = workflow('pay', async (ctx, order: string) => {
    const paid = await ctx.waitForEvent(orders, Paid, { where: { data: { order: [order] } } });
    return paid.data.cents;
  });
  const late = workflow('late', async (ctx, order: string) => {
    await ctx.waitFor(go);
    const paid = await ctx.waitForEvent(orders, Paid, { where: { data: { order: [order] } } });
    return paid.data.cents;
  });
  const twice = workflow('twice', async (ctx, order: string) => {
    const where = { data: { order: [order] } } as const;
    const one = await ctx.waitForEvent(orders, Paid, { where });
    const two = await ctx.waitForEvent(orders, Paid, { where });
    return [one.data.cents, two.data.cents];
  });
  const either = workflow('either', async (ctx, order: string) => {
    const where = { data: { order: [order] } } as const;
    const first = await ctx.waitForAny(
      { paid: [orders, Paid, { where }], canceled: [orders, Canceled, { where }] },
      { timeout: '1h' },
    );
    const said = first.which === 'paid' ? `paid ${first.event.data.cents}` : 'canceled';
    await ctx.waitFor(go);
    return said;
  });
  const brief = workflow('brief', async (ctx) => {
    await ctx.waitForEvent(orders, Paid, { timeout: '1ms', name: 'payment' });
  });
  return { orders, definitions: [orders, pay, late, twice, either, brief] };
}

type Code = ReturnType<typeof code>;

async function open(store: Place, { definitions }: Code, options: TuttiOptions = {}): Promise<Tutti> {
  const tutti = await createTutti({ store: store(), definitions, leaseMs: 600, ...options });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

async function waiting(tutti: Tutti, id: string): Promise<void> {
  await expect
    .poll(async () => (await tutti.client.showRun(id)).waits.map(({ kind }) => kind))
    .toEqual(['event']);
}

describe('a run that an event started', () => {
  it('says which one, and hands its cause on to what it publishes', async () => {
    const orders = topic('orders', { events: [Paid, Canceled], key: (e) => e.data.order });
    const refunds = topic('refunds', { events: [Canceled] });
    const review = workflow('review', async (ctx, given: PublishedEvent) => {
      await ctx.publish(refunds, Canceled({ order: given.id }));
      return ctx.trigger;
    });
    const subscription = orders.subscribe('reviews', { on: ['paid'], start: review });
    orders.subscribe('cancels', {
      on: ['canceled'],
      handler: async (_e, ctx) => ctx.start(review, _e, { id: 'by-handler' }),
    });
    const seen: PublishedEvent[] = [];
    refunds.subscribe('all', { handler: (e) => void seen.push(e) });
    const tutti = await createTutti({ store: ':memory:', definitions: [orders, refunds, review] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    const { id, offset } = await orders.publish(Paid({ order: 'o1', cents: 1 }));
    await tutti.events.settled();
    const { output } = await tutti.client.waitForRun('orders/reviews/0/0');
    const cause = { topic: 'orders', partition: 0, offset, id, type: 'paid', correlationId: id, hops: 0 };
    expect(output).toMatchObject({ by: 'event', schedule: `orders/${subscription.name}`, event: cause });
    expect((await tutti.client.showRun('orders/reviews/0/0')).trigger?.event).toEqual(cause);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatchObject({ correlationId: id, causationId: id, hops: 1 });
    const canceled = await orders.publish(Canceled({ order: 'o1' }));
    await tutti.events.settled();
    await tutti.client.waitForRun('by-handler');
    expect((await tutti.client.showRun('by-handler')).trigger?.event?.id).toBe(canceled.id);
  });

  it('does not take that event for the one it waits for', async () => {
    const orders = topic('orders', { events: [Paid], key: (e) => e.data.order });
    const next = workflow('next', async (ctx) => (await ctx.waitForEvent(orders, Paid)).data.cents);
    orders.subscribe('starts', { filter: { data: { cents: [1] } }, start: next });
    const tutti = await createTutti({ store: ':memory:', definitions: [orders, next] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await orders.publishAll([Paid({ order: 'o1', cents: 1 }), Paid({ order: 'o1', cents: 2 })]);
    await tutti.events.settled();
    expect((await tutti.client.waitForRun('orders/starts/0/0')).output).toBe(2);
  });
});

describe.each(places)('a run that waits for an event, on %s', (_name, place) => {
  it('gets the first one that fits its pattern', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('pay', 'o1');
    await waiting(tutti, id);
    await all.orders.publish(Paid({ order: 'o2', cents: 1 }));
    await all.orders.publish(Canceled({ order: 'o1' }));
    await all.orders.publishAll([Paid({ order: 'o1', cents: 2 }), Paid({ order: 'o1', cents: 3 })]);
    expect((await tutti.client.waitForRun(id)).output).toBe(2);
  });

  it('gets one that came after its start and before the wait, and none from before its start', async () => {
    const all = code();
    const tutti = await open(place(), all);
    await all.orders.publish(Paid({ order: 'o1', cents: 1 }));
    await new Promise<void>((resolve) => setTimeout(resolve, 2));
    const { id } = await tutti.client.startRun('late', 'o1');
    await all.orders.publish(Paid({ order: 'o1', cents: 2 }));
    await tutti.client.sendSignal(id, 'go', '');
    expect((await tutti.client.waitForRun(id)).output).toBe(2);
  });

  it('is searched for from its own position while the waits of others are further on', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const other = await tutti.client.startRun('pay', 'o9');
    await waiting(tutti, other.id);
    const { id } = await tutti.client.startRun('late', 'o1');
    await all.orders.publish(Canceled({ order: 'o1' }));
    await all.orders.publishAll([2, 3].map((cents) => Paid({ order: 'o1', cents })));
    await tutti.events.settled();
    await tutti.client.sendSignal(id, 'go', '');
    expect((await tutti.client.waitForRun(id)).output).toBe(2);
    await all.orders.publish(Paid({ order: 'o9', cents: 9 }));
    expect((await tutti.client.waitForRun(other.id)).output).toBe(9);
  });

  it('goes on behind the event it got when it waits for the same again', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('twice', 'o1');
    await waiting(tutti, id);
    await all.orders.publishAll([1, 2, 3].map((cents) => Paid({ order: 'o1', cents })));
    expect((await tutti.client.waitForRun(id)).output).toEqual([1, 2]);
  });

  it('leaves no wait of the losers behind when it waits for any of several', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('either', 'o1');
    await expect.poll(async () => (await tutti.client.showRun(id)).waits.length).toBe(2);
    await all.orders.publish(Canceled({ order: 'o1' }));
    await expect
      .poll(async () => (await tutti.client.showRun(id)).waits.map(({ name }) => name))
      .toEqual(['go']);
    await all.orders.publish(Paid({ order: 'o1', cents: 5 }));
    await tutti.events.settled();
    expect((await tutti.client.showRun(id)).inbox).toBe(0);
    await tutti.client.sendSignal(id, 'go', '');
    expect((await tutti.client.waitForRun(id)).output).toBe('canceled');
  });

  it('ends with its timeout when nothing comes', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('brief', null);
    const run = await tutti.client.waitForRun(id);
    expect(run.error).toMatchObject({ code: 'TUTTI_WAIT_TIMEOUT' });
  });

  it('is shown with what it waits for', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('pay', 'o1');
    await waiting(tutti, id);
    expect((await tutti.client.showRun(id)).waits).toMatchObject([
      {
        kind: 'event',
        name: 'paid',
        deadline: null,
        detail: { topic: 'orders', type: 'paid', where: { data: { order: ['o1'] } }, from: [0] },
      },
    ]);
  });

  it('gets, from the next worker, what was published while none was at work', async () => {
    const store = place();
    const first = code();
    const tutti = await open(store, first);
    const { id } = await tutti.client.startRun('pay', 'o1');
    await waiting(tutti, id);
    await tutti.stop();
    const idle = code();
    const client = await createTutti({ store: store(), definitions: idle.definitions });
    await idle.orders.publish(Paid({ order: 'o1', cents: 7 }));
    await client.stop();
    const next = await open(store, code());
    expect((await next.client.waitForRun(id)).output).toBe(7);
  });

  it('is found by a worker that did not store its wait, in every partition', async () => {
    const store = place();
    const one = code({ partitions: 4 });
    const two = code({ partitions: 4 });
    const first = await open(store, one);
    const second = await open(store, two);
    await first.events.tidy();
    await second.events.tidy();
    const orders = Array.from({ length: 12 }, (_, i) => `o${i}`);
    const runs = await Promise.all(
      orders.map((order, i) => (i % 2 === 0 ? first : second).client.startRun('pay', order)),
    );
    for (const { id } of runs) await waiting(first, id);
    await two.orders.publishAll(orders.map((order, cents) => Paid({ order, cents })));
    const outputs = await Promise.all(runs.map(async ({ id }) => (await first.client.waitForRun(id)).output));
    expect(outputs).toEqual(orders.map((_, cents) => cents));
  });
});

describe('a task of a pipeline that waits for an event', () => {
  // oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and pipeline are what the tests are about
  function shipping() {
    const orders = topic('orders', { events: [Paid, Canceled], key: (e) => e.data.order });
    const ship = pipeline('ship', { input: z.object({ order: z.string() }) }, (p) => {
      const paid = p.wait(
        'paid',
        orders.arrival(Paid, { where: ({ order }: { order: string }) => ({ data: { order: [order] } }) }),
      );
      return p.task('cents', { paid }, ({ paid: { data } }) => data.cents);
    });
    return { orders, ship };
  }

  it('gets the one its run is about, and the run is shown to wait for it', async () => {
    const { orders, ship } = shipping();
    const tutti = await createTutti({ store: ':memory:', definitions: [orders, ship] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    const { id } = await tutti.client.startRun('ship', { order: 'o1' });
    await waiting(tutti, id);
    await orders.publishAll([Paid({ order: 'o2', cents: 1 }), Paid({ order: 'o1', cents: 2 })]);
    expect((await tutti.client.waitForRun(id)).output).toBe(2);
  });

  it('finds it in the run that an event started', async () => {
    const { orders, ship } = shipping();
    orders.subscribe('ships', { on: ['canceled'], start: ship, input: (e) => ({ order: e.data.order }) });
    const tutti = await createTutti({ store: ':memory:', definitions: [orders, ship] });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await orders.publishAll([
      Paid({ order: 'o1', cents: 1 }),
      Canceled({ order: 'o1' }),
      Paid({ order: 'o1', cents: 2 }),
    ]);
    await tutti.events.settled();
    const run = await tutti.client.waitForRun('orders/ships/0/1');
    expect(run.output).toBe(2);
    expect((await tutti.client.showRun('orders/ships/0/1')).trigger?.event).toMatchObject({ offset: 1 });
  });

  it('is refused with a pattern that is none, when the pipeline is declared', () => {
    const orders = topic('orders', { events: [Paid], key: (e) => e.data.order });
    // @ts-expect-error -- cents is a number
    expect(() => orders.arrival(Paid, { where: { data: { cents: [{ prefix: 1 }] } } })).toThrow(
      expect.objectContaining({ code: 'TUTTI_PATTERN_INVALID' }),
    );
  });
});

/** A handle on the store that counts the waits it reads, other than those of one run. */
function counting(store: MemoryStore): { readonly store: Store; readonly read: () => number } {
  const handle = store.openAnother();
  let read = 0;
  const counted = new Proxy(handle, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === 'listWaits') {
        return async (filter: WaitFilter) => {
          const waits = await handle.listWaits(filter);
          if (filter.run === undefined) read += waits.length;
          return waits;
        };
      }
      if (name === 'newEventWaits') {
        return async (after: number, limit: number) => {
          const found = await handle.newEventWaits(after, limit);
          read += found.waits.length;
          return found;
        };
      }
      return value.bind(target) as unknown;
    },
  });
  return { store: counted, read: () => read };
}

describe('many runs that wait', () => {
  it('cost a commit of another process nothing, and a new one of them is one to read', async () => {
    const store = createMemoryStore();
    const { store: counted, read } = counting(store);
    const tutti = await createTutti({ store: counted, definitions: code().definitions });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    for (let n = 0; n < 30; n += 1) await tutti.client.startRun('pay', `o${n}`);
    await expect.poll(async () => (await store.listWaits({ kind: 'event' })).length).toBe(30);
    await tutti.events.settled();
    const before = read();
    for (let n = 0; n < 5; n += 1) {
      const cell = { space: 'foreign', key: 'k', value: String(n) };
      await store.commit(clientBatch({ cells: [cell] }));
      await tutti.events.settled();
    }
    expect(read() - before).toBe(0);
    await tutti.client.startRun('pay', 'one more');
    await expect.poll(async () => (await store.listWaits({ kind: 'event' })).length).toBe(31);
    await tutti.events.settled();
    expect(read() - before).toBe(1);
  });
});

function clientBatch(parts: Partial<CommitBatch>): CommitBatch {
  const nothing = { starts: [], sends: [], entries: [], waits: [], endedWaits: [], consumed: [], runs: [] };
  return { worker: null, ...nothing, ...parts };
}
