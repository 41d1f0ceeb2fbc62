import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { event, topic } from '../events/index.ts';
import { workflow } from '../workflows/index.ts';
import { createTestTutti } from './create-test-tutti.ts';
import { virtualStart } from './virtual-clock.ts';

const second = 1_000;
const hour = 3_600_000;

const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Paid = event('order.paid', { schema: z.object({ id: z.string() }) });
const Shipped = event('order.shipped', { schema: z.object({ id: z.string(), weight: z.number() }) });

const orderTopic = () => topic('orders', { events: [Placed, Paid], key: (e) => e.data.id });
const placed = (id: string, total = 1) => Placed({ id, total });

describe.each(['memory', 'sqlite'] as const)('on the %s store', (store) => {
  it('given events, a test sees what was published, parked, dead and waited for', async () => {
    const shipments = topic('shipments', { events: [Shipped] });
    const orders = orderTopic();
    orders.subscribe('ship', {
      on: ['order.placed'],
      retry: { initialInterval: '1m', maximumAttempts: 2 },
      handler: async ({ data }, ctx) => {
        if (data.total === 13) throw new Error('unlucky');
        if (data.total === 0) ctx.deadLetter('nothing to ship');
        await ctx.publish(shipments, Shipped({ id: data.id, weight: data.total }));
      },
    });
    orders.subscribe('follow', { on: ['order.placed'], start: { name: 'follow' }, input: (e) => e.data.id });
    const follow = workflow('follow', async (ctx, id: string) => {
      await ctx.waitForEvent(orders, Paid, { where: { data: { id: [id] } } });
      return `${id} is paid`;
    });
    await using env = await createTestTutti({ definitions: [orders, shipments, follow], store });
    for (const [id, total] of [
      ['a', 1],
      ['b', 13],
      ['c', 0],
    ] as const)
      await env.publish(orders, placed(id, total));
    await env.settle();
    expect((await env.published(shipments)).map(({ data }) => data)).toEqual([{ id: 'a', weight: 1 }]);
    expect(await env.parked('orders/ship')).toEqual([
      expect.objectContaining({ key: 'b', why: 'retry', attempts: 1, error: 'Error: unlucky' }),
    ]);
    expect(await env.deadLetters('ship')).toMatchObject([
      { key: 'c', error: expect.stringContaining('nothing to ship') as string },
    ]);
    expect((await env.waiting()).map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      Array(3).fill('event order.paid'),
    );
    expect(env.now).toBe(virtualStart);

    await env.untilHandled();
    expect(env.now).toBeGreaterThan(virtualStart + 30 * second);
    expect(await env.parked('orders/ship')).toEqual([]);
    expect((await env.deadLetters('orders/ship')).map(({ key }) => key)).toEqual(['b', 'c']);

    await env.publish('orders', Paid({ id: 'a' }));
    await env.settle();
    expect(await env.waiting()).toHaveLength(2);
    const [run] = await env.client.listRuns({ states: ['completed'] });
    expect((await env.show(run!.id)).output).toBe('a is paid');
  });

  it('a restart in the middle loses nothing and does nothing twice', async () => {
    const orders = orderTopic();
    orders.subscribe('count', {
      handler: async ({ data }, ctx) => {
        if (ctx.attempt === 1) throw new Error('not yet');
        ctx.state.set([...(((await ctx.state.get()) ?? []) as string[]), data.id]);
      },
    });
    await using env = await createTestTutti({ definitions: [orders], store });
    await env.publish(orders, placed('a'));
    await env.settle();
    await env.restart();
    await env.publish(orders, placed('a'));
    await env.untilHandled(orders.subscriptions[0]);
    await env.restart();
    await env.settle();
    const cells = await env.client.showConsumer('orders/count');
    expect(cells).toMatchObject({ lag: 0, deadLetters: 0 });
    expect(await orders.subscriptions[0]!.status()).toMatchObject([{ lag: 0, nextOffset: 2 }]);
  });
});

describe('the catalogue', () => {
  it('is kept as in production, and a deployment that breaks it is refused while the old code goes on', async () => {
    const seen: string[] = [];
    const declare = (schema: z.ZodType) => {
      const orders = topic('orders', { events: [event('order.paid', { schema })] });
      orders.subscribe('see', { handler: (e) => void seen.push((e.data as { id: string }).id) });
      return orders;
    };
    const orders = declare(z.object({ id: z.string() }));
    await using env = await createTestTutti({ definitions: [orders] });
    expect((await env.client.readCatalogue()).events).toMatchObject([
      { topic: 'orders', type: 'order.paid' },
    ]);
    const breaking = declare(z.object({ id: z.string(), cents: z.number() }));
    await expect(env.restart({ definitions: [breaking] })).rejects.toMatchObject({
      code: 'TUTTI_EVENT_INCOMPATIBLE',
    });
    await env.publish(orders, Paid({ id: 'a' }));
    await env.untilHandled();
    expect(seen).toEqual(['a']);
    const wider = declare(z.object({ id: z.string(), cents: z.number().optional() }));
    await env.restart({ definitions: [wider] });
    expect((await env.client.readCatalogue()).events[0]?.schemas).toHaveLength(2);
  });
});

