/** Events that cancel a run because whoever started it said so. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, pipeline, signal, topic, workflow, type WorkflowContext } from 'tutti';
import { crashTest, createTestTutti } from 'tutti/testing';
import { z } from 'zod';
import { createMemoryStore } from '../../src/stores/memory/index.ts';

const Canceled = event('canceled', { schema: z.object({ order: z.string() }) });
const Closed = event('closed');
const go = signal<string>('go');
const Order = z.object({ order: z.string() });

const orderTopic = () => topic('orders', { events: [Canceled, Closed] });
const ship = workflow('ship', { input: Order }, async (ctx) => ctx.waitFor(go));
const pipe = pipeline('pipe', { input: Order }, (p) => p.wait('go', go));

/** As a client names it. */
const byOrder = { topic: 'orders', event: 'canceled', where: { data: { order: ['o1'] } } };

describe.each(['memory', 'sqlite'] as const)(
  'on the %s store, a run that is started with cancelOn',
  (store) => {
    it.each([ship, pipe])(
      'is canceled by the event that fits, and by no other: $type',
      async (definition) => {
        const orders = orderTopic();
        await using env = await createTestTutti({ definitions: [orders, ship, pipe], store });
        const run = await env.start(definition, { order: 'o1' }, { cancelOn: byOrder });
        const other = await env.start(definition, { order: 'o1' });
        await env.publish(orders, Canceled({ order: 'o2' }));
        expect((await env.untilRested(run)).state).toBe('waiting');
        const { id } = await env.publish(orders, Canceled({ order: 'o1' }));
        await env.settle();
        const { state, error } = await env.show(run);
        expect(state).toBe('canceled');
        expect(error?.message).toContain(`event "canceled" ${id} at orders/0/1.`);
        expect((await env.show(other)).state).toBe('waiting');
      },
    );

    it('is canceled by any of several, and by those of its definition too', async () => {
      const orders = orderTopic();
      const bound = workflow('bound', { cancelOn: orders.arrival(Closed) }, async (ctx) => ctx.waitFor(go));
      await using env = await createTestTutti({ definitions: [orders, bound], store });
      const both = [byOrder, { ...byOrder, where: { data: { order: ['o2'] } } }];
      const runs = await Promise.all([0, 1, 2].map(async () => env.start(bound, null, { cancelOn: both })));
      await env.settle();
      await env.cancel(runs[0] ?? '', 'a whim');
      await env.publish(orders, Canceled({ order: 'o2' }));
      await env.settle();
      expect(await Promise.all(runs.map(async (run) => (await env.show(run)).state))).toEqual(
        Array(3).fill('canceled'),
      );
      const last = await env.start(bound, null, { cancelOn: both });
      await env.publish(orders, Closed(null));
      await env.settle();
      expect((await env.show(last)).state).toBe('canceled');
    });

    it('keeps it over a restart, whatever its definition comes to name', async () => {
      const orders = orderTopic();
      const own = orders.arrival(Canceled, { where: { data: { order: ['own'] } } });
      const twice = async (ctx: WorkflowContext): Promise<readonly string[]> => [
        await ctx.waitFor(go),
        await ctx.waitFor(go),
      ];
      const before = workflow('order', { cancelOn: own }, twice);
      const after = workflow('order', twice);
      await using env = await createTestTutti({ definitions: [orders, before], store });
      const run = await env.start(before, null, { cancelOn: byOrder });
      await env.untilRested(run);
      await env.restart({ definitions: [orderTopic(), after] });
      await env.signal(run, go, 'on');
      await env.settle();
      await env.publish('orders', Canceled({ order: 'own' }));
      expect((await env.untilRested(run)).state).toBe('waiting');
      await env.publish('orders', Canceled({ order: 'o1' }));
      await env.settle();
      expect((await env.show(run)).state).toBe('canceled');
    });

    it('keeps it when it is retried, and counts the events since then', async () => {
      const orders = orderTopic();
      await using env = await createTestTutti({ definitions: [orders, ship], store });
      const run = await env.start(ship, { order: 'o1' }, { cancelOn: byOrder });
      await env.publish(orders, Canceled({ order: 'o1' }));
      await env.settle();
      await env.advance('1m');
      await env.client.retryRun(run.id);
      expect((await env.untilRested(run.id)).state).toBe('waiting');
      await env.publish(orders, Canceled({ order: 'o1' }));
      await env.settle();
      expect((await env.show(run.id)).state).toBe('canceled');
    });
  },
);

