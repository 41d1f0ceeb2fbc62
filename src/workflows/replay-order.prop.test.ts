import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTestTutti, type TestTutti } from '../testing/index.ts';
import { workflow, type WorkflowContext } from './index.ts';

/** A tree of operations: leaves are durable, nodes combine what is below them. */
type Tree =
  | { readonly kind: 'step' | 'failing'; readonly name: string }
  | { readonly kind: 'sleep'; readonly hours: number }
  | {
      readonly kind: 'all' | 'race' | 'allSettled' | 'any' | 'sequence' | 'parallel' | 'map';
      readonly below: readonly Tree[];
    };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ kind: fc.constantFrom('step', 'failing'), name: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('sleep' as const), hours: fc.integer({ min: 0, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom('all', 'race', 'allSettled', 'any', 'sequence', 'parallel', 'map'),
      below: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

/** Does what the tree says, and writes down in which order the code learned of what. */
async function perform(ctx: WorkflowContext, node: Tree, told: string[]): Promise<string> {
  if (!('below' in node)) return leaf(ctx, node, told);
  const { kind, below } = node;
  const each = (): Promise<string>[] => below.map((one) => perform(ctx, one, told));
  let result: unknown;
  if (kind === 'all') result = await Promise.all(each());
  else if (kind === 'race') result = await Promise.race(each());
  else if (kind === 'any') result = await Promise.any(each());
  else if (kind === 'allSettled') result = (await Promise.allSettled(each())).map(({ status }) => status);
  else if (kind === 'map')
    result = await ctx.map(below, (one, _, inner) => perform(inner, one, told), { concurrency: 2 });
  else if (kind === 'parallel')
    result = await ctx.parallel(below.map((one) => (inner: WorkflowContext) => perform(inner, one, told)));
  else for (const one of below) result = await perform(ctx, one, told);
  told.push(`${kind} ${String(result)}`);
  return String(result);
}

async function leaf(
  ctx: WorkflowContext,
  node: Exclude<Tree, { below: unknown }>,
  told: string[],
): Promise<string> {
  if (node.kind === 'sleep') await ctx.sleep(node.hours * 3_600_000);
  else {
    const body = (): string => {
      if (node.kind === 'failing') throw new Error(`no ${node.name}`);
      return node.name;
    };
    await ctx.step(node.name, body, { retry: { maximumAttempts: 1 } }).catch((error: Error) => {
      told.push(error.message);
      throw error;
    });
  }
  const text = node.kind === 'sleep' ? `slept ${node.hours}` : node.name;
  told.push(text);
  return text;
}

/** Runs the tree; every execution of the code leaves what it was told. */
async function execute(
  given: Tree,
  restartAfter: (env: TestTutti) => Promise<void>,
): Promise<{ readonly output: unknown; readonly executions: readonly (readonly string[])[] }> {
  const executions: string[][] = [];
  const flow = workflow('tree', async (ctx) => {
    const told: string[] = [];
    executions.push(told);
    const result = await perform(ctx, given, told).catch((error: unknown) => String(error));
    told.push(`result ${result}`);
    // What lost a race may still come.
    await ctx.sleep('10h', 'the rest');
    return [result, ...told];
  });
  await using env = await createTestTutti({ definitions: [flow] });
  const run = await env.start(flow, undefined);
  await restartAfter(env);
  const output = await run.result();
  return { output, executions };
}

it('any tree of operations is told in the same order by every replay of every prefix', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (given) => {
      const { output, executions } = await execute(given, async () => undefined);
      const [longest] = executions.toSorted((one, other) => other.length - one.length);
      for (const told of executions) expect(told).toEqual(longest?.slice(0, told.length));
      // The comparison after every rest replays every prefix; a restart at each hour resumes from them.
      const restarted = await execute(given, async (env) => {
        for (let hour = 0; hour < 12; hour += 1) {
          await env.settle();
          await env.restart();
          await env.advance('1h');
        }
      });
      expect(restarted.output).toEqual(output);
      for (const told of restarted.executions) expect(told).toEqual(longest?.slice(0, told.length));
    }),
    { numRuns: 60 },
  );
}, 60_000);
