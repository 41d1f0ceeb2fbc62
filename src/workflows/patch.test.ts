import { expect, it } from 'vitest';
import { createTestTutti } from '../testing/index.ts';
import { workflow, type Workflow, type WorkflowContext } from './index.ts';

const before = workflow('order', async (ctx) => {
  await ctx.step('charge', () => 1);
  await ctx.sleep('1d');
  return ctx.step('ship', () => 'shipped');
});

const patched = workflow('order', async (ctx) => {
  if (ctx.patch('check stock')) await ctx.step('check stock', () => 1);
  await ctx.step('charge', () => 1);
  await ctx.sleep('1d');
  return ctx.step('ship', () => 'shipped');
});

const unguarded = workflow('order', async (ctx) => {
  await ctx.step('check stock', () => 1);
  await ctx.step('charge', () => 1);
  await ctx.sleep('1d');
  return ctx.step('ship', () => 'shipped');
});

async function runAcross(next: Workflow): Promise<{ names: string[]; state: string; error: string }> {
  await using env = await createTestTutti({ definitions: [before] });
  const run = await env.start(before, undefined);
  await env.untilRested(run);
  await env.restart({ definitions: [next] });
  await env.advance('2d');
  const { state, error } = await env.show(run);
  const names = (await env.journal(run)).map((entry) => entry.name);
  return { names, state, error: error?.message ?? '' };
}

it('an old run keeps the old path, also through another restart', async () => {
  const { names, state } = await runAcross(patched);
  expect(state).toBe('completed');
  expect(names).toEqual(['charge', 'sleep', 'ship']);
});

it('a new run takes the new path, and keeps it', async () => {
  await using env = await createTestTutti({ definitions: [patched] });
  const run = await env.start(patched, undefined);
  await env.untilRested(run);
  await env.restart();
  await run.result();
  expect((await env.journal(run)).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'record patch:check stock',
    'step check stock',
    'step charge',
    'timer sleep',
    'step ship',
  ]);
});

it('without the patch the run is paused with both sides shown, and its journal stays as it was', async () => {
  const { names, state, error } = await runAcross(unguarded);
  expect(state).toBe('paused');
  expect(names).toEqual(['charge', 'sleep'].slice(0, 1));
  expect(error).toContain('Recorded: /step:charge#0');
  expect(error).toContain('Issued by the code instead: /step:check stock#0');
  expect(error).toContain('ctx.patch');
});

it('a paused run goes on when code that fits is there again', async () => {
  await using env = await createTestTutti({ definitions: [before] });
  const run = await env.start(before, undefined);
  await env.untilRested(run);
  await env.restart({ definitions: [unguarded] });
  await env.advance('2d');
  expect((await env.show(run)).state).toBe('paused');
  await env.restart({ definitions: [patched] });
  await env.client.resumeRun(run.id);
  expect(await run.result()).toBe('shipped');
});

it('an old run keeps its answer in every round of a loop, and in every branch', async () => {
  const visit = (ctx: WorkflowContext, isPatched: boolean): Promise<string> =>
    ctx.step(isPatched ? 'new' : 'old', () => (isPatched ? 'new' : 'old'));
  const rounds = (isPatched: (ctx: WorkflowContext) => boolean): Workflow =>
    workflow('rounds', async (ctx) => {
      const visits: string[] = [];
      const late = ctx.sleep('3h', 'late').then(() => visit(ctx, isPatched(ctx)));
      for (let round = 0; round < 3; round += 1) {
        visits.push(await visit(ctx, isPatched(ctx)));
        await ctx.sleep('2h');
      }
      return [...visits, await late];
    });
  const changed = rounds((ctx) => ctx.patch('new visits'));
  await using env = await createTestTutti({ definitions: [rounds(() => false)] });
  const run = await env.start('rounds');
  await env.advance('1h');
  await env.restart({ definitions: [changed] });
  await env.advance('4h');
  await env.restart({ definitions: [changed] });
  expect(await run.result()).toEqual(['old', 'old', 'old', 'old']);
  expect(await env.run(changed, undefined)).toEqual(['new', 'new', 'new', 'new']);
});
