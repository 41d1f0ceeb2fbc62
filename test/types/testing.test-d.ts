import { expectTypeOf, it } from 'vitest';
import { event, signal, topic, workflow, type Published, type PublishedEvent } from 'tutti';
import {
  crashTest,
  type CrashReport,
  type HandlerMock,
  type StepMock,
  type TestRun,
  type TestTutti,
} from 'tutti/testing';
import { z } from 'zod';

const order = workflow('order', async (_, input: { id: string }) => input.id.length);
const paid = signal('paid', z.number());

async function useEnvironment(env: TestTutti): Promise<void> {
  const run = await env.start(order, { id: 'o-1' });
  expectTypeOf(run).toEqualTypeOf<TestRun<number>>();
  expectTypeOf(await run.result()).toEqualTypeOf<number>();
  expectTypeOf(await env.run(order, { id: 'o-1' })).toEqualTypeOf<number>();
  expectTypeOf(await env.run('order', 'anything')).toEqualTypeOf<unknown>();
  // @ts-expect-error -- the input is { id: string }
  await env.run(order, { name: 'o-1' });

  await env.signal(run, paid, 12);
  env.signalAfter('2d', run.id, 'paid', 'anything');
  // @ts-expect-error -- the payload is a number
  await env.signal(run, paid, 'twelve');
  // @ts-expect-error -- no duration
  await env.advance('3 days');

  expectTypeOf(env.mockStep(order, 'charge', ({ attempt }) => attempt)).toEqualTypeOf<StepMock>();
  env.mockWorkflow(order, (input) => input.id.length);
  // @ts-expect-error -- the workflow returns a number
  env.mockWorkflow(order, (input) => input.id);
}

it('the test environment knows inputs, outputs and payloads from the definitions', () => {
  expectTypeOf(useEnvironment).returns.toEqualTypeOf<Promise<void>>();
});

async function useCrashTest(): Promise<void> {
  expectTypeOf(await crashTest(order, { id: 'o-1' })).toEqualTypeOf<CrashReport>();
  await crashTest(() => order, { id: 'o-1' });
  // @ts-expect-error -- the input is { id: string }
  await crashTest(order, 7);
  // @ts-expect-error -- the input is { id: string }
  await crashTest(() => order, 7);
}

it('the crash test knows the input, whether the code comes as it is or is loaded', () => {
  expectTypeOf(useCrashTest).returns.toEqualTypeOf<Promise<void>>();
});

const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Paid = event('order.paid', { schema: z.object({ id: z.string() }) });
const Other = event('other', { schema: z.object({ n: z.number() }) });
const orders = topic('orders', { events: [Placed, Paid] });
const index = orders.subscribe('index', { handler: () => undefined });

async function useTopics(env: TestTutti): Promise<void> {
  expectTypeOf(await env.publish(orders, Paid({ id: 'o-1' }))).toEqualTypeOf<Published>();
  await env.publish(orders, Placed({ id: 'o-1', total: 12 }), { at: '2026-01-02' });
  await env.publish('orders', Other({ n: 1 }));
  env.publishAfter('2d', orders, Paid({ id: 'o-1' }));
  // @ts-expect-error -- the topic declares no such event
  await env.publish(orders, Other({ n: 1 }));
  // @ts-expect-error -- no duration
  env.publishAfter('2 days', orders, Paid({ id: 'o-1' }));

  expectTypeOf(await env.published(orders)).toEqualTypeOf<
    readonly (
      | PublishedEvent<'order.placed', { id: string; total: number }>
      | PublishedEvent<'order.paid', { id: string }>
    )[]
  >();
  expectTypeOf(await env.published('orders')).toEqualTypeOf<readonly PublishedEvent[]>();
  expectTypeOf(env.mockHandler(index, ({ event: { type } }) => type)).toEqualTypeOf<HandlerMock>();
  env.mockHandler('orders/index', { failTimes: 2 });
  // @ts-expect-error -- the option is failTimes
  env.mockHandler(index, { failTime: 2 });
  await env.untilHandled(index);
  // @ts-expect-error -- a topic is no subscription
  await env.parked(orders);
}

it('the test environment knows the events of a topic', () => {
  expectTypeOf(useTopics).returns.toEqualTypeOf<Promise<void>>();
});

async function useCrashTestOfTopics(): Promise<void> {
  expectTypeOf(await crashTest(orders, [Paid({ id: 'o-1' })])).toEqualTypeOf<CrashReport>();
  await crashTest(() => orders, [Paid({ id: 'o-1' })]);
  await crashTest(() => [orders, order], [Placed({ id: 'o-1', total: 12 })], {
    replies: [{ topic: orders, event: Paid({ id: 'o-1' }) }],
    prepare: (env) => void env.mockHandler(index, () => undefined),
  });
  await crashTest(() => [order, orders], { id: 'o-1' });
  // @ts-expect-error -- the topic declares no such event
  await crashTest(orders, [Other({ n: 1 })]);
  // @ts-expect-error -- a list of events
  await crashTest(orders, Paid({ id: 'o-1' }));
  // @ts-expect-error -- the workflow comes first, and its input is { id: string }
  await crashTest(() => [order, orders], [Paid({ id: 'o-1' })]);
}

it('the crash test knows the events of the topic that comes first', () => {
  expectTypeOf(useCrashTestOfTopics).returns.toEqualTypeOf<Promise<void>>();
});
