import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestTutti } from '../testing/index.ts';
import { workflow } from './index.ts';

const double = workflow('double', { input: z.number() }, async (ctx, n: number) => {
  await ctx.sleep('1d');
  return ctx.step('double', () => 2 * n);
});

describe('a called child', () => {
  it('gives its result, and is the same run after a crash of its parent', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(double, 4));
    await using env = await createTestTutti({ definitions: [parent, double] });
    const run = await env.start(parent, undefined);
    await env.untilRested(run);
    await env.restart();
    expect(await run.result()).toBe(8);
    expect((await env.show(run)).children.map(({ id, state }) => ({ id, state }))).toEqual([
      { id: `${run.id}/double#0`, state: 'completed' },
    ]);
  });

  it('that fails throws its error in the parent', async () => {
    const failing = workflow('failing', async () => {
      throw new RangeError('too much');
    });
    const parent = workflow('parent', (ctx) => ctx.call(failing, undefined));
    await using env = await createTestTutti({ definitions: [parent, failing] });
    await expect(env.run(parent, undefined)).rejects.toThrow(RangeError);
  });

  it('whose input its schema refuses, or whose code is not there, fails the call and starts nothing', async () => {
    const wrong = workflow('wrong', (ctx) => ctx.call(double, 'four' as unknown as number));
    const missing = workflow('missing', (ctx) =>
      ctx.call(
        workflow('elsewhere', async () => 1),
        undefined,
      ),
    );
    await using env = await createTestTutti({ definitions: [wrong, missing, double] });
    await expect(env.run(wrong, undefined)).rejects.toMatchObject({ code: 'TUTTI_INPUT_INVALID' });
    await expect(env.run(missing, undefined)).rejects.toMatchObject({ code: 'TUTTI_DEFINITION_NOT_FOUND' });
    expect(await env.client.listRuns({ definition: 'double' })).toEqual([]);
  });

  it('is canceled with its parent, and may clean up first', async () => {
    const log: string[] = [];
    const child = workflow('child', async (ctx) => {
      try {
        await ctx.sleep('30d');
      } finally {
        await ctx.scope('clean up', { cancellable: false }, (inner) =>
          inner.step('clean up', () => void log.push('cleaned')),
        );
      }
    });
    const parent = workflow('parent', (ctx) => ctx.call(child, undefined));
    await using env = await createTestTutti({ definitions: [parent, child] });
    const run = await env.start(parent, undefined);
    await env.untilRested(run);
    await env.cancel(run);
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
    await env.settle();
    expect((await env.show(run)).children.map(({ state }) => state)).toEqual(['canceled']);
    expect(log).toEqual(['cleaned']);
  });

  it('is canceled by the end of its scope, also if its parent was restarted meanwhile', async () => {
    const parent = workflow('parent', async (ctx) => {
      await ctx.scope('short', { timeout: '1h' }, (inner) => inner.call(double, 1)).catch(() => undefined);
      return 'went on';
    });
    await using env = await createTestTutti({ definitions: [parent, double] });
    const run = await env.start(parent, undefined);
    await env.advance('30m');
    await env.restart();
    expect(await run.result()).toBe('went on');
    await env.settle();
    const { children } = await env.show(run);
    expect(children.map(({ state }) => state)).toEqual(['canceled']);
    // The parent was not canceled, and nobody is to be told so.
    const child = await env.show(children[0]!);
    expect(child.error?.message).toContain(`its parent ${run.id} waits for it no longer`);
  });

  it('may be given its own time limit', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(double, 1, { timeout: '1h' }));
    await using env = await createTestTutti({ definitions: [parent, double] });
    await expect(env.run(parent, undefined)).rejects.toMatchObject({ code: 'TUTTI_RUN_TIMEOUT' });
  });
});

describe('the id of a child', () => {
  it('that another run has is refused', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(double, 1, { id: 'taken' }));
    await using env = await createTestTutti({ definitions: [parent, double] });
    await env.start(double, 1, { id: 'taken' });
    await expect(env.run(parent, undefined)).rejects.toMatchObject({ code: 'TUTTI_RUN_ID_TAKEN' });
  });

  it('of a finished run can be used again if the policy says so', async () => {
    const parent = workflow('parent', (ctx) => ctx.call(double, 3, { id: 'again', onConflict: 'restart' }));
    await using env = await createTestTutti({ definitions: [parent, double] });
    await env.run(double, 1, { id: 'again' });
    expect(await env.run(parent, undefined)).toBe(6);
    expect((await env.show('again')).generation).toBe(2);
  });

  it('is made of the parent, the name and a counter', async () => {
    const parent = workflow('parent', async (ctx) => {
      const first = await ctx.start(double, 1);
      const second = await ctx.start(double, 2);
      const inner = await ctx.map([1], (_, __, scope) => scope.start(double, 3));
      return [first.id, second.id, ...inner.map(({ id }) => id)];
    });
    await using env = await createTestTutti({ definitions: [parent, double] });
    expect(await env.run(parent, undefined, { id: 'p' })).toEqual([
      'p/double#0',
      'p/double#1',
      'p//map#0[0]/double#0',
    ]);
  });
});

describe('a started child', () => {
  it('outlives its parent, and its cancellation', async () => {
    const parent = workflow('parent', async (ctx) => (await ctx.start(double, 21)).id);
    await using env = await createTestTutti({ definitions: [parent, double] });
    const id = await env.run(parent, undefined);
    await env.advance('2d');
    expect(await env.show(id)).toMatchObject({ state: 'completed', output: 42 });
  });

  it('is started once, whatever happens to its parent', async () => {
    const parent = workflow('parent', async (ctx) => {
      await ctx.start(double, 1);
      await ctx.sleep('9d');
    });
    await using env = await createTestTutti({ definitions: [parent, double] });
    const run = await env.start(parent, undefined);
    await env.untilRested(run);
    await env.restart();
    await env.restart();
    await run.result();
    expect(await env.client.listRuns({ definition: 'double' })).toHaveLength(1);
  });
});
