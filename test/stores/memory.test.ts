import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { storeConformance, type OpenedStore } from '../../src/testing/store-conformance/index.ts';

/** The state lives as long as any handle: a closed one is followed by another on the same state. */
async function openMemory(): Promise<OpenedStore> {
  let newest = createMemoryStore();
  return {
    store: newest,
    async reopen() {
      const next = newest.openAnother();
      await newest.close();
      newest = next;
      return next;
    },
    second: async () => newest.openAnother(),
    close: () => newest.close(),
  };
}

storeConformance('the memory store', openMemory, { describe, it, expect });
