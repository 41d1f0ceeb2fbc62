import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/stores/sqlite-scene.ts';
import { createFilePayloadStore } from './file-payload-store.ts';

const bytes = new Uint8Array([0, 1, 2, 255]);

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name));
}

describe('payload files', () => {
  it('give back the bytes that were put', async () => {
    const store = createFilePayloadStore({ directory: join(temporaryDirectory(), 'payloads') });
    const reference = await store.put('order/../7', bytes);
    expect(await store.get(reference)).toEqual(bytes);
    expect(reference.startsWith('@')).toBe(false);
  });

  it('are the same file for the same bytes and run, and leave no temporary file', async () => {
    const directory = temporaryDirectory();
    const store = createFilePayloadStore({ directory });
    const references = await Promise.all([1, 2, 3].map(() => store.put('a', bytes)));
    expect(new Set(references).size).toBe(1);
    expect(files(directory)).toHaveLength(1);
    expect(await store.put('b', bytes)).not.toBe(references[0]);
  });

  it.each(['damaged', 'cut short'])(
    'that are %s are refused, and repaired by putting them again if shorter',
    async (fault) => {
      const directory = temporaryDirectory();
      const store = createFilePayloadStore({ directory });
      const reference = await store.put('a', bytes);
      const [file = ''] = files(directory);
      writeFileSync(file, fault === 'damaged' ? new Uint8Array([9, 9, 9, 9]) : bytes.slice(0, 2));
      await expect(store.get(reference)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
      if (fault === 'cut short') expect(await store.get(await store.put('a', bytes))).toEqual(bytes);
    },
  );

  it('are only found by references of their own making', async () => {
    const store = createFilePayloadStore({ directory: temporaryDirectory() });
    for (const reference of ['../../etc/passwd', '', `${'0'.repeat(32)}/${'0'.repeat(64)}`]) {
      await expect(store.get(reference)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
    }
  });

  it('go with their runs, and only theirs', async () => {
    const directory = temporaryDirectory();
    const store = createFilePayloadStore({ directory });
    await store.put('a', bytes);
    const kept = await store.put('b', bytes);
    await store.deleteRuns(['a', 'never was']);
    expect(files(directory)).toHaveLength(1);
    expect(await store.get(kept)).toEqual(bytes);
  });
});
