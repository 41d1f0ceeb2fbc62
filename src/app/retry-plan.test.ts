import { expect, test } from 'vitest';
import { workflow, type WorkflowCode } from '../workflows/index.ts';
import { createTutti, type Tutti } from './create-app.ts';

const once = { retry: { maximumAttempts: 1 } };

/** Runs a workflow until it fails, lets the outside world recover, retries it, and says which bodies ran in the retry. */
async function retried(
  code: (ran: (name: string) => string, isBroken: () => boolean) => WorkflowCode<null, unknown>,
): Promise<{ readonly ran: readonly string[]; readonly output: unknown; readonly state: string }> {
  let isBroken = true;
  let ran: string[] = [];
  const note = (name: string): string => {
    ran.push(name);
    return name;
  };
  const definition = workflow(
    'job',
    code(note, () => isBroken),
  );
  const tutti: Tutti = await createTutti({ store: ':memory:', definitions: [definition] });
  await tutti.start();
  try {
    const { id } = await tutti.client.startRun('job', null);
    expect(await tutti.client.waitForRun(id)).toMatchObject({ state: 'failed' });
    isBroken = false;
    ran = [];
    await tutti.client.retryRun(id);
    const { state, output } = await tutti.client.waitForRun(id);
    return { ran, output, state };
  } finally {
    await tutti.stop();
  }
}

function failIf(isBroken: boolean, name: string): string {
  if (isBroken) throw new Error(`${name} is down`);
  return name;
}

test('regression: a retry in the engine that runs does the failed step again and nothing that finished', async () => {
  const result = await retried((ran, isBroken) => async (ctx) => {
    await ctx.step('first', () => ran('first'));
    await ctx.step('second', () => failIf(isBroken(), ran('second')), once);
    return ctx.step('third', () => ran('third'));
  });
  expect(result).toEqual({ ran: ['second', 'third'], output: 'third', state: 'completed' });
});

test('a retry does all branches again that failed beside each other, and keeps those that finished', async () => {
  const result = await retried((ran, isBroken) => async (ctx) => {
    const branches = await Promise.allSettled([
      ctx.step('a', () => failIf(isBroken(), ran('a')), once),
      ctx.step('b', () => ran('b')),
      ctx.step('c', () => failIf(isBroken(), ran('c')), once),
    ]);
    if (branches.some((branch) => branch.status === 'rejected')) throw new Error('some branches failed');
    return 'all';
  });
  expect(result).toEqual({ ran: ['a', 'c'], output: 'all', state: 'completed' });
});

test('a retry keeps a failure that the code went on from', async () => {
  const result = await retried((ran, isBroken) => async (ctx) => {
    const found = await ctx
      .step('primary', () => failIf(true, ran('primary')), once)
      .catch(() => ctx.step('fallback', () => ran('fallback')));
    await ctx.step('use it', () => failIf(isBroken(), ran('use it')), once);
    return found;
  });
  expect(result).toEqual({ ran: ['use it'], output: 'fallback', state: 'completed' });
});

test('a retried step has all the attempts of its policy again', async () => {
  let tries = 0;
  const result = await retried(
    (ran, isBroken) => async (ctx) =>
      ctx.step(
        'flaky',
        ({ attempt }) => {
          tries += 1;
          return failIf(isBroken() || attempt < 2, ran(`attempt ${attempt}`));
        },
        { retry: { maximumAttempts: 2, initialInterval: '1ms' } },
      ),
  );
  expect(result).toEqual({ ran: ['attempt 1', 'attempt 2'], output: 'attempt 2', state: 'completed' });
  expect(tries).toBe(4);
});

test('a retry begins at the beginning once something was undone', async () => {
  const result = await retried((ran, isBroken) => async (ctx) => {
    await ctx.step('book', () => ran('book'), { compensate: () => ran('cancel') });
    return ctx.step('pay', () => failIf(isBroken(), ran('pay')), once);
  });
  expect(result).toEqual({ ran: ['book', 'pay'], output: 'pay', state: 'completed' });
});