it.each(['call', 'start'] as const)(
  'a child of ctx.%s is canceled by the event that fits its input',
  async (verb) => {
    const orders = orderTopic();
    const parent = workflow('parent', async (ctx, order: string) => {
      const cancelOn = orders.arrival(Canceled, {
        where: (input: { readonly order: string }) => ({ data: { order: [input.order] } }),
      });
      await ctx[verb](ship, { order }, { id: 'child', cancelOn });
    });
    await using env = await createTestTutti({ definitions: [orders, ship, parent] });
    const run = await env.start(parent, 'o1');
    await env.settle();
    await env.publish(orders, Canceled({ order: 'o2' }));
    await env.settle();
    expect((await env.show('child')).state).toBe('waiting');
    await env.publish(orders, Canceled({ order: 'o1' }));
    await env.settle();
    expect((await env.show('child')).state).toBe('canceled');
    expect((await env.show(run)).state).toBe(verb === 'call' ? 'failed' : 'completed');
  },
);

it('counts what was published since the start was acknowledged, before any worker was there', async () => {
  const store = createMemoryStore();
  const orders = orderTopic();
  const outside = await createTutti({ store: store.openAnother(), definitions: [orders, ship] });
  const { id } = await outside.client.startRun('ship', { order: 'o1' }, { cancelOn: byOrder });
  await orders.publish(Canceled({ order: 'o1' }));
  const worker = await createTutti({ store: store.openAnother(), definitions: [orderTopic(), ship] });
  onTestFinished(async () => {
    await Promise.all([outside.stop(), worker.stop()]);
  });
  await worker.start();
  expect((await worker.client.waitForRun(id)).state).toBe('canceled');
});

it.each(['memory', 'sqlite'] as const)(
  'on the %s store a child is canceled once, whichever write its process dies with',
  async (store) => {
    const orders = orderTopic();
    const report = await crashTest(
      () => {
        const source = orderTopic();
        const parent = workflow('parent', async (ctx, order: string) => {
          try {
            return await ctx.call(ship, { order }, { cancelOn: source.arrival(Canceled) });
          } catch {
            return 'canceled';
          }
        });
        return [parent, ship, source] as const;
      },
      'o1',
      { store, replies: [{ topic: orders, event: Canceled({ order: 'o1' }) }] },
    );
    expect(report.text).toMatch(/^Nothing found: /);
    expect(report.kills).toBeGreaterThan(6);
  },
  60_000,
);

describe('a start is refused', () => {
  const wrong = [
    ['a topic there is not', { ...byOrder, topic: 'order' }, 'TUTTI_TOPIC_NOT_FOUND'],
    ['an event the topic has not', { ...byOrder, event: 'cancel' }, 'TUTTI_EVENT_UNKNOWN'],
    ['a pattern that is none', { ...byOrder, where: { data: { order: [] } } }, 'TUTTI_PATTERN_INVALID'],
    ['a misspelt option', { ...byOrder, were: {} }, 'TUTTI_OPTION_UNKNOWN'],
    ['a name alone', 'canceled', 'TUTTI_OPTION_INVALID'],
  ] as const;

  it.each(wrong)('with %s', async (_, given, code) => {
    await using env = await createTestTutti({ definitions: [orderTopic(), ship] });
    const start = env.start(ship, { order: 'o1' }, { cancelOn: given as never });
    await expect(start).rejects.toMatchObject({ code });
    expect(await env.client.listRuns({})).toEqual([]);
  });
});
