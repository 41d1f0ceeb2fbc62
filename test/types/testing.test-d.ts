import { expectTypeOf, it } from 'vitest';
import { signal, workflow } from 'tutti';
import { crashTest, type CrashReport, type StepMock, type TestRun, type TestTutti } from 'tutti/testing';
import { z } from 'zod';

const order = workflow('order', async (_, input: { id: string }) => input.id.length);
const paid = signal('paid', z.number());

async function useEnvironment(env: TestTutti): Promise<void> {
  const run = await env.start(order, { id: 'o-1' });
  expectTypeOf(run).toEqualTypeOf<TestRun<number>>();
  expectTypeOf(await run.result()).toEqualTypeOf<number>();
  expectTypeOf(await env.run(order, { id: 'o-1' })).toEqualTypeOf<number>();
  expectTypeOf(await env.run('order', 'anything')).toEqualTypeOf<unknown>();
  // @ts-expect-error -- the input is { id: string }
  await env.run(order, { name: 'o-1' });

  await env.signal(run, paid, 12);
  env.signalAfter('2d', run.id, 'paid', 'anything');
  // @ts-expect-error -- the payload is a number
  await env.signal(run, paid, 'twelve');
  // @ts-expect-error -- no duration
  await env.advance('3 days');

  expectTypeOf(env.mockStep(order, 'charge', ({ attempt }) => attempt)).toEqualTypeOf<StepMock>();
  env.mockWorkflow(order, (input) => input.id.length);
  // @ts-expect-error -- the workflow returns a number
  env.mockWorkflow(order, (input) => input.id);
}

it('the test environment knows inputs, outputs and payloads from the definitions', () => {
  expectTypeOf(useEnvironment).returns.toEqualTypeOf<Promise<void>>();
});

async function useCrashTest(): Promise<void> {
  expectTypeOf(await crashTest(order, { id: 'o-1' })).toEqualTypeOf<CrashReport>();
  await crashTest(() => order, { id: 'o-1' });
  // @ts-expect-error -- the input is { id: string }
  await crashTest(order, 7);
  // @ts-expect-error -- the input is { id: string }
  await crashTest(() => order, 7);
}

it('the crash test knows the input, whether the code comes as it is or is loaded', () => {
  expectTypeOf(useCrashTest).returns.toEqualTypeOf<Promise<void>>();
});
