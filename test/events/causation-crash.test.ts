/** A crash, whenever it comes, takes nothing from a chain of reactions: neither its name nor its count. */
import { expect, it, vi } from 'vitest';
import { createTutti, event, signal, topic, workflow, type PublishedEvent, type Tutti } from 'tutti';
import { z } from 'zod';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { DyingProcess } from './dying-process.ts';

const Ping = event('ping', { schema: z.object({ n: z.number() }) });
const Pong = event('pong', { schema: z.object({ n: z.number() }) });
const kick = signal<number>('kick');

type Seen = Pick<PublishedEvent, 'id' | 'correlationId' | 'causationId' | 'hops'>;

// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and workflows are what the test is about
function code(heard: Map<string, Seen>) {
  const balls = topic('balls', { events: [Ping, Pong] });
  const child = workflow('child', async (ctx, n: number) => ctx.publish(balls, Pong({ n })));
  const react = workflow('react', async (ctx) => {
    await ctx.call(child, 1);
    await ctx.send('waiting', kick, 1);
  });
  balls.subscribe('react', { from: 'oldest', on: ['ping'], filter: { data: { n: [0] } }, start: react });
  balls.subscribe('watch', {
    from: 'oldest',
    handler: ({ id, correlationId, causationId, hops, data }) => {
      // Handled again after a crash, it must be told the same.
      const known = heard.get(`${data.n}`);
      const seen = { id, correlationId, causationId, hops };
      if (known === undefined) heard.set(`${data.n}`, seen);
      else expect(seen).toEqual(known);
    },
  });
  const waiting = workflow('waiting', async (ctx) => {
    const pong = await ctx.waitForEvent(balls, Pong);
    await ctx.publish(balls, Ping({ n: 2 }));
    await ctx.waitFor(kick);
    await ctx.publish(balls, Ping({ n: 3 }));
    return pong.hops;
  });
  return { balls, definitions: [balls, child, react, waiting] };
}

async function crashAt(commit: number): Promise<{ readonly hasCrashed: boolean }> {
  const heard = new Map<string, Seen>();
  const store = createMemoryStore();
  const client = code(heard);
  const outside = await createTutti({ store: store.openAnother(), definitions: client.definitions });
  const dying = new DyingProcess(store.openAnother(), commit);
  const first = await createTutti({ store: dying.store, definitions: code(heard).definitions, idleMs: 0 });
  // It takes its subscriptions while it starts, and may die with that.
  const starting = first.start().catch(() => undefined);
  await outside.client.startRun('waiting', null, { id: 'waiting' });
  const published = await client.balls.publish(Ping({ n: 0 }));
  const ended = vi.waitFor(
    async () => {
      expect((await outside.client.showRun('waiting')).endedAt).not.toBeNull();
      expect(heard.size).toBe(4);
    },
    { interval: 5, timeout: 10_000 },
  );
  const hasCrashed = await Promise.race([dying.died.then(() => true), ended.then(() => false)]);
  let second: Tutti | null = null;
  if (hasCrashed) {
    await store.declareDead(Number.MAX_SAFE_INTEGER);
    second = await createTutti({ store: store.openAnother(), definitions: code(heard).definitions });
    await second.start();
  }
  await ended;
  const [zero, one, two, three] = ['0', '1', '2', '3'].map((n) => heard.get(n));
  const chain = { correlationId: published.id };
  expect(zero).toMatchObject({ ...chain, id: published.id, hops: 0 });
  expect(one).toMatchObject({ ...chain, causationId: zero?.id, hops: 1 });
  expect(two).toMatchObject({ ...chain, causationId: one?.id, hops: 2 });
  // The signal's cause is the shorter chain: what moved the run last and furthest is still the event that it waited for.
  expect(three).toMatchObject({ ...chain, causationId: one?.id, hops: 2 });
  dying.bury();
  await starting;
  await Promise.all([first, second, outside].map(async (tutti) => tutti?.stop()));
  return { hasCrashed };
}

it('has the same name, causes and count, whichever commit its worker dies with', async () => {
  let crashes = 0;
  for (let commit = 1; (await crashAt(commit)).hasCrashed; commit += 1) crashes = commit;
  expect(crashes).toBeGreaterThan(7);
}, 120_000);
