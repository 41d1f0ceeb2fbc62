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

/** Counts how many operations of each scope, kind and name were issued. */
export class Occurrences {
  /** By scope and kind, then by name: short texts that are used again and again, so their hashes are known. */
  readonly #scopes = new Map<string, Map<EntryKind, Map<string, number>>>();

  /** The number of the next one, from 0. */
  next(scope: string, kind: EntryKind, name: string): number {
    let kinds = this.#scopes.get(scope);
    if (kinds === undefined) this.#scopes.set(scope, (kinds = new Map()));
    let names = kinds.get(kind);
    if (names === undefined) kinds.set(kind, (names = new Map()));
    const occurrence = names.get(name) ?? 0;
    names.set(name, occurrence + 1);
    return occurrence;
  }
}
