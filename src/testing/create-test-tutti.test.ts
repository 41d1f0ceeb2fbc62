import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NonRetryableError } from '../base/retry-errors.ts';
import { signal, workflow } from '../workflows/index.ts';
import { createTestTutti } from './create-test-tutti.ts';
import { virtualStart } from './virtual-clock.ts';

const day = 86_400_000;

const greet = workflow('greet', async (ctx, name: string) => {
  const text = await ctx.step('compose', () => `Hello, ${name}`);
  await ctx.sleep('30d');
  return text;
});

const approved = signal('approved', z.object({ by: z.string() }));

const review = workflow('review', async (ctx) => {
  const { by } = await ctx.waitFor(approved);
  return by;
});

const asking = workflow('asking', async (ctx) => {
  const answer = await ctx.ask('verify account', { form: z.object({ ok: z.boolean() }) });
  return answer;
});

describe.each(['memory', 'sqlite'] as const)('on the %s store', (store) => {
  it('thirty days pass in the time the code needs', async () => {
    await using env = await createTestTutti({ definitions: [greet], store });
    expect(await env.run(greet, 'Ada')).toBe('Hello, Ada');
    expect(env.now).toBe(virtualStart + 30 * day);
  });

  it('a restart loses what was not on disk and nothing else', async () => {
    let calls = 0;
    const counted = workflow('counted', async (ctx) => {
      const first = await ctx.step('first', () => (calls += 1));
      await ctx.sleep('1d');
      const second = await ctx.step('second', () => (calls += 1));
      return [first, second];
    });
    await using env = await createTestTutti({ definitions: [counted], store });
    const run = await env.start(counted, undefined);
    await env.untilRested(run);
    await env.restart();
    await env.restart();
    expect(await run.result()).toEqual([1, 2]);
    expect(calls).toBe(2);
    expect((await env.journal(run)).map((entry) => entry.name)).toEqual(['first', 'sleep', 'second']);
  });
});

describe('time', () => {
  it('stands still until it is moved, and then by just as much', async () => {
    await using env = await createTestTutti({ definitions: [greet], start: '2027-03-01T00:00:00Z' });
    const run = await env.start(greet, 'Ada');
    await env.settle();
    expect(env.now).toBe(Date.UTC(2027, 2, 1));
    await env.advance('29d');
    expect((await env.show(run)).state).toBe('waiting');
    await env.advanceTo('2027-03-31T00:00:00Z');
    expect((await env.show(run)).state).toBe('completed');
    expect(env.now).toBe(Date.UTC(2027, 2, 31));
  });

  it('waits for bodies that do real input and output', async () => {
    const slow = workflow('slow', async (ctx) => {
      await ctx.step('fetch', () => new Promise<void>((resolve) => setTimeout(resolve, 20)), {
        attemptTimeout: '1s',
      });
      return new Date().getTime();
    });
    await using env = await createTestTutti({ definitions: [slow] });
    expect(await env.run(slow, undefined)).toBe(virtualStart);
  });

  it('goes on beside a body that hangs, so that its attempt times out', async () => {
    const hanging = workflow('hanging', (ctx) =>
      ctx.step('hang', () => new Promise<never>(() => undefined), {
        attemptTimeout: '10s',
        retry: { maximumAttempts: 1 },
      }),
    );
    await using env = await createTestTutti({ definitions: [hanging], bodyGraceMs: 1 });
    await expect(env.run(hanging, undefined)).rejects.toMatchObject({ code: 'TUTTI_STEP_TIMEOUT' });
    expect(env.now).toBe(virtualStart + 10_000);
  });

  it('cannot be moved back', async () => {
    await using env = await createTestTutti({ definitions: [] });
    await expect(env.advanceTo(virtualStart - 1)).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
  });
});

