/** What the simulation found, each told again by itself: as small a scene as shows it. */
import { expect, it } from 'vitest';
import { createTutti, signal, TuttiError, workflow } from '../../src/index.ts';
import type { CommitBatch, PayloadStore, Store } from '../../src/engine/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';
import { clock, expectEventually, open, stateOf } from './lone-engine.ts';
import { overriding } from './overriding.ts';

const go = signal<string>('go');
const nothing = (): void => undefined;
const lost = new TuttiError('TUTTI_STORE_FAILED', 'The connection was lost.');

it('completions that land together reach the code in the order of the journal', async () => {
  const order: string[] = [];
  const code = workflow('both', async (ctx) => {
    const step = ctx.step('first', () => 1).then(() => order.push('step'));
    const sent = ctx.send(ctx.runId, go, 'x').then(() => order.push('send'));
    await Promise.all([step, sent]);
  });
  const tutti = await open(code);
  const { id } = await tutti.client.startRun('both', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  const journal = await tutti.client.readHistory(id);
  expect(order).toEqual(journal.map(({ kind }) => kind));
  await tutti.stop();
});

it('a batched run is told of a message it sent before it is told of what it wrote later', async () => {
  const memory = createMemoryStore();
  let finish = nothing;
  const store = overriding(memory, {
    commit: async (batch) => {
      if (batch.sends.length > 0) finish();
      await new Promise<void>((resolve) => clock.setTimer(10, resolve));
      return memory.commit(batch);
    },
  });
  const order: string[] = [];
  const body = (): Promise<void> => new Promise((resolve) => (finish = resolve));
  const code = workflow('both', { durability: 'batched' }, async (ctx) => {
    await Promise.all([
      ctx.step('slow', body).then(() => order.push('step')),
      ctx.send(ctx.runId, go, 'x').then(() => order.push('send')),
    ]);
  });
  const tutti = await open(code, { store });
  void tutti.client.startRun('both', null, { id: 'both' });
  await expectEventually(async () => (await stateOf(tutti, 'both')) === 'completed');
  expect(order).toEqual(['send', 'step']);
  const journal = await memory.readJournal(1, 0, 10);
  expect(order).toEqual(journal.map(({ kind }) => kind));
});

it('the next attempt of a step begins only when the failed one is on disk', async () => {
  const memory = createMemoryStore();
  let isDiskSlow = false;
  let release = nothing;
  const store = overriding(memory, {
    commit: async (batch) => {
      if (isDiskSlow) await new Promise<void>((resolve) => (release = resolve));
      return memory.commit(batch);
    },
  });
  let attempts = 0;
  const code = workflow('flaky', async (ctx) => {
    await ctx.step(
      'call',
      () => {
        attempts += 1;
        isDiskSlow = attempts === 1;
        if (attempts === 1) throw new Error('not yet');
      },
      { retry: { initialInterval: 0 } },
    );
  });
  const tutti = await open(code, { store });
  const { id } = await tutti.client.startRun('flaky', null);
  await expect(expectEventually(() => attempts > 1, 100)).rejects.toThrow('never');
  release();
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  expect(attempts).toBe(2);
  await tutti.stop();
});

it('a pause leaves the inbox with the change that pauses, so that no crash forgets it', async () => {
  const memory = createMemoryStore();
  const batches: CommitBatch[] = [];
  const store = overriding(memory, {
    commit: (batch) => {
      batches.push(batch);
      return memory.commit(batch);
    },
  });
  let finish = nothing;
  const code = workflow('long', async (ctx) => {
    await ctx.step('work', () => new Promise<void>((resolve) => (finish = resolve)));
    await ctx.waitFor(go);
  });
  const tutti = await open(code, { store });
  const { id } = await tutti.client.startRun('long', null);
  await tutti.client.pauseRun(id, 'lunch');
  await expectEventually(() => true);
  finish();
  await expectEventually(async () => (await stateOf(tutti, id)) === 'paused');
  const consuming = batches.filter(({ consumed }) => consumed.length > 0);
  expect(consuming.map(({ runs }) => runs.map(({ state }) => state))).toEqual([['paused']]);
  await tutti.stop();
});

it('a run that is due is not put out of a full memory before it has moved', async () => {
  const code = workflow('nap', async (ctx, ms: number) => {
    if (ms === 0) await ctx.step('forever', () => new Promise<void>(() => undefined));
    await ctx.sleep(ms);
  });
  const tutti = await open(code, { liveRunsMax: 3, idleMs: 0 });
  for (const name of ['busy 1', 'busy 2']) await tutti.client.startRun('nap', 0, { id: name });
  await tutti.client.startRun('nap', 5_000, { id: 'sleeper' });
  await expectEventually(async () => (await stateOf(tutti, 'sleeper')) === 'completed');
});

it('in development a batched run is compared with its journal only when that is on disk', async () => {
  const code = workflow('quick', { durability: 'batched' }, async (ctx) => {
    await ctx.step('one', () => 1);
    await ctx.waitFor(go);
  });
  const tutti = await open(code, { dev: true });
  const { id } = await tutti.client.startRun('quick', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'waiting');
  await expectEventually(() => true);
  expect(await stateOf(tutti, id)).toBe('waiting');
  await tutti.stop();
});

it('a result that cannot be spilled now is spilled later, and its step does not fail', async () => {
  const code = workflow('big', async (ctx) => ctx.step('make', () => 'x'.repeat(100)));
  const tutti = await open(code, { payloadStore: failing('put', 2), limits: { inlineMax: 50 } });
  const { id } = await tutti.client.startRun('big', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  await tutti.stop();
});

it('a run whose input cannot be read now is claimed again later', async () => {
  const code = workflow('echo', async (_ctx, text: string) => text.length);
  const tutti = await open(code, { payloadStore: failing('get', 2), limits: { inlineMax: 50 } });
  const { id } = await tutti.client.startRun('echo', 'x'.repeat(100));
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  await tutti.stop();
});

it('a claim whose answer is lost leaves no run behind', async () => {
  const memory = createMemoryStore();
  let lostAnswers = 1;
  const store = overriding(memory, {
    claim: async (request) => {
      const claimed = await memory.claim(request);
      if (claimed.length > 0 && lostAnswers-- > 0) throw lost;
      return claimed;
    },
  });
  const code = workflow('simple', async (ctx) => ctx.step('one', () => 1));
  const passer = await createTutti({ store: memory, clock, definitions: [code] });
  const { id } = await passer.client.startRun('simple', null);
  const tutti = await open(code, { store });
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  await tutti.stop();
});

it('a parent does not fall asleep before the child it waits for is on its way', async () => {
  const child = workflow('child', async (_ctx, text: string) => text.length);
  const parent = workflow('parent', async (ctx) => ctx.call(child, 'x'.repeat(100)));
  const memory = createMemoryPayloadStore();
  const slow: PayloadStore = {
    ...memory,
    put: async (runId, bytes) => {
      await new Promise<void>((resolve) => clock.setTimer(5_000, resolve));
      return memory.put(runId, bytes);
    },
  };
  const options = { definitions: [parent, child], payloadStore: slow, limits: { inlineMax: 50 }, idleMs: 0 };
  const tutti = await open(parent, options);
  const { id } = await tutti.client.startRun('parent', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  await tutti.stop();
});

it('a start that was meant for a lost registration is accepted as belonging to nobody', async () => {
  const memory = createMemoryStore();
  let failures = 0;
  let isLosing = false;
  const store: Store = overriding(memory, {
    commit: async (batch) => {
      if (isLosing && failures === 0) {
        failures += 1;
        await new Promise<void>((resolve) => clock.setTimer(100, resolve));
        throw lost;
      }
      return memory.commit(batch);
    },
  });
  const code = workflow('simple', async (ctx) => ctx.step('one', () => 1));
  const tutti = await open(code, { store });
  isLosing = true;
  const first = tutti.client.startRun('simple', null, { id: 'first' });
  const answer = first.then(() => 'accepted', String);
  await expectEventually(() => failures === 1);
  const second = tutti.client.startRun('simple', null, { id: 'second' });
  await expectEventually(async () => (await stateOf(tutti, 'second')) === 'completed');
  expect(await answer).toContain('lost');
  await expect(second).resolves.toMatchObject({ id: 'second' });
  await tutti.stop();
});

it('code that ended with the winner of a race ends so in a replay that knows of the loser too', async () => {
  const memory = createMemoryStore();
  let lostAnswers = 1;
  const store = overriding(memory, {
    commit: async (batch) => {
      const result = await memory.commit(batch);
      if (batch.entries.length === 2 && lostAnswers-- > 0) throw lost;
      return result;
    },
  });
  const code = workflow('race', (ctx) => Promise.race([ctx.step('one', () => 1), ctx.step('two', () => 2)]));
  const tutti = await open(code, { store });
  const { id } = await tutti.client.startRun('race', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  await tutti.stop();
});

it('a commit that is refused after its worker was lost is not tried again in another name', async () => {
  const memory = createMemoryStore();
  const names: unknown[] = [];
  let isHeld = false;
  const store = overriding(memory, {
    commit: async (batch) => {
      names.push(...batch.entries.map(({ name }) => `${name} by ${batch.worker}`));
      if (!isHeld) return memory.commit(batch);
      isHeld = false;
      await new Promise<void>((resolve) => clock.setTimer(20_000, resolve));
      throw new TuttiError('TUTTI_STORE_BUSY', 'Somebody else writes.');
    },
  });
  let finish = nothing;
  const body = (): Promise<void> => new Promise((resolve) => (finish = resolve));
  const code = workflow('long', async (ctx) => ctx.step('work', body));
  const tutti = await open(code, { store });
  const { id } = await tutti.client.startRun('long', null);
  await expectEventually(() => finish !== nothing);
  isHeld = true;
  finish();
  await expectEventually(() => names.length === 1);
  finish = nothing;
  // While the commit hangs, somebody declares the worker dead.
  await memory.declareDead(clock.now() + 1_000_000);
  await expectEventually(() => finish !== nothing);
  finish();
  await expectEventually(async () => (await stateOf(tutti, id)) === 'completed');
  expect(names).toEqual(['work by 1', 'work by 2']);
  await tutti.stop();
});

it('a stop ends although the last commit was lost', async () => {
  const memory = createMemoryStore();
  let isHeld = false;
  let isCommitting = false;
  const store = overriding(memory, {
    commit: async (batch) => {
      if (!isHeld) return memory.commit(batch);
      isHeld = false;
      isCommitting = true;
      await new Promise<void>((resolve) => clock.setTimer(100, resolve));
      throw lost;
    },
  });
  const code = workflow('long', async (ctx) => {
    await ctx.sleep('1m');
    isHeld = true;
    await ctx.step('work', () => 1);
  });
  const tutti = await open(code, { store });
  await tutti.client.startRun('long', null);
  await expectEventually(() => isCommitting);
  let hasStopped = false;
  void tutti.engine.stop().then(() => (hasStopped = true));
  await expectEventually(() => hasStopped);
  expect(hasStopped).toBe(true);
});

it('a run that its code cannot replay stays paused, also when it is asked to cancel', async () => {
  const memory = createMemoryStore();
  const old = workflow('changing', async (ctx) => {
    await ctx.step('old', () => 1);
    await ctx.waitFor(go);
  });
  const before = await open(old, { store: memory });
  const { id } = await before.client.startRun('changing', null);
  await expectEventually(async () => (await stateOf(before, id)) === 'waiting');
  await before.stop();
  const passer = await createTutti({ store: memory, clock, definitions: [old] });
  await passer.client.cancelRun(id, 'no more');
  let commits = 0;
  const store = overriding(memory, {
    commit: (batch) => {
      commits += 1;
      return memory.commit(batch);
    },
  });
  const after = await open(
    workflow('changing', async (ctx) => ctx.step('new', () => 2)),
    { store },
  );
  for (let turns = 0; turns < 200; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  expect(await stateOf(after, id)).toBe('paused');
  expect(commits).toBe(1);
  await after.stop();
});

/** A payload store whose first calls of one kind fail. */
function failing(name: 'put' | 'get', times: number): PayloadStore {
  const memory = createMemoryPayloadStore();
  let left = times;
  const check = (kind: 'put' | 'get'): void => {
    if (kind === name && left-- > 0) throw lost;
  };
  return {
    put: async (runId, bytes) => {
      check('put');
      return memory.put(runId, bytes);
    },
    get: async (reference) => {
      check('get');
      return memory.get(reference);
    },
    deleteRuns: (runIds) => memory.deleteRuns(runIds),
  };
}
