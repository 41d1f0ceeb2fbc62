import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { signal, workflow } from './index.ts';

const approved = signal('approved', z.object({ by: z.string(), at: z.string().default('desk') }));
const note = signal<string>('note');

const waiting = workflow('waiting', { signals: [approved, note] }, (ctx) => ctx.waitFor(approved));

describe('a signal', () => {
  it('that comes before the wait is kept for it, in the order of arrival', async () => {
    const flow = workflow('later', async (ctx) => {
      await ctx.sleep('1d');
      return [await ctx.waitFor(note), await ctx.waitFor(note)];
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.signal(run, note, 'first');
    await env.signal(run, note, 'second');
    expect(await run.result()).toEqual(['first', 'second']);
  });

  it('that was accepted survives a crash before anybody waited for it', async () => {
    const flow = workflow('later', async (ctx) => {
      await ctx.sleep('1d');
      return ctx.waitFor(note);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.signal(run, note, 'kept');
    await env.restart();
    expect(await run.result()).toBe('kept');
  });

  it('goes to the wait that has waited longest', async () => {
    const flow = workflow('two', async (ctx) => {
      const [one, two] = await Promise.all([ctx.waitFor(note), ctx.waitFor(note)]);
      return { one, two };
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilWaiting(run);
    await env.signal(run, note, 'a');
    await env.signal(run, note, 'b');
    expect(await run.result()).toEqual({ one: 'a', two: 'b' });
  });

  it('is checked and completed by its schema before it is accepted', async () => {
    await using env = await createTestTutti({ definitions: [waiting] });
    const run = await env.start(waiting, undefined);
    await expect(env.signal(run, 'approved', { by: 7 })).rejects.toMatchObject({
      code: 'TUTTI_INPUT_INVALID',
    });
    await expect(env.signal(run, 'aproved', {})).rejects.toMatchObject({
      code: 'TUTTI_SIGNAL_UNKNOWN',
      message: expect.stringContaining('Did you mean "approved"?') as string,
    });
    expect((await env.untilRested(run)).inbox).toBe(0);
    await env.signal(run, 'approved', { by: 'ada' });
    expect(await run.result()).toEqual({ by: 'ada', at: 'desk' });
  });

  it('to a run that has ended is refused', async () => {
    await using env = await createTestTutti({ definitions: [waiting] });
    const run = await env.start(waiting, undefined);
    await env.signal(run, approved, { by: 'ada', at: 'desk' });
    await run.result();
    await expect(env.signal(run, note, 'late')).rejects.toMatchObject({ code: 'TUTTI_RUN_FINISHED' });
  });

  it('of another workflow arrives there once, also if the sender crashes', async () => {
    const sender = workflow('sender', async (ctx, to: string) => {
      await ctx.send(to, note, 'hello');
      await ctx.sleep('1d');
    });
    const receiver = workflow('receiver', async (ctx) => [
      await ctx.waitFor(note),
      await ctx.waitFor(note, { timeout: '9d' }).catch(() => 'nothing more'),
    ]);
    await using env = await createTestTutti({ definitions: [sender, receiver] });
    const to = await env.start(receiver, undefined);
    const from = await env.start(sender, to.id);
    await env.untilRested(from);
    await env.restart();
    await from.result();
    expect(await to.result()).toEqual(['hello', 'nothing more']);
  });

  it('to a run that is not there, or has ended, fails in the sender', async () => {
    const sender = workflow('sender', (ctx, to: string) => ctx.send(to, note, 'hello'));
    const short = workflow('short', async () => 1);
    await using env = await createTestTutti({ definitions: [sender, short] });
    await expect(env.run(sender, 'nobody')).rejects.toMatchObject({ code: 'TUTTI_RUN_NOT_FOUND' });
    const ended = await env.start(short, undefined);
    await ended.result();
    await expect(env.run(sender, ended.id)).rejects.toMatchObject({ code: 'TUTTI_RUN_FINISHED' });
  });
});

describe('a wait', () => {
  const limited = workflow('limited', async (ctx) => {
    try {
      return await ctx.waitFor(note, { timeout: '2d' });
    } catch (error) {
      return (error as { code: string }).code;
    }
  });

  it('ends at its deadline, also when the process did not live through it', async () => {
    await using env = await createTestTutti({ definitions: [limited] });
    const run = await env.start(limited, undefined);
    await env.advance('1d');
    await env.restart();
    expect(await run.result()).toBe('TUTTI_WAIT_TIMEOUT');
    expect(env.now).toBe(virtualStart + 2 * 86_400_000);
  });

  it('that has ended takes nothing: a later signal stays for the next wait', async () => {
    const flow = workflow('again', async (ctx) => {
      const first = await ctx.waitFor(note, { timeout: '1d' }).catch(() => 'timeout');
      return [first, await ctx.waitFor(note)];
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.advance('2d');
    await env.signal(run, note, 'late');
    expect(await run.result()).toEqual(['timeout', 'late']);
  });

  it('says what it waits for, since when and until when', async () => {
    await using env = await createTestTutti({ definitions: [limited] });
    const run = await env.start(limited, undefined);
    expect(await env.untilWaiting(run)).toMatchObject({
      kind: 'signal',
      name: 'note',
      since: virtualStart,
      deadline: virtualStart + 2 * 86_400_000,
    });
  });
});

it('a signal without a name cannot be declared', () => {
  expect(() => signal(' ')).toThrow(expect.objectContaining({ code: 'TUTTI_DEFINITION_INVALID' }));
});
