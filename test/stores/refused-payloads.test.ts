import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti } from '../../src/app/index.ts';
import { TuttiError } from '../../src/base/tutti-error.ts';
import type { PayloadStore } from '../../src/engine/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';
import { signal, workflow } from '../../src/workflows/index.ts';

const large = 'x'.repeat(1_000);
const note = signal<string>('note');

/** Refuses every payload the first time, as a full disk does until somebody makes room. */
function refusingOnce(): PayloadStore & { readonly refusals: number } {
  const store = createMemoryPayloadStore();
  const asked = new Set<string>();
  return {
    get refusals() {
      return asked.size;
    },
    put: async (runId, bytes) => {
      const what = `${runId} ${Buffer.from(bytes).toString()}`;
      if (asked.has(what)) return store.put(runId, bytes);
      asked.add(what);
      throw new TuttiError('TUTTI_STORE_FULL', 'planned');
    },
    get: (reference) => store.get(reference),
    deleteRuns: (ids) => store.deleteRuns(ids),
  };
}

describe('a payload of a run that the disk refuses', () => {
  it('is tried again, and fails neither the step, the child, the message nor the run', async () => {
    const child = workflow('child', async (_ctx, text: string) => text.length);
    const listener = workflow('listener', async (ctx) => (await ctx.waitFor(note)).length);
    const parent = workflow('parent', async (ctx) => {
      const result = await ctx.step('make', () => large);
      const length = await ctx.call(child, `${result}!`);
      await ctx.send('listener-1', note, `${result}?`);
      return `${result}${length}`;
    });
    const payloadStore = refusingOnce();
    const tutti = await createTutti({
      store: createMemoryStore(),
      payloadStore,
      definitions: [child, listener, parent],
      limits: { inlineMax: 100 },
    });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await tutti.client.startRun('listener', null, { id: 'listener-1' });
    await tutti.client.startRun('parent', null, { id: 'parent-1' });
    expect((await tutti.client.waitForRun('parent-1')).output).toBe(`${large}1001`);
    expect((await tutti.client.waitForRun('listener-1')).output).toBe(1_001);
    expect(payloadStore.refusals).toBe(4);
  });

  it('is refused to a client, who is told', async () => {
    const payloadStore = refusingOnce();
    const store = createMemoryStore();
    const definitions = [workflow('child', async (_ctx, text: string) => text.length)];
    const tutti = await createTutti({ store, payloadStore, definitions, limits: { inlineMax: 100 } });
    onTestFinished(() => tutti.stop());
    const start = tutti.client.startRun('child', large);
    await expect(start).rejects.toMatchObject({ code: 'TUTTI_STORE_FULL' });
    expect(await store.listRuns({})).toEqual([]);
  });
});