describe('virtual time', () => {
  it('brings an event when it is to be delivered, not before', async () => {
    const orders = orderTopic();
    const seen: number[] = [];
    orders.subscribe('see', { handler: () => void seen.push(env.now) });
    const env = await createTestTutti({ definitions: [orders] });
    await env.publish(orders, placed('later'), { at: new Date(virtualStart + 2 * hour) });
    await env.publish(orders, placed('sooner'), { at: new Date(virtualStart + hour) });
    await env.advance('59m');
    expect(seen).toEqual([]);
    await env.advance('2h');
    expect(seen).toEqual([virtualStart + hour, virtualStart + 2 * hour]);
    await env.close();
  });

  it('passes from try to try, each at its own time, and ends with a dead letter', async () => {
    const orders = orderTopic();
    const tries: number[] = [];
    orders.subscribe('fail', {
      retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 4, jitter: 0 },
      handler: () => {
        tries.push((env.now - virtualStart) / second);
        throw new Error('no');
      },
    });
    const env = await createTestTutti({ definitions: [orders] });
    await env.publish(orders, placed('a'));
    await env.untilHandled();
    expect(tries).toEqual([0, 1, 3, 7]);
    expect(await env.deadLetters('fail')).toMatchObject([{ attempts: 4 }]);
    await env.close();
  });

  it('fills batches, throttles, and waits for quiet', async () => {
    const orders = orderTopic();
    const at = (what: string): string => `${what} at ${(env.now - virtualStart) / second}`;
    const seen: string[] = [];
    orders.subscribe('batch', {
      batch: { max: 3, within: '10s' },
      handler: (events) => void seen.push(at(`batch of ${events.length}`)),
    });
    orders.subscribe('throttle', {
      throttle: { limit: 1, per: '30s' },
      handler: ({ data }) => void seen.push(at(`throttled ${data.id}`)),
    });
    orders.subscribe('debounce', {
      debounce: { for: '20s' },
      handler: ({ data }) => void seen.push(at(`quiet ${data.id}`)),
    });
    const env = await createTestTutti({ definitions: [orders] });
    for (const id of ['a', 'a', 'b', 'c']) await env.publish(orders, placed(id));
    await env.settle();
    expect((await env.parked('debounce')).map(({ key, why }) => `${key} ${why}`)).toEqual([
      'a debounce',
      'b debounce',
      'c debounce',
    ]);
    await env.untilHandled();
    expect(seen.filter((one) => one.startsWith('batch'))).toEqual(['batch of 3 at 0', 'batch of 1 at 10']);
    expect(seen.filter((one) => one.startsWith('quiet'))).toEqual([
      'quiet a at 20',
      'quiet b at 20',
      'quiet c at 20',
    ]);
    expect(seen.filter((one) => one.startsWith('throttled')).map((one) => one.split(' at ')[1])).toEqual([
      '0',
      '30',
      '60',
      '90',
    ]);
    await env.close();
  });

  it('go on after a crash as fast as before: waits for quiet and batches do not queue up', async () => {
    const orders = orderTopic();
    const seen: string[] = [];
    const at = (what: string): string => `${what} at ${(env.now - virtualStart) / second}`;
    orders.subscribe('debounce', {
      on: ['order.placed'],
      debounce: { for: '20s' },
      handler: ({ data }) => void seen.push(at(`${data.id} ${data.total}`)),
    });
    orders.subscribe('batch', {
      batch: { max: 3, within: '30s' },
      handler: (events) => void seen.push(at(events.map(({ data }) => data.id).join(''))),
    });
    const env = await createTestTutti({ definitions: [orders] });
    await env.publish(orders, placed('a', 1));
    await env.publish(orders, placed('b', 1));
    await env.restart();
    await env.publish(orders, placed('a', 2));
    await env.untilHandled();
    // "a" is tried alone, and at once; the last of those that may have ended the process goes with those behind it.
    expect(seen.toSorted()).toEqual(['a 2 at 20', 'a at 0', 'b 1 at 20', 'ba at 30']);
    await env.close();
  });

  it('stands still while a handler does real input and output', async () => {
    const orders = orderTopic();
    orders.subscribe('slow', {
      attemptTimeout: '1s',
      handler: () => new Promise<void>((resolve) => setTimeout(resolve, 20)),
    });
    await using env = await createTestTutti({ definitions: [orders] });
    await env.publish(orders, placed('a'));
    await env.untilHandled();
    expect(env.now).toBe(virtualStart);
    expect(await env.deadLetters('slow')).toEqual([]);
  });

  it('deletes what is to be kept for a while when that while is over', async () => {
    const orders = topic('orders', { events: [Placed], retain: { for: '1h' } });
    await using env = await createTestTutti({ definitions: [orders] });
    await env.publish(orders, placed('old'));
    await env.advance('2h');
    await env.publish(orders, placed('new'));
    expect((await env.published(orders)).map(({ data }) => data.id)).toEqual(['new']);
  });

  it('brings planned events, and answers waits whether they came before or after', async () => {
    const orders = orderTopic();
    const either = workflow('either', async (ctx, id: string) => {
      await ctx.sleep('1h');
      const where = { data: { id: [id] } } as const;
      const first = await ctx.waitForAny(
        { paid: [orders, Paid, { where }], placed: [orders, Placed, { where }] },
        { timeout: '1d' },
      );
      return `${first.which} at ${(Date.now() - virtualStart) / hour}`;
    });
    await using env = await createTestTutti({ definitions: [orders, either] });
    const early = await env.start(either, 'early');
    await env.publish(orders, Paid({ id: 'early' }));
    const late = await env.start(either, 'late');
    env.publishAfter('5h', orders, placed('late'));
    const never = await env.start(either, 'never');
    expect(await early.result()).toBe('paid at 1');
    expect(await env.untilWaiting(never)).toMatchObject({ kind: 'event' });
    expect(await late.result()).toBe('placed at 5');
    await expect(never.result()).rejects.toMatchObject({ code: 'TUTTI_WAIT_TIMEOUT' });
  });

  it('goes no further than to a subscription that is paused, and says so', async () => {
    const orders = orderTopic();
    const paused = orders.subscribe('paused', { handler: () => undefined });
    await using env = await createTestTutti({ definitions: [orders] });
    await paused.pause();
    await env.publish(orders, placed('a'));
    await expect(env.untilHandled(paused)).rejects.toMatchObject({
      code: 'TUTTI_TEST_STUCK',
      message: expect.stringContaining('"orders/paused" has 1 left') as string,
    });
    await paused.resume();
    await env.untilHandled(paused);
  });
});

