/** Runs that an event of a topic cancels, on the store in memory and on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTutti, event, pipeline, signal, topic, workflow, type Tutti, type TuttiOptions } from 'tutti';
import { z } from 'zod';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { DyingProcess } from './dying-process.ts';

const Canceled = event('canceled', { schema: z.object({ order: z.string() }) });
const Undone = event('undone', { schema: z.object({ order: z.string() }) });
const go = signal<string>('go');
const Order = z.object({ order: z.string() });

type Place = () => NonNullable<TuttiOptions['store']>;

const places: readonly (readonly [string, () => Place])[] = [
  [
    'memory',
    () => {
      const store = createMemoryStore();
      return () => store.openAnother();
    },
  ],
  [
    'a file',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'tutti-cancel-on-'));
      onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
      return () => join(directory, 'tutti.db');
    },
  ],
];

// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and workflows are what the tests are about
function code() {
  const orders = topic('orders', { events: [Canceled, Undone], key: (e) => e.data.order });
  const cancelOn = orders.arrival(Canceled, {
    where: ({ order }: { readonly order: string }) => ({ data: { order: [order] } }),
  });
  const steps: string[] = [];
  const ship = workflow('ship', { input: Order, cancelOn }, async (ctx, { order }) => {
    try {
      await ctx.step('pack', () => void steps.push(`pack ${order}`), {
        compensate: () => void steps.push(`unpack ${order}`),
      });
      return await ctx.waitFor(go);
    } catch (error) {
      await ctx.scope('clean up', { cancellable: false }, (shielded) =>
        shielded.publish(orders, Undone({ order })),
      );
      throw error;
    }
  });
  const pipe = pipeline('pipe', { input: Order, cancelOn: [cancelOn] }, (p) => p.wait('go', go));
  return { orders, steps, definitions: [orders, ship, pipe] };
}

type Code = ReturnType<typeof code>;

async function open(store: Place, { definitions }: Code, options: TuttiOptions = {}): Promise<Tutti> {
  const tutti = await createTutti({
    store: store(),
    definitions,
    leaseMs: 600,
    dev: true,
    idleMs: 1,
    ...options,
  });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

async function watching(tutti: Tutti, id: string): Promise<void> {
  await expect
    .poll(async () => (await tutti.client.showRun(id)).waits.map(({ kind }) => kind).toSorted())
    .toEqual(['event', 'signal']);
}

describe.each(places)('a run whose definition names an event that cancels it, on %s', (_name, place) => {
  it('is canceled by the one that fits its input, cleans up, and says why', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('ship', { order: 'o1' });
    await watching(tutti, id);
    await all.orders.publish(Canceled({ order: 'o2' }));
    const { id: cause } = await all.orders.publish(Canceled({ order: 'o1' }));
    const run = await tutti.client.waitForRun(id);
    expect(run.state).toBe('canceled');
    expect(run.error?.message).toBe(`Run "${id}" was canceled: event "canceled" ${cause} at orders/0/1.`);
    expect(all.steps).toEqual(['pack o1', 'unpack o1']);
    const [undone] = (await tutti.client.readEvents('orders', { types: ['undone'] })).events;
    expect(undone).toMatchObject({ causationId: cause, correlationId: cause, hops: 1 });
  });

  it('says what it watches for, and no longer when it is over', async () => {
    const all = code();
    const tutti = await open(place(), all);
    const { id } = await tutti.client.startRun('ship', { order: 'o1' });
    await watching(tutti, id);
    expect((await tutti.client.showRun(id)).waits.find(({ kind }) => kind === 'event')).toMatchObject({
      name: 'canceled',
      deadline: null,
      detail: { topic: 'orders', where: { data: { order: ['o1'] } }, from: [0], cancels: true },
    });
    await tutti.client.sendSignal(id, 'go', 'on');
    expect(await tutti.client.waitForRun(id)).toMatchObject({ state: 'completed', output: 'on' });
    expect((await tutti.client.showRun(id)).waits).toEqual([]);
    await all.orders.publish(Canceled({ order: 'o1' }));
    await tutti.events.settled();
    expect((await tutti.client.showRun(id)).state).toBe('completed');
  });

  it('is canceled by one that was published while no worker was at work, also when it is paused', async () => {
    const store = place();
    const tutti = await open(store, code());
    const [one, two] = ['o1', 'o2'];
    const first = await tutti.client.startRun('ship', { order: one });
    const second = await tutti.client.startRun('pipe', { order: two });
    await watching(tutti, first.id);
    await watching(tutti, second.id);
    await tutti.client.pauseRun(first.id, 'a whim');
    await expect.poll(async () => (await tutti.client.showRun(first.id)).state).toBe('paused');
    await tutti.stop();
    const idle = code();
    const outside = await createTutti({ store: store(), definitions: idle.definitions });
    await idle.orders.publishAll([Canceled({ order: one }), Canceled({ order: two })]);
    await outside.stop();
    const next = await open(store, code());
    for (const { id } of [first, second]) {
      await expect.poll(async () => (await next.client.showRun(id)).state).toBe('canceled');
    }
  });

  it('is canceled by one that came between its start and its first look at the log', async () => {
    const store = place();
    const idle = code();
    const outside = await createTutti({ store: store(), definitions: idle.definitions });
    const { id } = await outside.client.startRun('ship', { order: 'o1' });
    await idle.orders.publish(Canceled({ order: 'o1' }));
    await outside.stop();
    const tutti = await open(store, code());
    expect(await tutti.client.waitForRun(id)).toMatchObject({ state: 'canceled' });
  });
});

it('fails when its input makes a pattern that is none', async () => {
  const orders = topic('orders', { events: [Canceled] });
  const cancelOn = orders.arrival(Canceled, { where: () => ({ data: { order: [] } }) as never });
  const ship = workflow('ship', { cancelOn }, async (ctx) => ctx.waitFor(go));
  const tutti = await open(() => ':memory:', { orders, steps: [], definitions: [orders, ship] } as never);
  const { id } = await tutti.client.startRun('ship', null);
  expect((await tutti.client.waitForRun(id)).error).toMatchObject({ code: 'TUTTI_PATTERN_INVALID' });
});

async function crashAt(commit: number): Promise<boolean> {
  const store = createMemoryStore();
  const client = code();
  const outside = await createTutti({ store: store.openAnother(), definitions: client.definitions });
  const dying = new DyingProcess(store.openAnother(), commit);
  const first = await createTutti({ store: dying.store, definitions: code().definitions, idleMs: 0 });
  // It may die while it starts.
  const starting = first.start().catch(() => undefined);
  const { id } = await outside.client.startRun('ship', { order: 'o1' });
  await client.orders.publish(Canceled({ order: 'o1' }));
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
  expect(run.state, `crash at commit ${commit}`).toBe('canceled');
  expect(run.recent.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
  expect((await outside.client.readEvents('orders', { types: ['undone'] })).events).toHaveLength(1);
  dying.bury();
  await starting;
  await Promise.all([first, second, outside].map(async (one) => one?.stop()));
  return hasCrashed;
}

it('is canceled once, whichever commit its worker dies with', async () => {
  let crashes = 0;
  while (await crashAt(crashes + 1)) crashes += 1;
  expect(crashes).toBeGreaterThan(4);
}, 60_000);
