import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { PayloadStore, Store } from '../engine/index.ts';
import { createFilePayloadStore } from '../stores/files/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../stores/memory/index.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import type { EngineStatus } from './client.ts';

/** A store with what belongs to it. */
export interface OpenedStore {
  readonly store: Store;
  readonly payloadStore: PayloadStore;
  readonly info: EngineStatus['store'];
  /** Closes the store if it was opened here; one that was passed in stays open. */
  close(): Promise<void>;
}

/** The name that means: nothing on disk. */
const inMemory = ':memory:';

/**
 * Opens the store of this name, or takes the one given. A database file has its large payloads in `payloads` beside it.
 * @throws TUTTI_STORE_*, TUTTI_OPTION_INVALID for a store of one's own without a place for payloads.
 */
export async function openStore(
  given: string | Store,
  payloadStore: PayloadStore | undefined,
  clock: Clock,
): Promise<OpenedStore> {
  if (typeof given !== 'string') return adoptStore(given, payloadStore);
  if (given === inMemory) {
    const store = createMemoryStore();
    return {
      store,
      payloadStore: payloadStore ?? createMemoryPayloadStore(),
      info: { kind: 'memory', location: inMemory },
      close: () => store.close(),
    };
  }
  const store = await createSqliteStore({ file: resolve(given), clock });
  return {
    store,
    payloadStore: payloadStore ?? payloadsBeside(store.file),
    info: { kind: 'sqlite', location: store.file },
    close: () => store.close(),
  };
}

function adoptStore(store: Store, payloadStore: PayloadStore | undefined): OpenedStore {
  if ('file' in store && typeof store.file === 'string' && store.file !== inMemory) {
    const payloads = payloadStore ?? payloadsBeside(store.file);
    return { store, payloadStore: payloads, info: { kind: 'sqlite', location: store.file }, close };
  }
  const isMemory = 'openAnother' in store || 'file' in store;
  // Keeping the large payloads of a durable store in memory would lose them at the end of the process, silently.
  if (payloadStore === undefined && !isMemory) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      'A store of your own was passed without payloadStore; expected the place where its large payloads lie.',
    );
  }
  const info = isMemory ? { kind: 'memory', location: inMemory } : { kind: 'custom', location: '' };
  return { store, payloadStore: payloadStore ?? createMemoryPayloadStore(), info, close };
}

function payloadsBeside(file: string): PayloadStore {
  return createFilePayloadStore({ directory: join(dirname(file), 'payloads') });
}

/** A store that the caller opened is the caller's to close. */
const close = async (): Promise<void> => undefined;
