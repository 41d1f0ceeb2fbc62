import type { CancelScope } from './cancel-scope.ts';
import { operationKey, type EntryKind } from './model/journal.ts';
import type { Identity } from './operations/operation.ts';
import type { Place } from './run-handle.ts';

/**
 * The identity of one operation of one run. Its key is a text that most live operations never need (replay, waits and
 * idempotency keys do), so it is made on first use.
 */
export class OperationIdentity implements Identity {
  readonly scope: string;
  readonly name: string;
  readonly occurrence: number;
  readonly cancelScope: CancelScope;
  readonly issuedAt: number;
  readonly #kind: EntryKind;
  #key: string | null = null;

  constructor(
    kind: EntryKind,
    name: string,
    at: { readonly place: Place; readonly occurrence: number; readonly issuedAt: number },
  ) {
    this.#kind = kind;
    this.name = name;
    this.scope = at.place.path;
    this.cancelScope = at.place.cancelScope;
    this.occurrence = at.occurrence;
    this.issuedAt = at.issuedAt;
  }

  get key(): string {
    return (this.#key ??= operationKey(this.scope, this.#kind, this.name, this.occurrence));
  }
}

/** What is counted: operations of one scope, kind and name. */
interface Count {
  readonly scope: string;
  readonly kind: EntryKind;
  readonly name: string;
  next: number;
}

/** Up to so many different operations are found by looking at each, which is faster than hashing, and smaller. */
const listMax = 8;

/** Counts how many operations of each scope, kind and name were issued. */
export class Occurrences {
  readonly #list: Count[] = [];
  #index: Map<string, Count> | null = null;

  /** The number of the next one, from 0. */
  next(scope: string, kind: EntryKind, name: string): number {
    const count = this.#index === null ? this.#inList(scope, kind, name) : this.#inIndex(scope, kind, name);
    return count.next++;
  }

  #inList(scope: string, kind: EntryKind, name: string): Count {
    const list = this.#list;
    for (let i = 0; i < list.length; i += 1) {
      const count = list[i];
      if (count?.name === name && count.scope === scope && count.kind === kind) return count;
    }
    if (this.#list.length === listMax) return this.#beginIndex(scope, kind, name);
    const count = { scope, kind, name, next: 0 };
    this.#list.push(count);
    return count;
  }

  #beginIndex(scope: string, kind: EntryKind, name: string): Count {
    this.#index = new Map(this.#list.map((count) => [indexKey(count.scope, count.kind, count.name), count]));
    return this.#inIndex(scope, kind, name);
  }

  #inIndex(scope: string, kind: EntryKind, name: string): Count {
    const key = indexKey(scope, kind, name);
    const known = this.#index?.get(key);
    if (known !== undefined) return known;
    const count = { scope, kind, name, next: 0 };
    this.#index?.set(key, count);
    return count;
  }
}

function indexKey(scope: string, kind: EntryKind, name: string): string {
  return `${scope}/${kind}:${name}`;
}
