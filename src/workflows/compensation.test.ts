import { describe, expect, it } from 'vitest';
import { crashTest, createTestTutti, type EffectLog } from '../testing/index.ts';
import { workflow, type Workflow } from './index.ts';

function booking(log: (what: string) => void, end: 'compensate' | 'throw' | 'wait'): Workflow<undefined> {
  return workflow('booking', async (ctx) => {
    for (const name of ['flight', 'hotel', 'car']) {
      await ctx.step(name, () => log(name), { compensate: () => log(`undo ${name}`) });
    }
    if (end === 'compensate') return ctx.compensate('sold out');
    if (end === 'throw') throw new RangeError('broken');
    return ctx.sleep('30d');
  });
}

const undone = ['flight', 'hotel', 'car', 'undo car', 'undo hotel', 'undo flight'];

describe('compensation', () => {
  it('undoes what was done, newest first, when the code asks for it', async () => {
    const log: string[] = [];
    const flow = booking((what) => log.push(what), 'compensate');
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toMatchObject({
      code: 'TUTTI_RUN_FAILED',
      message: expect.stringContaining('sold out') as string,
    });
    expect(log).toEqual(undone);
  });

  it('does the same when the code fails, and the run fails with what the code threw', async () => {
    const log: string[] = [];
    const flow = booking((what) => log.push(what), 'throw');
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow(RangeError);
    expect(log).toEqual(undone);
  });

  it('does the same when the run is canceled: no cancellation reaches it', async () => {
    const log: string[] = [];
    const flow = booking((what) => log.push(what), 'wait');
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.restart();
    await env.cancel(run);
    await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_RUN_CANCELED' });
    expect(log).toEqual(undone);
  });

  it('is given the result of its step, and a key of its own', async () => {
    const seen: unknown[] = [];
    const flow = workflow('keyed', async (ctx) => {
      await ctx.step('charge', () => 12, {
        compensate: (cents, { idempotencyKey }) => void seen.push(cents, idempotencyKey),
      });
      await ctx.compensate('no');
    });
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow('no');
    expect(seen[0]).toBe(12);
    expect(seen[1]).toContain('compensate charge');
  });

  it('is not owed for a step that failed', async () => {
    const log: string[] = [];
    const flow = workflow('half', async (ctx) => {
      await ctx.step('one', () => 1, { compensate: () => log.push('undo one') });
      await ctx.step('two', () => Promise.reject(new Error('two')), {
        retry: { maximumAttempts: 1 },
        compensate: () => log.push('undo two'),
      });
    });
    await using env = await createTestTutti({ definitions: [flow] });
    await expect(env.run(flow, undefined)).rejects.toThrow('two');
    expect(log).toEqual(['undo one']);
  });

  it('that fails is tried again like any step', async () => {
    const log: string[] = [];
    const flow = booking((what) => log.push(what), 'compensate');
    await using env = await createTestTutti({ definitions: [flow] });
    env.mockStep(flow, 'compensate hotel', { failTimes: 3 });
    await expect(env.run(flow, undefined)).rejects.toMatchObject({ code: 'TUTTI_RUN_FAILED' });
    expect(log).toEqual(undone);
  });

  it('survives a kill at each of its writes', async () => {
    const report = await crashTest(
      ({ effects }: { effects: EffectLog }) =>
        workflow('booking', async (ctx) => {
          for (const name of ['flight', 'hotel']) {
            await ctx.step(name, ({ idempotencyKey }) => effects.record(name, { key: idempotencyKey }), {
              compensate: (_, { idempotencyKey }) => effects.record(`undo ${name}`, { key: idempotencyKey }),
            });
          }
          await ctx.compensate('sold out');
        }),
      undefined,
    );
    expect(report.ok, report.text).toBe(true);
    expect(report.positions).toBe(4);
  });
});
