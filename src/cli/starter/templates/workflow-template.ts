import type { StarterFile } from '../starter-file.ts';

/** A stateful workflow: an order that a person releases, with a reservation that is given back when the answer is no. */
export const workflowTemplate: readonly StarterFile[] = [
  {
    path: 'workflows.ts',
    content: `import { workflow } from 'tutti';
import { z } from 'zod';
import { stock } from './stock.ts';

export interface Order {
  readonly id: string;
  readonly item: string;
}

const Decision = z.object({ approved: z.boolean() });

/** Reserves, asks a person, and ships. What was reserved is given back if the answer is no. */
export const fulfil = workflow('fulfil', { timeout: '30d' }, async (ctx, order: Order) => {
  // A finished step never runs again. An interrupted one does, under the same idempotency key.
  await ctx.step('reserve', ({ idempotencyKey }) => stock.reserve(order.item, idempotencyKey), {
    retry: { initialInterval: '100ms', maximumAttempts: 5 },
    compensate: () => stock.giveBack(order.item),
  });
  ctx.status('waiting for someone to release the order');
  const decision = await ctx.ask('release the order?', {
    form: Decision,
    to: 'shipping',
    timeout: '14d',
    remind: '2d',
    detail: { order: order.id, item: order.item },
  });
  if (!decision.approved) return ctx.compensate(\`refused by \${decision.by}\`);
  await ctx.sleep('50ms'); // or '3d': a sleeping run costs disk, not memory
  return ctx.step('ship', () => stock.ship(order.item));
});
`,
  },
  {
    path: 'stock.ts',
    content: `import assert from 'node:assert/strict';

/** Stands for the system of yours that has the effects. */
class Stock {
  readonly #reservedBy = new Map<string, string>();
  readonly shipped: string[] = [];

  /** A repeated call with the same key changes nothing. */
  reserve(item: string, key: string): string {
    const holder = this.#reservedBy.get(item) ?? key;
    assert.equal(holder, key, \`\${item} is reserved already\`);
    this.#reservedBy.set(item, key);
    return item;
  }

  giveBack(item: string): void {
    this.#reservedBy.delete(item);
  }

  ship(item: string): string {
    this.#reservedBy.delete(item);
    this.shipped.push(item);
    return \`\${item} is on its way\`;
  }

  isReserved(item: string): boolean {
    return this.#reservedBy.has(item);
  }
}

export const stock = new Stock();
`,
  },
  {
    path: 'main.ts',
    content: `import { createTutti } from 'tutti';
import { answerNext } from './answer-next.ts';
import { fulfil } from './workflows.ts';

const tutti = await createTutti({ definitions: [fulfil], store: '.tutti/starter.db' });
await tutti.start();
const { id } = await tutti.client.startRun('fulfil', { id: 'order-1', item: 'piano' });
console.log(\`started \${id}; it reserves the item and asks a person\`);
const question = await answerNext(tutti.client, id, true);
console.log(\`"\${question}" was answered\`);
const run = await tutti.client.waitForRun(id);
console.log(run.state, run.output);
await tutti.stop();
`,
  },
  {
    path: 'answer-next.ts',
    content: `import type { Client } from 'tutti';

/** Waits until the run asks something, and answers it: what a page or the command line would do for a person. */
export async function answerNext(client: Client, run: string, approved: boolean): Promise<string> {
  for (;;) {
    const [question] = await client.listApprovals({ run });
    if (question !== undefined) {
      await client.answerApproval(question.id, { approved }, 'you');
      return question.question;
    }
    await client.waitForRun(run, { timeoutMs: 20 });
  }
}
`,
  },
  {
    path: 'workflows.test.ts',
    content: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTutti } from 'tutti';
import { answerNext } from './answer-next.ts';
import { stock } from './stock.ts';
import { fulfil } from './workflows.ts';

test('an order that is released is shipped', async () => {
  const tutti = await createTutti({ definitions: [fulfil], store: ':memory:' });
  await tutti.start();
  const { id } = await tutti.client.startRun('fulfil', { id: 'o1', item: 'violin' });
  await answerNext(tutti.client, id, true);
  const run = await tutti.client.waitForRun(id);
  await tutti.stop();
  assert.equal(run.state, 'completed');
  assert.equal(run.output, 'violin is on its way');
  assert.deepEqual(stock.shipped, ['violin']);
});

test('an order that is refused gives its reservation back', async () => {
  const tutti = await createTutti({ definitions: [fulfil], store: ':memory:' });
  await tutti.start();
  const { id } = await tutti.client.startRun('fulfil', { id: 'o2', item: 'cello' });
  await answerNext(tutti.client, id, false);
  const run = await tutti.client.waitForRun(id);
  await tutti.stop();
  assert.equal(run.state, 'failed');
  assert.equal(stock.isReserved('cello'), false);
});
`,
  },
];
