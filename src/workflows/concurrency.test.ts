import { describe, expect, it } from 'vitest';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { workflow, type WorkflowContext } from './index.ts';

function branch(result: string): (ctx: WorkflowContext) => Promise<string> {
  return (ctx) => ctx.step('same name', () => result);
}

describe('map', () => {
  it('keeps the order of its items whatever order they finish in', async () => {
    const flow = workflow('order', (ctx) =>
      ctx.map([3, 1, 2], async (days, index, inner) => {
        await inner.sleep(`${days}d`);
        return `${index}:${days}`;
      }),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual(['0:3', '1:1', '2:2']);
  });

  it('runs no more bodies at a time than it is told, and goes on so after a crash', async () => {
    let most = 0;
    let now = 0;
    const flow = workflow('limited', (ctx) =>
      ctx.map([1, 2, 3, 4, 5, 6], (item, _, inner) => inner.step('work', () => item), { concurrency: 2 }),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    env.mockStep(flow, 'work', async ({ takes, original }) => {
      most = Math.max(most, (now += 1));
      await takes('1h');
      now -= 1;
      return original();
    });
    const run = await env.start(flow, undefined);
    await env.advance('90m');
    await env.restart();
    now = 0;
    expect(await run.result()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
    // Two of three hours were done, or half done: that half is done again.
    expect(env.now).toBe(virtualStart + 3.5 * 3_600_000);
  });

  it('throws the first failure and begins no more items', async () => {
    const begun: number[] = [];
    const flow = workflow('failing', (ctx) =>
      ctx.map(
        [1, 2, 3, 4],
        (item, _, inner) =>
          inner.step(
            'work',
            () => {
              begun.push(item);
              if (item === 2) throw new Error('two');
            },
            { retry: { maximumAttempts: 1 } },
          ),
        { concurrency: 1 },
      ),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });

  it('of nothing gives nothing, and refuses a concurrency of zero', async () => {
    const nothing = workflow('nothing', (ctx) => ctx.map([], () => 1, { concurrency: 0 }));
    const zero = workflow('zero', (ctx) => ctx.map([1], () => 1, { concurrency: 0 }));
    await using env = await createTestTutti({ definitions: [nothing, zero] });
    expect(await env.run(nothing, undefined)).toEqual([]);
    await expect(env.run(zero, undefined)).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
  });
});

describe('parallel', () => {
  it('gives each branch a scope of its own, so that equal names do not meet', async () => {
    const flow = workflow('branches', (ctx) => ctx.parallel([branch('left'), branch('right')]));
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    expect(await run.result()).toEqual(['left', 'right']);
    expect((await env.journal(run)).map(({ scope }) => scope)).toEqual(['/parallel#0[0]', '/parallel#0[1]']);
  });
});
