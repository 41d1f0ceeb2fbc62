import type { StarterFile } from '../starter-file.ts';

/** Events: a topic of orders with two independent readers. */
export const eventsTemplate: readonly StarterFile[] = [
  {
    path: 'topics.ts',
    content: `import { event, topic } from 'tutti';
import { z } from 'zod';
import { readers } from './readers.ts';

export const OrderPlaced = event('order.placed', {
  schema: z.object({ id: z.string(), item: z.string(), total: z.number() }),
});

/** Same key, same order of delivery; different keys run in parallel. */
export const orders = topic('orders', {
  events: [OrderPlaced],
  key: (e) => e.data.id,
  retain: { for: '30d' },
  dedupe: { by: (e) => e.id, within: '10m' },
});

/** Reserves what was ordered. Knows nothing of the other reader. */
export const reserve = orders.subscribe('stock', {
  on: ['order.placed'],
  async handler(e) {
    readers.reserved(e.data.id, e.data.item);
  },
});

/** Looks at large orders alone: the filter is evaluated before the handler is called. */
export const review = orders.subscribe('fraud-review', {
  on: ['order.placed'],
  filter: { data: { total: [{ numeric: ['>', 1000] }] } },
  retry: { attempts: 8, backoff: { from: '1s', to: '10m' } },
  async handler(e) {
    readers.reviewed(e.data.id);
  },
});
`,
  },
  {
    path: 'readers.ts',
    content: `import { EventEmitter, once } from 'node:events';

/** Stands for the systems of yours that react. Both are idempotent: the same order twice is one entry. */
class Readers extends EventEmitter {
  readonly stock = new Map<string, string>();
  readonly reviews = new Set<string>();

  reserved(order: string, item: string): void {
    this.stock.set(order, item);
    this.emit('change');
  }

  reviewed(order: string): void {
    this.reviews.add(order);
    this.emit('change');
  }

  /** Resolves when the condition holds. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, 'change');
  }
}

export const readers = new Readers();
`,
  },
  {
    path: 'main.ts',
    content: `import { createTutti } from 'tutti';
import { readers } from './readers.ts';
import { OrderPlaced, orders, reserve, review } from './topics.ts';

const tutti = await createTutti({ definitions: [orders, reserve, review], store: '.tutti/starter.db' });
await tutti.start();
await orders.publish(OrderPlaced({ id: 'o1', item: 'piano', total: 4200 }));
await orders.publish(OrderPlaced({ id: 'o2', item: 'bow', total: 80 }));
await readers.until(() => readers.stock.size >= 2 && readers.reviews.size >= 1);
console.log('reserved', [...readers.stock.values()], 'reviewed', [...readers.reviews]);
await tutti.stop();
`,
  },
  {
    path: 'topics.test.ts',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTutti } from 'tutti';
import { readers } from './readers.ts';
import { OrderPlaced, orders, reserve, review } from './topics.ts';

test('every order is reserved, and only large ones are reviewed', async () => {
  const tutti = await createTutti({ definitions: [orders, reserve, review], store: ':memory:' });
  await tutti.start();
  await orders.publish(OrderPlaced({ id: 'a', item: 'violin', total: 900 }));
  await orders.publish(OrderPlaced({ id: 'b', item: 'piano', total: 4200 }));
  await readers.until(() => readers.stock.size === 2 && readers.reviews.size === 1);
  await tutti.stop();
  assert.deepEqual([...readers.stock.keys()].toSorted(), ['a', 'b']);
  assert.deepEqual([...readers.reviews], ['b']);
});
`,
  },
];
