/* oxlint-disable vitest/expect-expect -- the compiler is what expects */
import { describe, expectTypeOf, it } from 'vitest';
import {
  event,
  pipeline,
  signal,
  topic,
  type EventOf,
  type PatternOf,
  type PublishedEvent,
  workflow,
} from 'tutti';
import { z } from 'zod';

const Placed = event('order.placed', {
  schema: z.object({
    id: z.string(),
    total: z.number(),
    isGift: z.boolean().optional(),
    lines: z.array(z.object({ sku: z.string(), qty: z.number() })),
    address: z.object({ country: z.enum(['DE', 'FR']) }),
  }),
});
const Canceled = event('order.canceled', {
  schema: z.object({ id: z.string(), reason: z.enum(['user', 'fraud']) }),
});
const orders = topic('orders', { events: [Placed, Canceled], key: (e) => e.data.id });

type Placed = EventOf<typeof Placed>;
type Pattern = PatternOf<Placed>;

describe('an event', () => {
  it('carries its type and its data', () => {
    expectTypeOf<Placed>().toExtend<PublishedEvent<'order.placed'>>();
    expectTypeOf<Placed['data']['total']>().toEqualTypeOf<number>();
  });

  it('cannot be made with a wrong or missing field', () => {
    // @ts-expect-error -- total is a number
    Placed({ id: 'o1', total: '12', lines: [], address: { country: 'DE' } });
    // @ts-expect-error -- reason is missing
    Canceled({ id: 'o1' });
    // @ts-expect-error -- no such reason
    Canceled({ id: 'o1', reason: 'weather' });
  });

  it('of another topic cannot be published', () => {
    const Paid = event('paid', { schema: z.object({ id: z.string() }) });
    // @ts-expect-error -- orders does not declare it
    void orders.publish(Paid({ id: 'o1' }));
  });
});

describe('a pattern', () => {
  it('takes operators that fit their leaf', () => {
    expectTypeOf<{
      type: ['order.placed'];
      data: {
        total: [{ numeric: ['>', 1000] }];
        lines: { sku: [{ prefix: 'GIFT-' }] };
        isGift: [true, { exists: false }];
        $or: [{ id: [{ 'anything-but': ['a', 'b'] }] }, { address: { country: ['DE'] } }];
      };
    }>().toExtend<Pattern>();
  });

  it('refuses an unknown field', () => {
    // @ts-expect-error -- the field is called total
    const pattern: Pattern = { data: { totl: [1] } };
    expectTypeOf(pattern).toEqualTypeOf<Pattern>();
  });

  it('refuses an operator on the wrong kind of leaf', () => {
    // @ts-expect-error -- a number has no prefix
    const prefix: Pattern = { data: { total: [{ prefix: '1' }] } };
    // @ts-expect-error -- a text is not compared as a number
    const numeric: Pattern = { data: { id: [{ numeric: ['>', 1] }] } };
    // @ts-expect-error -- the lower bound comes first
    const range: Pattern = { data: { total: [{ numeric: ['<', 5, '>', 1] }] } };
    expectTypeOf([prefix, numeric, range]).toEqualTypeOf<Pattern[]>();
  });

  it('refuses a literal the field can never hold', () => {
    // @ts-expect-error -- no such country
    const country: Pattern = { data: { address: { country: ['IT'] } } };
    // @ts-expect-error -- no such type
    const type: Pattern = { type: ['order.shipped'] };
    // @ts-expect-error -- a leaf is a list
    const bare: Pattern = { data: { id: 'o1' } };
    // @ts-expect-error -- an empty list matches nothing
    const empty: Pattern = { data: { id: [] } };
    expectTypeOf([country, type, bare, empty]).toEqualTypeOf<Pattern[]>();
  });
});

describe('a subscription', () => {
  it('knows the data of the events it asked for', () => {
    orders.subscribe('placed', {
      on: ['order.placed'],
      filter: { data: { total: [{ numeric: ['>', 1000] }] } },
      handler: (e, ctx) => {
        expectTypeOf(e.data.total).toEqualTypeOf<number>();
        expectTypeOf(ctx.attempt).toEqualTypeOf<number>();
      },
    });
    orders.subscribe('batches', {
      batch: { max: 10 },
      handler: (events) => {
        expectTypeOf(events[0]?.type).toEqualTypeOf<'order.placed' | 'order.canceled' | undefined>();
      },
    });
  });

  it('that sends a signal gives it what its schema takes', () => {
    const approved = signal('approved', z.object({ by: z.string() }));
    const to = (e: { readonly data: { readonly id: string } }): string => e.data.id;
    orders.subscribe('a', {
      on: ['order.canceled'],
      send: approved,
      to,
      payload: (e) => ({ by: e.data.reason }),
    });
    // @ts-expect-error -- by is a text
    orders.subscribe('b', { send: approved, to, payload: () => ({ by: 1 }) });
    // @ts-expect-error -- only order.canceled has a reason
    orders.subscribe('c', { on: ['order.placed'], send: approved, to: (e) => e.data.reason });
  });

  it('cannot ask for a type its topic does not declare', () => {
    // @ts-expect-error -- unknown event
    orders.subscribe('x', { on: ['order.shipped'], handler: () => undefined });
    const wrong = { data: { reason: ['user'] } } as const;
    // @ts-expect-error -- only order.canceled has a reason
    orders.subscribe('y', { on: ['order.placed'], filter: wrong, handler: () => undefined });
  });
});