describe('mocks of handlers', () => {
  it('are called instead, may call the handler, and keep their calls', async () => {
    const orders = orderTopic();
    const seen: string[] = [];
    const index = orders.subscribe('index', { handler: ({ data }) => void seen.push(data.id) });
    await using env = await createTestTutti({ definitions: [orders] });
    const mock = env.mockHandler(index, async ({ event: { data }, original, takes }) => {
      await takes('1h');
      if ((data as { readonly id: string }).id === 'b') await original();
    });
    await env.publish(orders, placed('a'));
    await env.publish(orders, placed('b'));
    await env.untilHandled(index);
    expect(env.now).toBe(virtualStart + hour);
    expect(seen).toEqual(['b']);
    expect(mock.calls.map(({ events, state }) => `${events[0]?.key} ${state}`)).toEqual([
      'a returned',
      'b returned',
    ]);
    mock.restore();
    await env.publish(orders, placed('c'));
    await env.settle();
    expect(seen).toEqual(['b', 'c']);
  });

  it('make a handler fail some times before it is called', async () => {
    const orders = orderTopic();
    const seen: string[] = [];
    orders.subscribe('index', { handler: ({ data }) => void seen.push(data.id) });
    await using env = await createTestTutti({ definitions: [orders] });
    const mock = env.mockHandler('orders/index', { failTimes: 2, error: new Error('busy') });
    await env.publish(orders, placed('a'));
    await env.untilHandled();
    expect(mock.calls.map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      '1 threw',
      '2 threw',
      '3 returned',
    ]);
    expect(seen).toEqual(['a']);
  });

  it('that no event ever reaches are reported; a subscription that starts runs has none', async () => {
    const orders = orderTopic();
    orders.subscribe('index', { on: ['order.paid'], handler: () => undefined });
    orders.subscribe('follow', { start: { name: 'follow' } });
    const env = await createTestTutti({ definitions: [orders, workflow('follow', async () => 1)] });
    env.mockHandler('index', () => undefined);
    await env.publish(orders, placed('a'));
    await env.settle();
    expect(() => env.verifyMocks()).toThrow(/handler "orders\/index" was never called/);
    expect(() => env.mockHandler('follow', () => undefined)).toThrow(/mockWorkflow/);
    expect(() => env.mockHandler('inedx', () => undefined)).toThrow(/index/);
    await env.close();
  });
});
