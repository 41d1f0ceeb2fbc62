import { expect, it } from 'vitest';
import { silentLogger, type Logger } from '../base/logger.ts';
import { createTestTutti } from '../testing/index.ts';
import { workflow } from './index.ts';

it('what the code logs is written once, whatever is replayed', async () => {
  const lines: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    info: (message, fields) => lines.push([message, fields]),
    warn: (message) => lines.push(message),
  };
  const flow = workflow('talking', async (ctx) => {
    ctx.log.info('begins', { part: 1 });
    await ctx.sleep('1d');
    ctx.log.warn('has slept');
    await ctx.step('work', ({ log }) => log.info('works'));
    await ctx.sleep('1d');
    ctx.log.info('ends');
  });
  await using env = await createTestTutti({ definitions: [flow], logger });
  const run = await env.start(flow, undefined, { id: 'r' });
  await env.advance('30h');
  await env.restart();
  await run.result();
  expect(lines).toEqual([
    ['begins', { runId: 'r', part: 1 }],
    'has slept',
    ['works', { runId: 'r' }],
    ['ends', { runId: 'r' }],
  ]);
});

it('the status says what the run is doing, and is kept when nobody has it in memory', async () => {
  const flow = workflow('busy', async (ctx) => {
    ctx.status('sleeping');
    await ctx.sleep('1d');
    ctx.status('working');
    await ctx.sleep('1d');
  });
  await using env = await createTestTutti({ definitions: [flow] });
  const run = await env.start(flow, undefined);
  expect((await env.untilRested(run)).status).toBe('sleeping');
  await env.advance('25h');
  expect((await env.show(run)).status).toBe('working');
  await env.restart();
  expect((await env.untilRested(run)).status).toBe('working');
});
