import type { Store } from '../../engine/index.ts';

/** What the kit needs of a test runner; vitest's and jest's functions fit as they are. */
export interface TestApi {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>) => unknown;
  readonly expect: (actual: unknown) => Expectation;
}

/** The comparisons the kit makes. */
export interface Expectation {
  toBe(expected: unknown): void;
  /** Deep equality; bytes are equal to bytes. */
  toEqual(expected: unknown): void;
  /** Deep equality of the properties that `expected` has. */
  toMatchObject(expected: object): void;
}

/** A new, empty store under test, and what can be done with it from outside. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens what it left on disk, as the next process would. */
  reopen(): Promise<Store>;
  /** A further handle on the same state, as another process would have it; absent when the store allows only one. */
  second?(): Promise<Store>;
  /** Closes every handle that is still open and deletes the state. */
  close(): Promise<void>;
}

/** Opens a new, empty store. */
export type OpenStore = () => Promise<OpenedStore>;