describe('what comes from outside', () => {
  it('a run that nothing will wake is reported with what it waits for', async () => {
    await using env = await createTestTutti({ definitions: [review] });
    await expect(env.run(review, undefined)).rejects.toMatchObject({
      code: 'TUTTI_TEST_STUCK',
      message: expect.stringContaining('signal "approved"') as string,
    });
  });

  it('a run beside something that never ends is given up at the limit', async () => {
    const forever = workflow('forever', async (ctx) => {
      for (;;) await ctx.sleep('1d');
    });
    await using env = await createTestTutti({ definitions: [forever], timersMax: 20, dev: false });
    await expect(env.run(forever, undefined)).rejects.toMatchObject({
      code: 'TUTTI_TEST_STUCK',
      message: expect.stringContaining('timersMax') as string,
    });
  });

  it('signals arrive at once, or when their time has come', async () => {
    await using env = await createTestTutti({ definitions: [review] });
    const first = await env.start(review, undefined);
    await env.signal(first, approved, { by: 'ada' });
    expect(await first.result()).toBe('ada');
    const second = await env.start(review, undefined);
    env.signalAfter('2d', second, approved, { by: 'grace' });
    expect(await second.result()).toBe('grace');
    expect(env.now).toBe(virtualStart + 2 * day);
  });

  it('a planned signal that is refused is thrown by what moves the time', async () => {
    await using env = await createTestTutti({ definitions: [greet] });
    const run = await env.start(greet, 'Ada');
    env.signalAfter('40d', run, 'late');
    await run.result();
    await expect(env.advance('20d')).rejects.toMatchObject({ code: 'TUTTI_RUN_FINISHED' });
  });

  it('questions are found by their words and answered', async () => {
    await using env = await createTestTutti({ definitions: [asking] });
    const run = await env.start(asking, undefined);
    expect(await env.untilWaiting(run, 'verify account')).toMatchObject({ kind: 'approval' });
    await expect(env.answer(run, 'verify acount', { ok: true })).rejects.toMatchObject({
      code: 'TUTTI_APPROVAL_NOT_FOUND',
      message: expect.stringContaining('Did you mean "verify account"?') as string,
    });
    await env.answer(run, 'verify account', { ok: true }, 'grace');
    expect(await run.result()).toEqual({ ok: true, by: 'grace' });
  });

  it('a run can be canceled', async () => {
    await using env = await createTestTutti({ definitions: [review] });
    const run = await env.start(review, undefined);
    await env.untilWaiting(run);
    await env.cancel(run, 'enough');
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
  });
});

describe('mocks', () => {
  const order = workflow('order', async (ctx) => {
    const charged = await ctx.step('charge', () => 'real');
    const mailed = await ctx.step('mail', () => 'real');
    const again = await ctx.step('mail', () => 'real');
    return [charged, mailed, again];
  });

  it('replace a step, or only its nth occurrence, and keep its calls', async () => {
    await using env = await createTestTutti({ definitions: [order] });
    const charge = env.mockStep(order, 'charge', ({ attempt }) => `mock ${attempt}`);
    env.mockStep('order', 'mail', ({ original }) => `${String(original())} twice`, { nth: 2 });
    const run = await env.start(order, undefined, { id: 'o-1' });
    expect(await run.result()).toEqual(['mock 1', 'real', 'real twice']);
    expect(charge.calls).toEqual([
      expect.objectContaining({ runId: 'o-1', attempt: 1, state: 'returned', result: 'mock 1' }),
    ]);
    expect(charge.calls[0]?.idempotencyKey).toContain('charge');
  });

  it('make a step fail some times before it runs', async () => {
    await using env = await createTestTutti({ definitions: [order] });
    const charge = env.mockStep(order, 'charge', { failTimes: 2, error: new Error('busy') });
    expect(await env.run(order, undefined)).toEqual(['real', 'real', 'real']);
    expect(charge.calls.map(({ attempt, state }) => `${attempt} ${state}`)).toEqual([
      '1 threw',
      '2 threw',
      '3 returned',
    ]);
  });

  it('let virtual time pass within a step', async () => {
    await using env = await createTestTutti({ definitions: [order] });
    env.mockStep(order, 'charge', async ({ takes }) => {
      await takes('3h');
      return 'slow';
    });
    await env.run(order, undefined);
    expect(env.now).toBe(virtualStart + 3 * 3_600_000);
  });

  it('replace a child by a function', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(greet, 'Ada'));
    await using env = await createTestTutti({ definitions: [parent, greet] });
    const child = env.mockWorkflow(greet, (name) => `mocked ${name}`);
    expect(await env.run(parent, undefined)).toBe('mocked Ada');
    expect(child.calls.map(({ input }) => input)).toEqual(['Ada']);
    child.restore();
    expect(await env.run(parent, undefined)).toBe('Hello, Ada');
  });

  it('a mocked child may fail', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(greet, 'Ada'));
    await using env = await createTestTutti({ definitions: [parent, greet] });
    env.mockWorkflow(greet, () => {
      throw new NonRetryableError('no');
    });
    await expect(env.run(parent, undefined)).rejects.toThrow('no');
  });

  it('of a step that no run ever issues are reported with the nearest name', async () => {
    const env = await createTestTutti({ definitions: [order] });
    env.mockStep(order, 'chrage', () => 1);
    env.mockStep(order, 'mail', () => 1, { nth: 3 });
    await env.run(order, undefined);
    expect(() => env.verifyMocks()).toThrow(
      expect.objectContaining({
        code: 'TUTTI_TEST_MOCK_UNUSED',
        message:
          '2 mocks were never asked for: step "chrage" of "order" was never issued; did you mean "charge"?; ' +
          'step "mail" (number 3) of "order" was never issued, though steps of that name were.',
      }),
    );
    await expect(env[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'TUTTI_TEST_MOCK_UNUSED' });
  });

  it('of a definition that is not there are refused', async () => {
    await using env = await createTestTutti({ definitions: [order] });
    expect(() => env.mockStep('oder', 'charge', () => 1)).toThrow(/Did you mean "order"/);
  });
});
