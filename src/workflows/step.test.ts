import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NonRetryableError, RetryAfterError } from '../base/retry-errors.ts';
import type { RetryPolicy } from '../base/retry-policy.ts';
import { createTestTutti, virtualStart, type TestTutti } from '../testing/index.ts';
import { signal, workflow, type StepOptions, type Workflow, type WorkflowContext } from './index.ts';

/** A workflow of one step with these options, whose body is left to the test. */
function oneStep(
  options: StepOptions<unknown>,
  body: (attempt: number) => unknown = () => 'done',
): Workflow<undefined> {
  return workflow('one step', (ctx) =>
    ctx.step('work', ({ attempt }) => body(attempt) as Promise<unknown>, options),
  );
}

function failing(times: number, error: () => Error = () => new Error('busy')): (attempt: number) => unknown {
  return (attempt) => {
    if (attempt <= times) throw error();
    return `attempt ${attempt}`;
  };
}

/** Milliseconds of virtual time between the beginnings of attempts. */
async function pauses(env: TestTutti, id: string): Promise<readonly number[]> {
  const starts = (await env.journal(id)).map((entry) => entry.startedAt);
  return starts.slice(1).map((at, index) => at - starts[index]!);
}

describe('a retry policy', () => {
  it('waits longer from attempt to attempt, up to its maximum', async () => {
    const retry: RetryPolicy = {
      initialInterval: '1s',
      backoffCoefficient: 3,
      maximumInterval: '5s',
      jitter: 0,
    };
    const flow = oneStep({ retry }, failing(4));
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined, { id: 'r' })).toBe('attempt 5');
    expect(await pauses(env, 'r')).toEqual([1_000, 3_000, 5_000, 5_000]);
  });

  it('shortens each pause at random by at most its jitter, whatever the seed', async () => {
    const retry: RetryPolicy = { initialInterval: '10s', backoffCoefficient: 1, jitter: 0.3 };
    const flow = oneStep({ retry }, failing(5));
    await fc.assert(
      fc.asyncProperty(fc.string(), async (seed) => {
        await using env = await createTestTutti({ definitions: [flow], seed });
        await env.run(flow, undefined, { id: 'r' });
        for (const pause of await pauses(env, 'r')) {
          expect(pause).toBeGreaterThanOrEqual(7_000);
          expect(pause).toBeLessThanOrEqual(10_000);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('without one a step is tried again after a second, without end', async () => {
    const flow = oneStep({}, failing(12));
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toBe('attempt 13');
  });

  it('gives up after its maximum of attempts with the last error', async () => {
    const flow = oneStep({ retry: { maximumAttempts: 3 } }, (attempt) => {
      throw new Error(`failure ${attempt}`);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined, { id: 'r' })).rejects.toThrow('failure 3');
    expect((await env.journal('r')).map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual([
      'attempt 1',
      'attempt 2',
      'step 3',
    ]);
  });

  it('survives a crash: the attempts that were made count, and so does the rest of the pause', async () => {
    const flow = oneStep({ retry: { maximumAttempts: 3, initialInterval: '1h', jitter: 0 } }, failing(9));
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.advance('30m');
    await env.restart();
    await env.advance('29m');
    expect(await env.journal(run)).toHaveLength(1);
    await env.advance('1m');
    expect(await env.journal(run)).toHaveLength(2);
    await env.restart();
    await expect(run.result()).rejects.toThrow('busy');
    expect(await env.journal(run)).toHaveLength(3);
  });
});

describe('errors', () => {
  it('that are not retryable end the step at once', async () => {
    const flow = oneStep(
      {},
      failing(1, () => new NonRetryableError('no such card')),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow('no such card');
    expect(env.now).toBe(virtualStart);
  });

  it('of the types the policy names end the step at once, by name, class or code', async () => {
    class CardDeclined extends Error {}
    const flow = oneStep(
      { retry: { nonRetryableErrorTypes: ['TypeError', 'CardDeclined', 'ENOENT'] } },
      failing(1, () => errors.shift()!),
    );
    const errors: Error[] = [
      new TypeError('one'),
      new CardDeclined('two'),
      Object.assign(new Error('three'), { code: 'ENOENT' }),
    ];
    await using env = await createTestTutti({ definitions: [flow] });
    for (const text of ['one', 'two', 'three']) await expect(env.run(flow, undefined)).rejects.toThrow(text);
    expect(env.now).toBe(virtualStart);
  });

  it('may say themselves how long to wait', async () => {
    const flow = oneStep(
      {},
      failing(1, () => new RetryAfterError('limit reached', '90s')),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    await env.run(flow, undefined, { id: 'r' });
    expect(await pauses(env, 'r')).toEqual([90_000]);
  });

  it('are seen by the code with their name and fields', async () => {
    const flow = workflow('seen', async (ctx) => {
      try {
        return await ctx.step(
          'work',
          () => {
            throw Object.assign(new RangeError('too much'), { limit: 7 });
          },
          { retry: { maximumAttempts: 1 } },
        );
      } catch (error) {
        const { name, message, limit } = error as RangeError & { limit: number };
        return { name, message, limit, isRange: error instanceof RangeError };
      }
    });
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual({
      name: 'RangeError',
      message: 'too much',
      limit: 7,
      isRange: true,
    });
  });
});

describe('time limits', () => {
  it('an attempt that takes too long is aborted and tried again', async () => {
    const flow = oneStep({ attemptTimeout: '10s', retry: { initialInterval: '1s', jitter: 0 } });
    await using env = await createTestTutti({ definitions: [flow] });
    const reasons: unknown[] = [];
    env.mockStep(flow, 'work', async ({ attempt, takes, signal }) => {
      signal.addEventListener('abort', () => reasons.push((signal.reason as { code: string }).code));
      if (attempt === 1) await takes('11s');
      return attempt;
    });
    expect(await env.run(flow, undefined)).toBe(2);
    expect(env.now).toBe(virtualStart + 11_000);
    expect(reasons).toEqual(['TUTTI_STEP_TIMEOUT']);
  });

  it('what an attempt does after its timeout is ignored', async () => {
    const flow = workflow('late', async (ctx) => {
      const first = await ctx.step('work', () => 0, { attemptTimeout: '10s', retry: { jitter: 0 } });
      await ctx.sleep('1h');
      return first;
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const finish = Promise.withResolvers<string>();
    env.mockStep(flow, 'work', async ({ attempt, takes }) => {
      if (attempt === 2) return 'second';
      await takes('11s').catch(() => undefined);
      return finish.promise;
    });
    const run = await env.start(flow, undefined);
    await env.advance('12s');
    finish.resolve('first');
    expect(await run.result()).toBe('second');
  });

  it('the overall timeout counts from the first attempt, across crashes and pauses', async () => {
    const retry: RetryPolicy = { initialInterval: '20s', backoffCoefficient: 1, jitter: 0 };
    const flow = oneStep({ timeout: '1m', retry }, failing(99));
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.advance('30s');
    await env.restart();
    await expect(run.result()).rejects.toThrow('busy');
    // Attempts at 0, 20 and 40 seconds; the next would begin when the minute is over.
    expect(await env.journal(run)).toHaveLength(3);
    expect(env.now).toBe(virtualStart + 40_000);
  });

  it('the overall timeout also ends an attempt that is running', async () => {
    const flow = oneStep({ timeout: '1m' });
    await using env = await createTestTutti({ definitions: [flow] });
    env.mockStep(flow, 'work', ({ takes }) => takes('2m'));
    await expect(env.run(flow, undefined)).rejects.toMatchObject({ code: 'TUTTI_STEP_TIMEOUT' });
    expect(env.now).toBe(virtualStart + 60_000);
  });

  it('an attempt that was cut off by a crash is bound by the overall timeout as well', async () => {
    const flow = oneStep({ timeout: '1m', retry: { initialInterval: '10s', jitter: 0 } });
    await using env = await createTestTutti({ definitions: [flow] });
    env.mockStep(flow, 'work', ({ attempt, takes }) => {
      if (attempt === 1) throw new Error('busy');
      return takes('10m');
    });
    const run = await env.start(flow, undefined);
    await env.advance('50s');
    await env.restart();
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_STEP_TIMEOUT' });
    expect(env.now).toBe(virtualStart + 60_000);
  });
});

describe('the idempotency key', () => {
  it('is one for all attempts and crashes, and differs between steps, occurrences, scopes and runs', async () => {
    const keys: string[] = [];
    const flow = workflow('keys', async (ctx) => {
      await ctx.step('a', ({ attempt, idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (attempt < 3) throw new Error('again');
      });
      await ctx.step('a', ({ idempotencyKey }) => void keys.push(idempotencyKey));
      await ctx.step('b', ({ idempotencyKey }) => void keys.push(idempotencyKey));
      await ctx.map([1, 2], (_, __, inner) =>
        inner.step('a', ({ idempotencyKey }) => void keys.push(idempotencyKey)),
      );
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.restart();
    await run.result();
    await env.run(flow, undefined);
    expect(keys).toHaveLength(14);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(new Set(keys).size).toBe(10);
  });
});

describe('a step', () => {
  it('whose result cannot be stored fails without another attempt', async () => {
    const flow = oneStep({}, () => () => 'a function');
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toMatchObject({ code: 'TUTTI_VALUE_NOT_STORABLE' });
  });

  it('whose result is above the limit fails, one above the threshold is kept elsewhere', async () => {
    const flow = workflow('large', (ctx, size: number) =>
      ctx.step('work', () => 'x'.repeat(size), { retry: { maximumAttempts: 1 } }),
    );
    await using env = await createTestTutti({
      definitions: [flow],
      limits: { inlineMax: 100, payloadMax: 1_000 },
    });
    expect(await env.run(flow, 900)).toHaveLength(900);
    await expect(env.run(flow, 1_100)).rejects.toMatchObject({ code: 'TUTTI_PAYLOAD_TOO_LARGE' });
  });

  it('without a name is refused, and so is an unknown option', async () => {
    const nameless = workflow('nameless', (ctx) => ctx.step(String(), () => 1));
    // @ts-expect-error -- the option is `retry`
    const misspelt = workflow('misspelt', (ctx) => ctx.step('a', () => 1, { retries: 1 }));
    await using env = await createTestTutti({ definitions: [nameless, misspelt] });
    await expect(env.run(nameless, undefined)).rejects.toMatchObject({ code: 'TUTTI_STEP_NAME_MISSING' });
    await expect(env.run(misspelt, undefined)).rejects.toMatchObject({
      code: 'TUTTI_OPTION_UNKNOWN',
      message: expect.stringContaining("'retry'") as string,
    });
  });

  it('that gives nothing gives undefined again after a restart', async () => {
    const flow = workflow('nothing', async (ctx) => {
      const result = await ctx.step('work', () => undefined);
      await ctx.sleep('1d');
      return String(result);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.restart();
    expect(await run.result()).toBe('undefined');
  });
});

it('a body that uses the context of its workflow fails the step at once, before anything is on record', async () => {
  const uses: Readonly<Record<string, (ctx: WorkflowContext) => Promise<unknown>>> = {
    step: (ctx) => ctx.step('inner', () => 1),
    sleep: async (ctx) => ctx.sleep('1m'),
    patch: async (ctx) => ctx.patch('late'),
    scope: (ctx) => ctx.scope('inner', {}, (inner) => inner.waitFor(signal('go'))),
  };
  const flow = workflow('within', async (ctx, use: string) => {
    await ctx.step('outer', () => uses[use]?.(ctx));
  });
  await using env = await createTestTutti({ definitions: [flow] });
  for (const use of Object.keys(uses)) {
    const run = await env.start(flow, use);
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_OPERATION_IN_STEP' });
    expect((await env.journal(run)).map(({ name }) => name)).toEqual(['outer']);
  }
});
