import { expect, it } from 'vitest';
import { createMemoryPayloadStore } from './memory-payload-store.ts';

const bytes = new Uint8Array([0, 1, 255]);

it('what was put is got back, out of reach of whoever put or got it before', async () => {
  const store = createMemoryPayloadStore();
  const given = new Uint8Array(bytes);
  const reference = await store.put('a/b', given);
  given.fill(9);
  (await store.get(reference)).fill(9);
  expect(await store.get(reference)).toEqual(bytes);
});

it('the same bytes have one reference per run id, and another for another run', async () => {
  const store = createMemoryPayloadStore();
  const reference = await store.put('a', bytes);
  expect(await store.put('a', new Uint8Array(bytes))).toBe(reference);
  expect(await store.put('b', bytes)).not.toBe(reference);
  expect(reference.startsWith('@')).toBe(false);
});

it('the payloads of a deleted run are gone, those of another stay', async () => {
  const store = createMemoryPayloadStore();
  const [gone, kept] = [await store.put('a', bytes), await store.put('b', bytes)];
  await store.deleteRuns(['a', 'never']);
  await expect(store.get(gone)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
  expect(await store.get(kept)).toEqual(bytes);
});

it('a reference that leads nowhere is refused', async () => {
  const store = createMemoryPayloadStore();
  for (const reference of ['', 'a', '/', 'abc/a']) {
    await expect(store.get(reference)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
  }
});
