import { expect, it } from 'vitest';
import { z } from 'zod';
import type { TelemetryEvent } from '../engine/index.ts';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { workflow } from './index.ts';

const day = 86_400_000;
const form = z.object({ approved: z.boolean(), reason: z.string().default('none') });

const review = workflow('review', (ctx) =>
  ctx.ask('verify account', { form, to: 'admins', timeout: '14d', remind: '2d', detail: { account: 7 } }),
);

it('a question is listed with its form, audience, detail and deadline', async () => {
  await using env = await createTestTutti({ definitions: [review] });
  const run = await env.start(review, undefined);
  await env.untilWaiting(run, 'verify account');
  const [open] = await env.client.listApprovals({ to: 'admins' });
  expect(open).toMatchObject({
    runId: run.id,
    question: 'verify account',
    to: 'admins',
    since: virtualStart,
    deadline: virtualStart + 14 * day,
    remindEveryMs: 2 * day,
    remindedAt: null,
    detail: { account: 7 },
  });
  expect(open?.form).toMatchObject({ type: 'object', properties: { approved: { type: 'boolean' } } });
  expect(await env.client.listApprovals({ to: 'others' })).toEqual([]);
});

it('an answer is checked and completed by the form, and says who gave it', async () => {
  await using env = await createTestTutti({ definitions: [review] });
  const run = await env.start(review, undefined);
  await expect(env.answer(run, 'verify account', { approved: 'yes' })).rejects.toMatchObject({
    code: 'TUTTI_INPUT_INVALID',
  });
  await env.answer(run, 'verify account', { approved: true }, 'grace');
  expect(await run.result()).toEqual({ approved: true, reason: 'none', by: 'grace' });
});

it('a question to a run that is in nobody’s memory is checked and answered all the same', async () => {
  await using env = await createTestTutti({ definitions: [review] });
  const run = await env.start(review, undefined);
  await env.untilWaiting(run);
  await env.restart();
  await expect(env.answer(run, 'verify account', { approved: 'yes' })).rejects.toMatchObject({
    code: 'TUTTI_INPUT_INVALID',
  });
  await env.answer(run, 'verify account', { approved: false, reason: 'no papers' }, 'ada');
  expect(await run.result()).toEqual({ approved: false, reason: 'no papers', by: 'ada' });
});

it('the first answer counts, a second one is refused', async () => {
  await using env = await createTestTutti({ definitions: [review] });
  const run = await env.start(review, undefined);
  await env.untilWaiting(run);
  const [open] = await env.client.listApprovals();
  await env.client.answerApproval(open!.id, { approved: true }, 'ada');
  await expect(env.client.answerApproval(open!.id, { approved: false }, 'grace')).rejects.toMatchObject({
    code: 'TUTTI_APPROVAL_CLOSED',
  });
  expect(await run.result()).toMatchObject({ by: 'ada' });
});

it('reminders fall on multiples of their period after the question, across crashes too', async () => {
  const reminded: number[] = [];
  const telemetry = {
    isOn: true,
    emit: (event: TelemetryEvent): void => {
      if (event.name === 'approval.reminded') reminded.push((event.at - virtualStart) / day);
    },
  };
  await using env = await createTestTutti({ definitions: [review], telemetry });
  const run = await env.start(review, undefined);
  await env.advance('5d');
  await env.restart();
  await env.advance('2d');
  expect(reminded).toEqual([2, 4, 6]);
  expect((await env.client.listApprovals())[0]?.remindedAt).toBe(virtualStart + 6 * day);
  await env.answer(run, 'verify account', { approved: true });
  await run.result();
  await env.advance('5d');
  expect(reminded).toEqual([2, 4, 6]);
});

it('a question that nobody answers ends at its deadline', async () => {
  await using env = await createTestTutti({ definitions: [review] });
  const run = await env.start(review, undefined);
  await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_WAIT_TIMEOUT' });
  expect(env.now).toBe(virtualStart + 14 * day);
  expect(await env.client.listApprovals()).toEqual([]);
});

it('a question that is withdrawn cannot be answered', async () => {
  const withdrawn = workflow('withdrawn', async (ctx) => {
    await Promise.race([ctx.ask('go on', { form }), ctx.sleep('1d')]);
    await ctx.scope('asking', { timeout: '1d' }, (inner) => inner.ask('really', { form })).catch(() => 0);
    await ctx.sleep('9d');
  });
  await using env = await createTestTutti({ definitions: [withdrawn] });
  const run = await env.start(withdrawn, undefined);
  await env.advance('3d');
  await expect(env.answer(run, 'really', { approved: true })).rejects.toMatchObject({
    code: 'TUTTI_APPROVAL_NOT_FOUND',
  });
});

it('an unknown option of a question is refused', async () => {
  // @ts-expect-error -- the option is `remind`
  const flow = workflow('misspelt', (ctx) => ctx.ask('go on', { form, reminder: '2d' }));
  await using env = await createTestTutti({ definitions: [flow] });
  await expect(env.run(flow, undefined)).rejects.toMatchObject({ code: 'TUTTI_OPTION_UNKNOWN' });
});

it('a deadline before the next reminder is kept, whether or not the process lived through it', async () => {
  const flow = workflow('short', (ctx) => ctx.ask('go on', { form, timeout: '3d', remind: '2d' }));
  await using env = await createTestTutti({ definitions: [flow] });
  const run = await env.start(flow, undefined);
  await env.advance('2d');
  await env.restart();
  await expect(run.result()).rejects.toMatchObject({ code: 'TUTTI_WAIT_TIMEOUT' });
  expect(env.now).toBe(virtualStart + 3 * day);
});
