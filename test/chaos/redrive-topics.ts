import { event, topic, type EventDefinition, type Subscription, type Topic } from 'tutti';
import { z } from 'zod';

/** Names the event; its key too, so that its state says how often it took effect. */
export interface OrderData {
  readonly id: string;
}

/** What is redriven. */
export const Ordered: EventDefinition<'ordered', OrderData> = event('ordered', {
  schema: z.object({ id: z.string() }),
});

/** Where the handler leaves how often each event took effect, by the event's id. */
export const effects = 'state:orders/strict';
/** The log of what is redriven. */
export const redriveLog = 'redrive:orders/strict';
/** The key of the cursor that reads it. */
export const redriveCursor = 'orders/strict/redrive';

/** A topic whose subscription counts per event how often it was handled, or gives up on everything. */
export function counting(isFailing: boolean): {
  readonly orders: Topic<typeof Ordered>;
  readonly strict: Subscription;
} {
  const orders = topic('orders', { events: [Ordered], key: (e) => e.data.id });
  const strict = orders.subscribe('strict', {
    retry: { maximumAttempts: 1 },
    handler: async (_, ctx) => {
      if (isFailing) throw new Error('down');
      const before = ((await ctx.state.get()) as number | null) ?? 0;
      ctx.state.set(before + 1);
    },
  });
  return { orders, strict };
}
