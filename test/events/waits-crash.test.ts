/** What a crash, an eviction or retention leaves of runs that wait for events. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { createTutti, event, signal, topic, workflow, type Clock, type Tutti } from 'tutti';
import { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { eventWaitSpace } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { DyingProcess } from './dying-process.ts';

const Paid = event('paid', { schema: z.object({ order: z.string(), cents: z.number() }) });
const go = signal<string>('go');

// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and workflows are what the tests are about
function code(options: { readonly retain?: { readonly for: '1m'; readonly evenUnread?: boolean } } = {}) {
  const orders = topic('orders', { events: [Paid], key: (e) => e.data.order, ...options });
  const twice = workflow('twice', async (ctx, order: string) => {
    await ctx.waitFor(go);
    const where = { data: { order: [order] } } as const;
    const one = await ctx.waitForEvent(orders, Paid, { where });
    const two = await ctx.waitForAny({
      paid: [orders, Paid, { where }],
      other: [orders, Paid, { where: other }],
    });
    return [one.data.cents, two.which];
  });
  const once = workflow('once', async (ctx, order: string) => {
    const paid = await ctx.waitForEvent(orders, Paid, { where: { data: { order: [order] } } });
    return paid.data.cents;
  });
  return { orders, definitions: [orders, twice, once] };
}

const other = { data: { order: ['other'] } } as const;

async function crashAt(commit: number): Promise<{ readonly hasCrashed: boolean; readonly output: unknown }> {
  const store = createMemoryStore();
  const client = code();
  const outside = await createTutti({ store: store.openAnother(), definitions: client.definitions });
  // A start that dies at its first commit begins nothing.
  await outside.events.registry.register([client.orders.settings], 'refuse');
  const dying = new DyingProcess(store.openAnother(), commit);
  const first = await createTutti({ store: dying.store, definitions: code().definitions, idleMs: 0 });
  await first.start();
  const { id } = await outside.client.startRun('twice', 'o1');
  await client.orders.publish(Paid({ order: 'o1', cents: 1 }));
  await outside.client.sendSignal(id, 'go', '');
  await client.orders.publishAll([Paid({ order: 'o2', cents: 2 }), Paid({ order: 'o1', cents: 3 })]);
  const ended = vi.waitFor(
    async () => {
      const run = await outside.client.showRun(id);
      expect(run.endedAt).not.toBeNull();
      return run;
    },
    { interval: 5, timeout: 10_000 },
  );
  const hasCrashed = await Promise.race([dying.died.then(() => true), ended.then(() => false)]);
  let second: Tutti | null = null;
  if (hasCrashed) {
    await store.declareDead(Number.MAX_SAFE_INTEGER);
    second = await createTutti({ store: store.openAnother(), definitions: code().definitions });
    await second.start();
  }
  const run = await ended;
  expect(run.recent.filter(({ kind }) => kind === 'event')).toHaveLength(2);
  dying.bury();
  await Promise.all([first, second, outside].map(async (one) => one?.stop()));
  return { hasCrashed, output: run.output };
}

it('gets each event once, whichever commit its worker dies with', async () => {
  let crashes = 0;
  for (let commit = 1; ; commit += 1) {
    const { hasCrashed, output } = await crashAt(commit);
    expect(output, `crash at commit ${commit}`).toEqual([1, 'paid']);
    if (!hasCrashed) break;
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(4);
}, 60_000);

class MovableClock implements Clock {
  #aheadMs = 0;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  setTimer(delayMs: number, callback: () => void): ReturnType<Clock['setTimer']> {
    return systemClock.setTimer(delayMs, callback);
  }

  move(ms: number): void {
    this.#aheadMs += ms;
  }
}

it('keeps what a waiting run has not seen from retention', async () => {
  const store = createMemoryStore();
  const clock = new MovableClock();
  const { orders, definitions } = code({ retain: { for: '1m' } });
  const open = async (): Promise<Tutti> => createTutti({ store: store.openAnother(), clock, definitions });
  const first = await open();
  await first.start();
  const { id } = await first.client.startRun('once', 'o1');
  await expect.poll(async () => (await first.client.showRun(id)).waits.length).toBe(1);
  await first.stop();
  const client = await open();
  await orders.publish(Paid({ order: 'o1', cents: 4 }));
  clock.move(120_000);
  await client.events.tidy();
  await client.stop();
  const second = await open();
  onTestFinished(() => second.stop());
  await second.start();
  expect((await second.client.waitForRun(id)).output).toBe(4);
  clock.move(120_000);
  await orders.publish(Paid({ order: 'o2', cents: 1 }));
  await second.events.tidy();
  expect((await second.engine.store.listPartitions('orders'))[0]?.startOffset).toBe(1);
});

it('says in its log that events may be gone which retention deleted before it waited', async () => {
  const clock = new MovableClock();
  const { orders, definitions } = code({ retain: { for: '1m' } });
  const tutti = await createTutti({ store: ':memory:', clock, definitions });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  const { id } = await tutti.client.startRun('twice', 'o1');
  await orders.publish(Paid({ order: 'o1', cents: 1 }));
  clock.move(120_000);
  await tutti.events.tidy();
  await tutti.client.sendSignal(id, 'go', '');
  await expect
    .poll(async () => (await tutti.client.showRun(id)).waits.map(({ kind }) => kind))
    .toEqual(['event']);
  await orders.publish(Paid({ order: 'o1', cents: 2 }));
  await expect
    .poll(async () => (await tutti.client.readLogs(id)).map(({ text }) => text))
    .toEqual(['Events of topic "orders" before offset 1 are deleted; some may be younger than this run.']);
});

it('is not searched for again where it was searched for, and leaves no trace when it is over', async () => {
  const store = createMemoryStore();
  const { orders, definitions } = code();
  const first = await createTutti({ store: store.openAnother(), definitions });
  await first.start();
  const { id } = await first.client.startRun('once', 'o1');
  await expect.poll(async () => (await first.client.showRun(id)).waits.length).toBe(1);
  await orders.publishAll(Array.from({ length: 2_000 }, (_, cents) => Paid({ order: 'o2', cents })));
  await first.events.settled();
  await first.stop();
  const cells = await store.listCells(eventWaitSpace);
  expect(cells.map(({ value }) => value)).toEqual(['2000']);
  const second = await createTutti({ store: store.openAnother(), definitions });
  onTestFinished(() => second.stop());
  await second.start();
  await orders.publish(Paid({ order: 'o1', cents: 5 }));
  expect((await second.client.waitForRun(id)).output).toBe(5);
  expect(await store.listCells(eventWaitSpace)).toEqual([]);
});
