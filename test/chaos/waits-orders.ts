/** What the processes of the waits case work at: orders, each of which is a run that waits for events while they are published. */
import {
  event,
  signal,
  topic,
  workflow,
  type EventDefinition,
  type SignalDefinition,
  type Topic,
  type Workflow,
} from 'tutti';
import { z } from 'zod';

/** Names the order that the event is about; its key too. */
export interface OrderData {
  readonly order: string;
}

const schema = z.object({ order: z.string() });

export const Paid: EventDefinition<'paid', OrderData> = event('paid', { schema });
export const Shipped: EventDefinition<'shipped', OrderData> = event('shipped', { schema });
export const Refused: EventDefinition<'refused', OrderData> = event('refused', { schema });
export const Canceled: EventDefinition<'canceled', OrderData> = event('canceled', { schema });

/** Lets a run go to its first wait. */
export const go: SignalDefinition<string> = signal<string>('go');

/** Given the order's run: a wait was answered by this event. Told before the run goes on, more than once after a crash. */
export type TellGiven = (given: {
  readonly order: string;
  readonly wait: string;
  readonly event: string;
}) => void;

type Orders = Topic<typeof Paid | typeof Shipped | typeof Refused | typeof Canceled>;

/** The topic, and the workflow that waits for two payments, then for the end of the order; a cancellation ends it anywhere. */
export function waiting(tell: TellGiven): {
  readonly orders: Orders;
  readonly settle: Workflow<OrderData, string>;
} {
  const orders = topic('orders', {
    events: [Paid, Shipped, Refused, Canceled],
    key: (e) => e.data.order,
    partitions: 2,
    dedupe: { within: '1h' },
  });
  const cancelOn = orders.arrival(Canceled, {
    where: ({ order }: OrderData) => ({ data: { order: [order] } }),
  });
  const settle = workflow('settle', { input: schema, cancelOn }, async (ctx, { order }) => {
    await ctx.waitFor(go);
    const where = { data: { order: [order] } } as const;
    for (const wait of ['paid', 'again']) {
      const { id } = await ctx.waitForEvent(orders, Paid, { where, name: wait });
      await ctx.step(`tell ${wait}`, () => tell({ order, wait, event: id }));
    }
    const end = await ctx.waitForAny({
      shipped: [orders, Shipped, { where }],
      refused: [orders, Refused, { where }],
    });
    await ctx.step('tell end', () => tell({ order, wait: end.which, event: end.event.id }));
    return end.which;
  });
  return { orders, settle };
}

/** When the events of an order are published: before its run waits, while it comes to wait, or once it waits. */
const moments = ['before', 'during', 'after'] as const;
/** How orders end. */
const endings = ['shipped', 'refused', 'canceled'] as const;

/** An order, and what is to become of it. */
export interface Order {
  readonly id: string;
  readonly moment: (typeof moments)[number];
  readonly ending: (typeof endings)[number];
}

/** So many orders, of all kinds in turn. */
export function ordersOf(count: number): readonly Order[] {
  const pick = <T>(all: readonly T[], n: number): T => all[n % all.length] as T;
  return Array.from({ length: count }, (_, n) => ({
    id: `o${n}`,
    moment: pick(moments, n),
    ending: pick(endings, Math.floor(n / moments.length)),
  }));
}
