import { expect, it } from 'vitest';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { workflow } from './index.ts';

const day = 86_400_000;

it('a sleep ends when its time has come, whether or not the process lived through it', async () => {
  const flow = workflow('sleep', async (ctx) => {
    await ctx.sleep('3d');
    return Date.now();
  });
  await using env = await createTestTutti({ definitions: [flow] });
  const run = await env.start(flow, undefined);
  await env.advance('2d');
  await env.restart();
  expect(await run.result()).toBe(virtualStart + 3 * day);
});

it('a sleep that ended while no process lived ends at the next start', async () => {
  const flow = workflow('overdue', async (ctx) => {
    await ctx.sleep('1h');
    await ctx.sleep('1h');
    return Date.now();
  });
  await using env = await createTestTutti({ definitions: [flow] });
  const run = await env.start(flow, undefined);
  await env.settle();
  env.clock.jump(3 * day);
  await env.restart();
  // The second hour begins when the first one is known to be over.
  expect(await run.result()).toBe(virtualStart + 3 * day + 3_600_000);
});

it('sleepUntil waits for an instant, and one that is past passes at once', async () => {
  const flow = workflow('until', async (ctx) => {
    await ctx.sleepUntil('2026-01-11T00:00:00Z');
    const first = Date.now();
    await ctx.sleepUntil(new Date(0), 'long ago');
    return [first, Date.now()];
  });
  await using env = await createTestTutti({ definitions: [flow] });
  expect(await env.run(flow, undefined)).toEqual([virtualStart + 10 * day, virtualStart + 10 * day]);
});

it('a sleep says what it waits for and until when', async () => {
  const flow = workflow('named', (ctx) => ctx.sleep('1d', 'cooling off'));
  await using env = await createTestTutti({ definitions: [flow] });
  const { waits } = await env.untilRested(await env.start(flow, undefined));
  expect(waits).toMatchObject([
    { kind: 'timer', name: 'cooling off', since: virtualStart, deadline: virtualStart + day },
  ]);
});

it('sleeps beside each other take the time of the longest', async () => {
  const flow = workflow('together', async (ctx) => {
    await Promise.all([ctx.sleep('1d'), ctx.sleep('3d'), ctx.sleep('2d')]);
  });
  await using env = await createTestTutti({ definitions: [flow] });
  await env.run(flow, undefined);
  expect(env.now).toBe(virtualStart + 3 * day);
});

it('something that is no duration or no date is refused', async () => {
  const flow = workflow('wrong', async (ctx, text: string) => ctx.sleepUntil(text));
  // @ts-expect-error -- no duration
  const other = workflow('other', async (ctx) => ctx.sleep('3 fortnights'));
  await using env = await createTestTutti({ definitions: [flow, other] });
  await expect(env.run(flow, 'tomorrow')).rejects.toMatchObject({ code: 'TUTTI_DURATION_INVALID' });
  await expect(env.run(other, undefined)).rejects.toMatchObject({ code: 'TUTTI_DURATION_INVALID' });
});