describe('an event that cancels a run', () => {
  const Order = z.object({ order: z.string() });

  const cancelOn = orders.arrival(Canceled, {
    where: ({ order }: z.infer<typeof Order>) => ({ data: { id: [order] } }),
  });

  it('knows what the run is started with, and what the event holds', () => {
    workflow('ship', { input: Order, cancelOn }, async () => undefined);
    workflow('parent', async (ctx) => {
      const child = workflow('child', async (_ctx, _input: z.infer<typeof Order>) => 1);
      await ctx.start(child, { order: 'o1' }, { cancelOn });
      await ctx.call(child, { order: 'o1' }, { cancelOn: [cancelOn, orders.arrival(Canceled)] });
      // @ts-expect-error -- an event alone does not say of which topic
      await ctx.start(child, { order: 'o1' }, { cancelOn: Canceled });
    });
    workflow('ship', { cancelOn: [orders.arrival(Canceled)] }, async (_ctx, _order: string) => undefined);
    pipeline('ship', { input: Order, cancelOn: [cancelOn] }, (p) => p.task('pack', {}, () => 1));
  });

  it('cannot look at what the input or the event does not have', () => {
    const of = (input: { readonly total: number }): { readonly data: { readonly id: [string] } } => ({
      data: { id: [String(input.total)] },
    });
    // @ts-expect-error -- an order has no total
    workflow('ship', { input: Order, cancelOn: orders.arrival(Canceled, { where: of }) }, async () => 1);
    // @ts-expect-error -- order.canceled has no total
    orders.arrival(Canceled, { where: () => ({ data: { total: [1] } }) });
    workflow('parent', async (ctx) => {
      const child = workflow('child', async (_ctx, _input: z.infer<typeof Order>) => 1);
      // @ts-expect-error -- an order has no total
      await ctx.start(child, { order: 'o1' }, { cancelOn: orders.arrival(Canceled, { where: of }) });
    });
  });
});

describe('a wait in a workflow', () => {
  it('knows the data of the event it asked for', () => {
    workflow('waits', async (ctx) => {
      const placed = await ctx.waitForEvent(orders, Placed, { where: { data: { total: [12] } } });
      expectTypeOf(placed).toEqualTypeOf<Placed>();
      const first = await ctx.waitForAny({
        placed: [orders, Placed, { where: { data: { total: [{ numeric: ['>', 1] }] } } }],
        canceled: [orders, Canceled],
      });
      expectTypeOf(first.which).toEqualTypeOf<'placed' | 'canceled'>();
      if (first.which === 'canceled') expectTypeOf(first.event.data.reason).toEqualTypeOf<'user' | 'fraud'>();
      else expectTypeOf(first.event.data.total).toEqualTypeOf<number>();
    });
  });

  it('cannot ask for an event of another topic, or for what the event does not have', () => {
    const Paid = event('paid', { schema: z.object({ id: z.string() }) });
    workflow('waits', async (ctx) => {
      // @ts-expect-error -- orders does not declare it
      await ctx.waitForEvent(orders, Paid);
      // @ts-expect-error -- only order.placed has a total
      await ctx.waitForEvent(orders, Canceled, { where: { data: { total: [1] } } });
      // @ts-expect-error -- total is a number
      await ctx.waitForEvent(orders, Placed, { where: { data: { total: ['1'] } } });
      // @ts-expect-error -- orders does not declare it
      await ctx.waitForAny({ paid: [orders, Paid] });
      // @ts-expect-error -- no such reason
      await ctx.waitForAny({ canceled: [orders, Canceled, { where: { data: { reason: ['weather'] } } }] });
    });
  });
});

describe('a compatibility', () => {
  it('is one of the seven, of an event or a topic', () => {
    event('made', { compatibility: 'fullTransitive' });
    // @ts-expect-error -- Confluent writes them in capitals
    event('made', { compatibility: 'BACKWARD' });
    // @ts-expect-error -- no such mode
    topic('made', { events: [event('made')], compatibility: 'strict' });
  });
});
