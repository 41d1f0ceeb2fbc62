import { expect, it } from 'vitest';
import { createTutti } from '../../src/app/index.ts';
import { TuttiError } from '../../src/base/tutti-error.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';

it('an engine stops although a full disk keeps it from saying goodbye', async () => {
  const store = createMemoryStore();
  store.retireWorker = () => Promise.reject(new TuttiError('TUTTI_STORE_FULL', 'The disk is full.'));
  const tutti = await createTutti({ store, payloadStore: createMemoryPayloadStore() });
  await tutti.start();
  await expect(tutti.stop()).resolves.toBeUndefined();
});
