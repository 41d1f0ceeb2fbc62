import { describe, expect, it } from 'vitest';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { workflow, type WorkflowContext } from './index.ts';

const hour = 3_600_000;

describe('a scope with a time limit', () => {
  const limited = workflow('limited', async (ctx, duration: number) => {
    try {
      return await ctx.scope('work', { timeout: '1h' }, async (inner) => {
        await inner.sleep(duration);
        return inner.step('after', () => 'in time');
      });
    } catch (error) {
      return (error as { code: string }).code;
    }
  });

  it('cancels what is in it when its time is up, also if that falls into a crash', async () => {
    await using env = await createTestTutti({ definitions: [limited] });
    const run = await env.start(limited, 2 * hour);
    await env.advance('30m');
    await env.restart();
    expect(await run.result()).toBe('TUTTI_WAIT_TIMEOUT');
    expect(env.now).toBe(virtualStart + hour);
    expect((await env.show(run)).waits).toEqual([]);
  });

  it('leaves nothing behind when it ends in time', async () => {
    await using env = await createTestTutti({ definitions: [limited] });
    expect(await env.run(limited, 30 * 60_000)).toBe('in time');
    expect(env.now).toBe(virtualStart + hour / 2);
  });

  it('waits for the clean-up of all its branches before it throws', async () => {
    const flow = workflow('slow clean-up', async (ctx) => {
      const started = Date.now();
      const branch = (duration: number) => async (branch: WorkflowContext) => {
        try {
          await branch.sleep('9h');
        } finally {
          await branch.scope('clean up', { cancellable: false }, (inner) => inner.sleep(duration));
        }
      };
      return ctx
        .scope('work', { timeout: '1h' }, (inner) => inner.parallel([branch(0), branch(3 * hour)]))
        .catch((error: { code: string }) => [error.code, Date.now() - started]);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual(['TUTTI_WAIT_TIMEOUT', 4 * hour]);
  });

  it('aborts the body of a step in it, with the reason', async () => {
    const flow = workflow('aborting', (ctx) =>
      ctx.scope('work', { timeout: '1h' }, (inner) => inner.step('work', () => 1)),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    const reasons: string[] = [];
    env.mockStep(flow, 'work', ({ takes, signal }) => {
      signal.addEventListener('abort', () => reasons.push((signal.reason as { code: string }).code));
      return takes('3h');
    });
    await expect(env.run(flow, undefined)).rejects.toMatchObject({ code: 'TUTTI_WAIT_TIMEOUT' });
    expect(reasons).toEqual(['TUTTI_WAIT_TIMEOUT']);
  });

  it('reaches the scopes within it, and not those beside it', async () => {
    const flow = workflow('nested', async (ctx) => {
      const inner = ctx.scope('outer', { timeout: '1h' }, (outer) =>
        outer.scope('inner', { timeout: '9h' }, (deep) => deep.sleep('5h')),
      );
      const beside = ctx.scope('beside', {}, (other) => other.sleep('2h'));
      return (await Promise.allSettled([inner, beside])).map(({ status }) => status);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual(['rejected', 'fulfilled']);
    expect(env.now).toBe(virtualStart + 2 * hour);
  });
});

describe('cancellation', () => {
  it('ends what the run waits for, and the run as canceled with the reason', async () => {
    const flow = workflow('sleeping', (ctx) => ctx.sleep('30d'));
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.cancel(run, 'no longer needed');
    const { state, error, waits } = await env.untilRested(run);
    expect(state).toBe('canceled');
    expect(error?.message).toContain('no longer needed');
    expect(waits).toEqual([]);
    expect(env.now).toBe(virtualStart);
  });

  it('is kept across a crash', async () => {
    const flow = workflow('cleaning', async (ctx) => {
      try {
        await ctx.sleep('30d');
      } finally {
        await ctx.scope('clean up', { cancellable: false }, async (inner) => {
          await inner.sleep('1h');
          await inner.step('clean up', () => 1);
        });
      }
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.cancel(run);
    await env.advance('30m');
    await env.restart();
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
    expect((await env.journal(run)).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'cancel cancel',
      'timer sleep',
      'step clean up',
    ]);
    expect(env.now).toBe(virtualStart + hour);
  });

  it('waits for everything that is shielded, also beside the branch that ended the code', async () => {
    const cleaned: string[] = [];
    const flow = workflow('branches', async (ctx) => {
      await ctx.parallel(
        (['0h', '1h', '2h'] as const).map((duration) => async (branch) => {
          try {
            await branch.sleep('30d');
          } finally {
            await branch.scope('clean up', { cancellable: false }, async (inner) => {
              await inner.sleep(duration);
              await inner.step('clean up', () => cleaned.push(duration));
            });
          }
        }),
      );
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.cancel(run);
    await env.advance('90m');
    await env.restart();
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
    expect(cleaned).toEqual(['0h', '1h', '2h']);
    expect(env.now).toBe(virtualStart + 2 * hour);
  });

  it('waits for what is shielded when a branch has failed without any cancellation, too', async () => {
    const log: string[] = [];
    const flow = workflow('failing branch', async (ctx) => {
      await ctx.parallel([
        (branch) => branch.sleep('1h').then(() => Promise.reject(new Error('broken'))),
        (branch) =>
          branch.scope('hand over', { cancellable: false }, async (inner) => {
            await inner.sleep('2h');
            await inner.step('hand over', () => log.push('handed over'));
          }),
      ]);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow('broken');
    expect(log).toEqual(['handed over']);
  });

  it('makes everything that begins after it fail, unless it is shielded', async () => {
    const flow = workflow('going on', async (ctx) => {
      await ctx.sleep('30d').catch(() => undefined);
      const step = await ctx.step('too late', () => 1).catch((error: { code: string }) => error.code);
      const shielded = await ctx.scope('shield', { cancellable: false }, (inner) =>
        inner.step('shielded', () => 'done'),
      );
      return { step, shielded, isAborted: ctx.signal.aborted };
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.cancel(run);
    // Code that swallows its cancellation and returns has completed.
    expect(await run.result()).toEqual({ step: 'TUTTI_RUN_CANCELED', shielded: 'done', isAborted: true });
  });

  it('aborts the signal of the body that is running', async () => {
    const flow = workflow('working', (ctx) => ctx.step('work', () => 1));
    await using env = await createTestTutti({ definitions: [flow] });
    const work = env.mockStep(flow, 'work', ({ takes }) => takes('9h'));
    const run = await env.start(flow, undefined);
    await env.advance('1h');
    await env.cancel(run);
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
    expect(work.calls.map(({ state, error }) => [state, (error as { code: string }).code])).toEqual([
      ['threw', 'TUTTI_RUN_CANCELED'],
    ]);
    expect(env.now).toBe(virtualStart + hour);
  });
});

describe('the run timeout', () => {
  it('ends a run that takes longer, waits included and crashes too', async () => {
    const flow = workflow('slow', { timeout: '2d' }, (ctx) => ctx.sleep('30d'));
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.advance('1d');
    await env.restart();
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_TIMEOUT' });
    expect((await env.show(run)).state).toBe('failed');
    expect(env.now).toBe(virtualStart + 48 * hour);
  });

  it('may be another one for a single run, and lets it clean up', async () => {
    const flow = workflow('cleaning', { timeout: '2d' }, async (ctx) => {
      try {
        await ctx.sleep('30d');
      } finally {
        await ctx.scope('shield', { cancellable: false }, (inner) => inner.step('clean up', () => 1));
      }
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined, { timeoutMs: hour });
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_TIMEOUT' });
    expect(env.now).toBe(virtualStart + hour);
    expect((await env.journal(run)).at(-1)?.name).toBe('clean up');
  });
});
