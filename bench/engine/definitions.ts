/** The workflows the engine's benches run. */
import { signal, workflow, type SignalDefinition, type Workflow } from 'tutti';

/** Adds numbers, a durable step each. */
export const addingSteps: Workflow<number, number> = workflow(
  'adding-steps',
  async (ctx, stepsMax: number) => {
    let sum = 0;
    for (let i = 0; i < stepsMax; i += 1) sum += (await ctx.step('add', () => ({ i }))).i;
    return sum;
  },
);

export const proceed: SignalDefinition<unknown> = signal('proceed');

/** Takes its steps, then waits to be told to end: what a restart then costs is replay. */
export const stepsThenWait: Workflow<number, void> = workflow(
  'steps-then-wait',
  async (ctx, stepsMax: number) => {
    for (let i = 0; i < stepsMax; i += 1) await ctx.step('add', () => ({ i }));
    await ctx.waitFor(proceed);
  },
);

/** One step, then a sleep until an instant, then another step. */
export const stepSleepStep: Workflow<number, number> = workflow(
  'step-sleep-step',
  async (ctx, until: number) => {
    await ctx.step('before', () => 1);
    await ctx.sleepUntil(until);
    return ctx.step('after', () => 2);
  },
);

/** A month of sleep. */
export const sleeper: Workflow<null, void> = workflow('sleeper', async (ctx) => {
  await ctx.sleep('30d');
});
