import { describe, expect, it } from 'vitest';
import { workflow } from './define-workflow.ts';
import { findUnnamedStep } from './unnamed-step.ts';
import type { WorkflowContext } from './workflow-context.ts';

const body = (): number => 1;

/** What JavaScript lets people write; TypeScript refuses most of it. */
interface Loose {
  step(...parameters: unknown[]): unknown;
}

const unnamed: Readonly<Record<string, (ctx: Loose) => unknown>> = {
  'an empty name': (ctx) => ctx.step('', body),
  'an empty template': (ctx) => ctx.step(``, body),
  'a function in place of the name': async (ctx) => ctx.step(async () => 1),
  'an arrow with a parameter in place of the name': (ctx) => ctx.step((one: unknown) => one),
  'a function expression in place of the name': (ctx) =>
    ctx.step(function () {
      return 1;
    }),
  'a line break before the missing name': (ctx) => ctx.step(/* nothing */ () => 1),
  'a step behind a named one': async (ctx) => {
    await ctx.step('first', body);
    await ctx.step('', body);
  },
  'another name for the context': (c$) => c$.step('', body),
};

const named: Readonly<Record<string, (ctx: Loose) => unknown>> = {
  'a name': (ctx) => ctx.step('one', () => 1),
  'a computed name': (ctx) => ctx.step(`step ${body()}`, body),
  'a variable': (ctx) => {
    const name = 'one';
    return ctx.step(name, body);
  },
  'no name in a comment': (ctx) => {
    // ctx.step('', body)
    /* ctx.step(() => 1) */
    return ctx.step('one', body);
  },
  'a step of something else': () => {
    const dance = { step: (one: unknown) => one };
    return dance.step(() => 1);
  },
  'no context at all': () => 1,
};

describe('a step without a name', () => {
  it.each(Object.entries(unnamed))('is found in the source: %s', (_, code) => {
    expect(findUnnamedStep(code)).toContain('.step(');
  });

  it.each(Object.entries(named))('is not seen where there is none: %s', (_, code) => {
    expect(findUnnamedStep(code)).toBeNull();
  });

  it('is refused when the workflow is declared, with what was written', () => {
    const declare = (): unknown =>
      workflow('nameless', async (ctx: WorkflowContext) => ctx.step('', () => 1));
    expect(declare).toThrow(
      expect.objectContaining({
        code: 'TUTTI_STEP_NAME_MISSING',
        message: expect.stringMatching(/Workflow "nameless" has a step without a name: ctx\.step\(/),
      }),
    );
  });
});
