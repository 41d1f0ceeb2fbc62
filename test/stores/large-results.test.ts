import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti } from '../../src/app/index.ts';
import { workflow } from '../../src/workflows/index.ts';
import { temporaryDirectory } from './sqlite-scene.ts';

const large = 'x'.repeat(1_000);

describe('a large result of a step', () => {
  it('goes to its file, although code that may do no input or output waits for it', async () => {
    const twoLarge = workflow('two large', async (ctx) => {
      const first = await ctx.step('first', async () => Promise.resolve(large));
      await ctx.sleep(1);
      return `${first}${await ctx.step('second', async () => Promise.resolve(large))}`;
    });
    const store = join(temporaryDirectory(), 'tutti.db');
    const tutti = await createTutti({ store, definitions: [twoLarge], limits: { inlineMax: 100 } });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    const { id } = await tutti.client.startRun('two large', null);
    const { state, output, error } = await tutti.client.waitForRun(id);
    expect(error).toBeNull();
    expect({ state, output }).toEqual({ state: 'completed', output: large + large });
  });
});
