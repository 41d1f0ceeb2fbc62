import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti } from '../../src/app/index.ts';
import type { PayloadStore } from '../../src/engine/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';
import { workflow } from '../../src/workflows/index.ts';

const large = 'x'.repeat(1_000);
const taker = workflow('taker', async (_ctx, text: string) => text.length);
const giver = workflow('giver', async (ctx) => ctx.call(taker, large));
const other = workflow('other', async (ctx) => ctx.step('work', () => 1));

describe('a run whose child is not on disk yet', () => {
  it('stays due, so that after a crash somebody starts the child', async () => {
    const files = createMemoryPayloadStore();
    const isReleased = Promise.withResolvers<void>();
    const isAsked = Promise.withResolvers<void>();
    const slow: PayloadStore = {
      put: async (runId, bytes) => {
        isAsked.resolve();
        await isReleased.promise;
        return files.put(runId, bytes);
      },
      get: (reference) => files.get(reference),
      deleteRuns: (ids) => files.deleteRuns(ids),
    };
    const store = createMemoryStore();
    const definitions = [taker, giver, other];
    const tutti = await createTutti({ store, payloadStore: slow, definitions, limits: { inlineMax: 100 } });
    onTestFinished(() => tutti.stop());
    await tutti.start();
    await tutti.client.startRun('giver', null, { id: 'giver-1' });
    await isAsked.promise;
    // Whatever was enqueued before this run is on disk when it ends.
    await tutti.client.startRun('other', null, { id: 'other-1' });
    await tutti.client.waitForRun('other-1');
    expect((await store.findRun('giver-1'))?.wakeAt).toBe(0);
    isReleased.resolve();
    expect((await tutti.client.waitForRun('giver-1')).output).toBe(large.length);
  });
});
