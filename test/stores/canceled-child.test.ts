import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti } from '../../src/app/index.ts';
import type { CommitBatch, Store } from '../../src/engine/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';
import { workflow } from '../../src/workflows/index.ts';

const sleeper = workflow('sleeper', async (ctx) => ctx.sleep('1d'));
const parent = workflow('parent', async (ctx) => ctx.call(sleeper, null, { id: 'child' }));
const definitions = [sleeper, parent];
const common = { definitions, payloadStore: createMemoryPayloadStore(), leaseMs: 60 };

/** The store as a process sees it that is killed after a commit: nothing comes back, and nothing more is written. */
function killedAfter(store: Store, isLast: (batch: CommitBatch) => boolean): Store {
  let isKilled = false;
  return new Proxy(store, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        if (isKilled) return new Promise<never>(() => undefined);
        isKilled = name === 'commit' && isLast(args[0] as CommitBatch);
        const result: unknown = await Reflect.apply(value, target, args);
        return isKilled ? new Promise<never>(() => undefined) : result;
      };
    },
  });
}

function isCanceling({ entries }: CommitBatch): boolean {
  return entries.some(({ kind }) => kind === 'cancel');
}

function isAskingToCancel({ sends }: CommitBatch): boolean {
  return sends.some(({ kind }) => kind === 'cancel');
}

/** Whether the request is on disk, read or not. */
async function isAskedToCancel(store: Store): Promise<boolean> {
  const run = await store.findRun('parent-1');
  if (run === null) return false;
  const [inbox, journal] = await Promise.all([
    store.listInbox(run.number),
    store.readJournal(run.number, 0, 10),
  ]);
  return [...inbox, ...journal].some(({ kind }) => kind === 'cancel');
}

describe('a child whose parent was canceled', () => {
  it.each([
    ['between its own cancellation and the message to the child', isCanceling],
    ['before it had read that it is to cancel', isAskingToCancel],
  ])('is canceled too, although its parent was killed %s', async (_, isLast) => {
    const store = createMemoryStore();
    const first = await createTutti({ ...common, store: killedAfter(store, isLast) });
    await first.start();
    await first.client.startRun('parent', null, { id: 'parent-1' });
    await expect.poll(async () => (await store.findRun('child'))?.state).toBe('waiting');
    // The caller, too, is in the killed process: it may never hear.
    void first.client.cancelRun('parent-1', 'planned');
    await expect.poll(async () => isAskedToCancel(store)).toBe(true);
    const second = await createTutti({ ...common, store });
    onTestFinished(() => second.stop());
    await second.start();
    expect((await second.client.waitForRun('parent-1')).state).toBe('canceled');
    expect((await second.client.waitForRun('child', { timeoutMs: 2_000 })).state).toBe('canceled');
  });
});
