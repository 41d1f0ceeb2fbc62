/** One chain of reactions keeps one name and is counted, whatever it goes through. */
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createTutti,
  event,
  pipeline,
  signal,
  topic,
  workflow,
  type PublishedEvent,
  type Tutti,
} from 'tutti';
import { z } from 'zod';

const Ping = event('ping', { schema: z.object({ n: z.number() }) });
const Pong = event('pong', { schema: z.object({ n: z.number() }) });
const hopsMax = 32;

type Definitions = Parameters<typeof createTutti>[0] extends infer O
  ? NonNullable<NonNullable<O> extends { readonly definitions?: infer D } ? D : never>
  : never;

async function open(definitions: Definitions): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', definitions, dev: true, idleMs: 1 });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the type of the topic is what the tests are about
function pings() {
  const balls = topic('balls', { events: [Ping, Pong], hopsMax });
  const seen: PublishedEvent<string, { readonly n: number }>[] = [];
  balls.subscribe('watch', { from: 'oldest', handler: (e) => void seen.push(e) });
  return { balls, seen };
}

/** The one run that failed, once there is one. */
async function stopped(tutti: Tutti): Promise<unknown> {
  await expect
    .poll(async () => (await tutti.client.listRuns({ states: ['failed'] })).length, { timeout: 20_000 })
    .toBeGreaterThan(0);
  const [failed] = await tutti.client.listRuns({ states: ['failed'] });
  await tutti.events.settled();
  return (await tutti.client.showRun(failed?.id ?? '')).error;
}

/** Every event of the chain is one hop further than the one before, up to the limit, and all carry one name. */
function expectWholeChain(seen: readonly PublishedEvent[]): void {
  expect(seen.map(({ hops }) => hops)).toEqual(Array.from({ length: hopsMax + 1 }, (_, i) => i));
  expect(new Set(seen.map(({ correlationId }) => correlationId))).toEqual(new Set([seen[0]?.id]));
  expect(seen.slice(1).map(({ causationId }) => causationId)).toEqual(seen.slice(0, -1).map(({ id }) => id));
}

it('the trace context of an event comes with what runs publish because of it, through children and waits', async () => {
  const { balls, seen } = pings();
  const child = workflow('child', async (ctx, n: number) => ctx.publish(balls, Pong({ n })));
  const react = workflow('react', async (ctx) => ctx.call(child, 1));
  const waiting = workflow('waiting', async (ctx) => {
    await ctx.waitForEvent(balls, Ping);
    await ctx.publish(balls, Pong({ n: 2 }));
  });
  balls.subscribe('react', { on: ['ping'], start: react, input: () => undefined });
  const tutti = await open([balls, child, react, waiting]);
  await tutti.client.startRun('waiting', undefined, { id: 'w' });
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const ping = { specversion: '1.0', id: 'p', source: '/test', type: 'ping', data: { n: 0 }, traceparent };
  await tutti.gateway.publish('balls', [ping]);
  await tutti.client.waitForRun('w');
  await expect.poll(() => seen.length).toBe(3);
  expect(seen.map((one) => one.traceparent)).toEqual([traceparent, traceparent, traceparent]);
});

