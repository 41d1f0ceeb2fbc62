import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { event, topic } from '../events/index.ts';
import { workflow } from '../workflows/index.ts';
import { crashTest, type LoadedCode } from './crash-test.ts';
import type { EffectLog } from './effect-log.ts';
import { virtualStart } from './virtual-clock.ts';

const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Paid = event('order.paid', { schema: z.object({ id: z.string() }) });
const Shipped = event('order.shipped', { schema: z.object({ id: z.string() }) });

const placed = (id: string, total = 1) => Placed({ id, total });
const events = [placed('a'), placed('b', 13), placed('a', 2), placed('c', 0)];

const orderTopic = () => topic('orders', { events: [Placed], key: (e) => e.data.id });
const shipmentTopic = () => topic('shipments', { events: [Shipped] });

/** Topics and a workflow that do everything right, with a bit of everything in them. */
function shop(effects: EffectLog) {
  const orders = orderTopic();
  const shipments = shipmentTopic();
  const payments = topic('payments', { events: [Paid] });
  orders.subscribe('ship', {
    retry: { initialInterval: '1m', maximumAttempts: 3 },
    handler: async ({ data }, ctx) => {
      if (data.total === 0) ctx.deadLetter('nothing to ship');
      if (data.total === 13 && ctx.attempt === 1) throw new Error('unlucky');
      effects.record('label', { key: ctx.idempotencyKey, detail: data.id });
      ctx.state.set((((await ctx.state.get()) as number | null) ?? 0) + data.total);
      await ctx.publish(shipments, Shipped({ id: data.id }));
    },
  });
  shipments.subscribe('tell', {
    debounce: { for: '10s', key: (e) => e.data.id },
    handler: ({ data }, ctx) => effects.record('mail', { key: ctx.idempotencyKey, detail: data.id }),
  });
  orders.subscribe('follow', { start: { name: 'follow' }, input: (e) => e.data.id });
  const follow = workflow('follow', async (ctx, id: string) => {
    const paid = await ctx.waitForEvent(payments, Paid);
    await ctx.step('book', ({ idempotencyKey }) =>
      effects.record('book', { key: idempotencyKey, detail: id }),
    );
    return paid.data.id;
  });
  return {
    all: [orders, shipments, payments, follow] as const,
    replies: [{ topic: payments, event: Paid({ id: 'x' }) }],
  };
}

/** One subscription on orders that reacts like this. */
function reacting(react: (effects: EffectLog) => Parameters<ReturnType<typeof orderTopic>['subscribe']>[1]) {
  return ({ effects }: { readonly effects: EffectLog }): LoadedCode<ReturnType<typeof orderTopic>> => {
    const orders = orderTopic();
    orders.subscribe('react', react(effects) as never);
    return orders;
  };
}

describe.each(['memory', 'sqlite'] as const)('on the %s store', (store) => {
  it('sound handlers, and what they set off, survive a kill at each of their writes', async () => {
    const { replies } = shop({ effects: [], record: () => undefined, clear: () => undefined });
    const report = await crashTest(({ effects }) => shop(effects).all, events, { replies, store });
    expect(report.text).toMatch(/^Nothing found: /);
    expect(report.ok).toBe(true);
    expect(report.kills).toBeGreaterThan(20);
    expect(report.positions).toBeGreaterThan(10);
  });
});

it('events that are delivered later come once, whenever the process that would deliver them dies', async () => {
  const loading = () => {
    const orders = orderTopic();
    const shipments = shipmentTopic();
    orders.subscribe('later', {
      handler: ({ data }, ctx) =>
        ctx.publish(shipments, Shipped({ id: data.id }), { at: Date.UTC(2026, 0, 2) }),
    });
    return [orders, shipments] as const;
  };
  const report = await crashTest(loading, [placed('a'), placed('b')]);
  expect(report.text).toMatch(/^Nothing found: /);
});

it('a workflow that publishes and waits for an event survives too', async () => {
  const shipments = shipmentTopic();
  const payments = topic('payments', { events: [Paid] });
  const order = workflow('order', async (ctx, id: string) => {
    await ctx.publish(shipments, Shipped({ id }));
    const paid = await ctx.waitForEvent(payments, Paid, { timeout: '1d' });
    await ctx.publish(shipments, Shipped({ id: paid.data.id }));
    return paid.data.id;
  });
  const report = await crashTest(order, 'o-1', {
    definitions: [shipments, payments],
    replies: [{ topic: payments, event: Paid({ id: 'o-2' }) }],
  });
  expect(report.text).toMatch(/^Nothing found: /);
});

describe('planted bugs', () => {
  it('an event published beside the context is found where the commit of its handler is lost', async () => {
    const report = await crashTest(() => {
      const orders = orderTopic();
      const shipments = shipmentTopic();
      orders.subscribe('ship', { handler: ({ data }) => shipments.publish(Shipped({ id: data.id })) });
      return [orders, shipments];
    }, [placed('a')]);
    expect(report.findings.map(({ kind }) => kind)).toContain('topic');
    const [finding] = report.findings;
    expect(finding?.message).toBe(
      'topic "shipments" holds order.shipped {"id":"a"}: 2 time(s), without a crash 1 time(s)',
    );
  });

  it('a mail without an idempotency key is found', async () => {
    const code = reacting((effects) => ({ handler: () => effects.record('mail', { detail: 'hello' }) }));
    const report = await crashTest(code, [placed('a')]);
    expect(report.findings.map(({ kind }) => kind)).toContain('effect-doubled');
    expect(report.text).toContain('the position of subscription "orders/react/0"');
    const [finding] = report.findings;
    const again = await crashTest(code, [placed('a')], { only: finding!.point!.id });
    expect(again.findings).toEqual([finding]);
  });

  it('a count in a variable beside the handler is found: the next process begins anew', async () => {
    const code = reacting(() => {
      let count = 0;
      return {
        handler: (_: unknown, ctx: { readonly state: { set: (value: unknown) => void } }) =>
          ctx.state.set((count += 1)),
      };
    });
    const report = await crashTest(code, [placed('a'), placed('a')]);
    expect(report.text).toContain('subscription "orders/react" keeps of key "a": 1, without a crash 2');
  });

  it('an event that is acknowledged before its work is done is lost with the process', async () => {
    const code = reacting((effects) => {
      const later: string[] = [];
      return {
        throttle: { limit: 1, per: '1m' },
        handler: ({ data }: { readonly data: { readonly id: string } }) => {
          // The event before it, whose handler has returned long ago.
          for (const id of later.splice(0)) effects.record('done', { key: id });
          later.push(data.id);
        },
      };
    });
    const report = await crashTest(code, [placed('a'), placed('b')]);
    expect(report.findings.map(({ kind }) => kind)).toContain('effect-lost');
  });
});

it('a topic is given a list of events, and events that call each other up for ever are given up', async () => {
  await expect(crashTest(orderTopic(), 'a' as never)).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
  const loop = () => {
    const orders = orderTopic();
    orders.subscribe('again', {
      handler: ({ data: { id, total } }, ctx) =>
        ctx.publish(orders, placed(id, total + 1), { at: virtualStart + total * 3_600_000 }),
    });
    return orders;
  };
  await expect(crashTest(loop, [placed('a')], { timersMax: 20 })).rejects.toMatchObject({
    code: 'TUTTI_TEST_STUCK',
    message: expect.stringContaining('topic "orders" never came to their end') as string,
  });
});