describe('a loop of events is stopped', () => {
  const loop = { code: 'TUTTI_EVENT_LOOP' };

  it.each(['call', 'start'] as const)('that goes through the child of ctx.%s', async (verb) => {
    const { balls, seen } = pings();
    const child = workflow('child', async (ctx, n: number) => ctx.publish(balls, Ping({ n })));
    const react = workflow('react', async (ctx, e: { readonly data: { readonly n: number } }) => {
      await ctx[verb](child, e.data.n + 1);
    });
    balls.subscribe('react', { start: react });
    const tutti = await open([balls, child, react]);
    await balls.publish(Ping({ n: 0 }));
    expect(await stopped(tutti)).toMatchObject(loop);
    expectWholeChain(seen);
  });

  it('that goes through a call of a pipeline', async () => {
    const { balls, seen } = pings();
    const child = workflow('child', async (ctx, { n }: { readonly n: number }) =>
      ctx.publish(balls, Ping({ n })),
    );
    const react = pipeline('react', { input: z.object({ n: z.number() }) }, (p) =>
      p.call('again', child, p.input),
    );
    balls.subscribe('react', { start: react, input: (e) => ({ n: e.data.n + 1 }) });
    const tutti = await open([balls, child, react]);
    await balls.publish(Ping({ n: 0 }));
    expect(await stopped(tutti)).toMatchObject({ code: expect.stringMatching(/LOOP|TASKS/) as string });
    expectWholeChain(seen);
  });

  it('that goes through events that runs wait for', async () => {
    const { balls, seen } = pings();
    const left = workflow('left', async (ctx) => {
      for (;;) {
        const { data } = await ctx.waitForEvent(balls, Ping);
        await ctx.publish(balls, Pong({ n: data.n + 1 }));
      }
    });
    const right = workflow('right', async (ctx) => {
      for (;;) {
        const { event: pong } = await ctx.waitForAny({ pong: [balls, Pong] });
        await ctx.publish(balls, Ping({ n: pong.data.n + 1 }));
      }
    });
    const tutti = await open([balls, left, right]);
    await tutti.client.startRun('left', null);
    await tutti.client.startRun('right', null);
    await balls.publish(Ping({ n: 0 }));
    expect(await stopped(tutti)).toMatchObject(loop);
    expectWholeChain(seen);
  });

  it('that goes through an event that a task of a pipeline waits for', async () => {
    const { balls, seen } = pings();
    const play = workflow('play', async (ctx, n: number) => ctx.publish(balls, Pong({ n })));
    const left = pipeline('left', {}, (p) => {
      const ping = p.wait('ping', balls.arrival(Ping));
      const next = p.task('next', { ping }, ({ ping: { data } }) => data.n + 1);
      return p.call('play', play, next);
    });
    const again = workflow('again', async (ctx, e: PublishedEvent<string, { readonly n: number }>) => {
      await ctx.start(left, undefined);
      await ctx.publish(balls, Ping({ n: e.data.n + 1 }));
    });
    balls.subscribe('again', { on: ['pong'], start: again });
    const tutti = await open([balls, play, left, again]);
    await tutti.client.startRun('left', undefined);
    await balls.publish(Ping({ n: 0 }));
    await stopped(tutti);
    expectWholeChain(seen);
  });

  it('that goes through signals, of a handler and of a run', async () => {
    const { balls, seen } = pings();
    const kick = signal<number>('kick');
    const keeper = workflow('keeper', async (ctx) => {
      for (;;) await ctx.send('striker', kick, await ctx.waitFor(kick));
    });
    const striker = workflow('striker', async (ctx) => {
      for (;;) await ctx.publish(balls, Ping({ n: (await ctx.waitFor(kick)) + 1 }));
    });
    balls.subscribe('pass', { handler: (e, ctx) => ctx.send('keeper', kick, e.data.n) });
    const tutti = await open([balls, keeper, striker]);
    await tutti.client.startRun('striker', null, { id: 'striker' });
    await tutti.client.startRun('keeper', null, { id: 'keeper' });
    await balls.publish(Ping({ n: 0 }));
    expect(await stopped(tutti)).toMatchObject(loop);
    expectWholeChain(seen);
  });

  it('that goes through batches which fresh events lead', async () => {
    const { balls, seen } = pings();
    const again = balls.subscribe('again', {
      batch: { max: 2, within: '1h' },
      retry: { maximumAttempts: 1 },
      handler: async (events, ctx) => {
        await ctx.publish(balls, Ping({ n: Math.max(...events.map(({ data }) => data.n)) + 1 }));
      },
    });
    const tutti = await open([balls]);
    await balls.publishAll([Ping({ n: 0 }), Ping({ n: -1 })]);
    for (let n = 1; n <= hopsMax; n += 1) {
      await expect.poll(() => seen.at(-1)?.data.n).toBe(n);
      await balls.publish(Ping({ n: -1 }));
    }
    await tutti.events.settled();
    expectWholeChain(seen.filter(({ data }) => data.n >= 0));
    const letters = await again.deadLetters.list();
    expect(letters.map(({ cause }) => cause)).toEqual(['TUTTI_EVENT_LOOP', 'TUTTI_EVENT_LOOP']);
  });
});

describe('a chain of reactions', () => {
  it('has one name through runs, children and runs that wait', async () => {
    const { balls, seen } = pings();
    const child = workflow('child', async (ctx, n: number) => ctx.publish(balls, Pong({ n })));
    const react = workflow('react', async (ctx) => ctx.call(child, 1));
    balls.subscribe('react', { on: ['ping'], filter: { data: { n: [0] } }, start: react });
    const waiting = workflow('waiting', async (ctx) => {
      await ctx.publish(balls, Ping({ n: 9 }));
      const { correlationId } = await ctx.waitForEvent(balls, Pong);
      await ctx.publish(balls, Ping({ n: 2 }));
      return correlationId;
    });
    const tutti = await open([balls, child, react, waiting]);
    const { id: waiter } = await tutti.client.startRun('waiting', null);
    await expect.poll(async () => (await tutti.client.showRun(waiter)).waits.length).toBe(1);
    const first = await balls.publish(Ping({ n: 0 }));
    expect((await tutti.client.waitForRun(waiter)).output).toBe(first.id);
    await tutti.events.settled();
    const [own, ...chain] = seen;
    expect(own).toMatchObject({ correlationId: waiter, causationId: waiter, hops: 1 });
    expect(chain).toMatchObject([
      { data: { n: 0 }, hops: 0, causationId: null, correlationId: first.id },
      { data: { n: 1 }, hops: 1, causationId: first.id, correlationId: first.id },
      { data: { n: 2 }, hops: 2, causationId: chain[1]?.id, correlationId: first.id },
    ]);
  });

  it.each(['returns', 'fails'])('goes on in a run whose child was given an event and %s', async (end) => {
    const { balls, seen } = pings();
    const listen = workflow('listen', async (ctx) => {
      await ctx.waitForEvent(balls, Ping, { where: { data: { n: [1] } } });
      if (end === 'fails') throw new Error('it was only a ping');
    });
    const parent = workflow('parent', async (ctx) => {
      await ctx.call(listen, null).catch(() => undefined);
      await ctx.publish(balls, Pong({ n: 2 }));
    });
    balls.subscribe('next', {
      filter: { data: { n: [0] } },
      handler: (_, ctx) => ctx.publish(balls, Ping({ n: 1 })),
    });
    const tutti = await open([balls, listen, parent]);
    const { id } = await tutti.client.startRun('parent', null);
    await expect.poll(async () => (await tutti.client.showRun(id)).waits.length).toBe(1);
    const first = await balls.publish(Ping({ n: 0 }));
    await tutti.client.waitForRun(id);
    await tutti.events.settled();
    expect(seen.at(-1)).toMatchObject({ correlationId: first.id, causationId: seen[1]?.id, hops: 2 });
    const [child] = (await tutti.client.showRun(id)).recent;
    expect(child).toMatchObject({ kind: 'child', outcome: end === 'fails' ? 'error' : 'ok' });
  });

  it('has the name of the first run where no event began it', async () => {
    const { balls, seen } = pings();
    const child = workflow('child', async (ctx, n: number) => ctx.publish(balls, Pong({ n })));
    const parent = workflow('parent', async (ctx) => ctx.call(child, 1, { id: 'the-child' }));
    const tutti = await open([balls, child, parent]);
    await tutti.client.startRun('parent', null, { id: 'the-parent' });
    await tutti.client.waitForRun('the-parent');
    await tutti.events.settled();
    expect(seen).toMatchObject([{ correlationId: 'the-parent', causationId: 'the-child', hops: 1 }]);
  });

  it('keeps the name of the longer one of two that meet in a run', async () => {
    const { balls, seen } = pings();
    const meet = workflow('meet', async (ctx) => {
      await ctx.waitForEvent(balls, Pong);
      await ctx.publish(balls, Ping({ n: 2 }));
    });
    balls.subscribe('meets', { filter: { data: { n: [1] } }, start: meet });
    balls.subscribe('next', {
      filter: { data: { n: [0] } },
      handler: (_, ctx) => ctx.publish(balls, Ping({ n: 1 })),
    });
    const tutti = await open([balls, meet]);
    const long = await balls.publish(Ping({ n: 0 }));
    await expect.poll(() => seen.length).toBe(2);
    await balls.publish(Pong({ n: 7 }));
    await expect.poll(() => seen.length).toBe(4);
    expect(seen.at(-1)).toMatchObject({ correlationId: long.id, causationId: seen[1]?.id, hops: 2 });
    await tutti.events.settled();
  });
});
