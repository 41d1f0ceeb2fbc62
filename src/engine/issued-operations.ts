import type { CancelScope } from './cancel-scope.ts';
import type { JournalEntry } from './model/journal.ts';
import type { Operation } from './operations/operation.ts';
import type { StepOperation } from './operations/step.ts';
import { isOf, keyOf } from './replay-script.ts';

/** Up to so many operations are looked through for the one that an entry belongs to; more of them get an index by key. */
const lookMax = 8;

/**
 * The operations that the code of one run has issued and was not answered, in the order in which they were issued. By key they
 * are looked up only while the journal answers, and where there are many of them; others spare themselves the keys.
 */
export class IssuedOperations {
  readonly #pending = new Set<Operation>();
  #isReplaying: boolean;
  /** By key, for the journal; null while there are few, and once it is through. */
  #byKey: Map<string, Operation> | null = null;
  /** Keys of operations that were canceled while replaying; the journal may hold completions of them that came too late. */
  #canceled: Set<string> | null = null;
  /** Issued during replay and not answered by the journal; begun when the journal is through. */
  #deferred: Operation[] = [];

  constructor(options: { readonly isReplaying: boolean }) {
    this.#isReplaying = options.isReplaying;
  }

  /** How many the code has not been answered. */
  get size(): number {
    return this.#pending.size;
  }

  /** The operation that a recorded completion belongs to. */
  recorded(entry: JournalEntry): Operation | null {
    if (this.#byKey === null && this.#pending.size > lookMax) this.#index();
    if (this.#byKey !== null) return this.#byKey.get(keyOf(entry)) ?? null;
    for (const operation of this.#pending) if (isOf(entry, operation)) return operation;
    return null;
  }

  /** The pending operation with this key; looks at each. */
  find(key: string): Operation | undefined {
    for (const operation of this.#pending) if (operation.identity.key === key) return operation;
    return undefined;
  }

  /** Whether a recorded completion fits: the code has issued its operation, which is pending or was canceled. */
  accepts(entry: JournalEntry): boolean {
    return this.recorded(entry) !== null || this.#canceled?.has(keyOf(entry)) === true;
  }

  add(operation: Operation): void {
    this.#pending.add(operation);
    this.#byKey?.set(operation.identity.key, operation);
  }

  /** Answers an operation of a scope that is canceled already. */
  refuse(operation: Operation, reason: Error): void {
    if (this.#isReplaying) (this.#canceled ??= new Set()).add(operation.identity.key);
    operation.refuse(reason);
  }

  /** The operation is answered. */
  remove(operation: Operation): void {
    this.#pending.delete(operation);
    this.#byKey?.delete(operation.identity.key);
  }

  /** Keeps an operation until the journal is through. */
  defer(operation: Operation): void {
    this.#deferred.push(operation);
  }

  /** The journal is through: gives what was deferred. */
  endReplay(): readonly Operation[] {
    this.#isReplaying = false;
    this.#byKey = null;
    return this.takeDeferred();
  }

  /** Gives what was deferred, once. */
  takeDeferred(): readonly Operation[] {
    const deferred = this.#deferred;
    this.#deferred = [];
    return deferred;
  }

  /** Cancels the pending operations in these scopes, in the order they were issued. */
  cancel(scopes: ReadonlySet<CancelScope>, reason: Error, canceled: (operation: Operation) => void): void {
    for (const operation of this.#pending) {
      if (!scopes.has(operation.identity.cancelScope)) continue;
      this.remove(operation);
      operation.stop(reason);
      canceled(operation);
      this.refuse(operation, reason);
    }
  }

  /** The run leaves: lets go of everything that was begun and has no outcome yet. */
  letGo(how: (operation: Operation) => void): void {
    for (const operation of this.#pending) {
      if (operation.state !== 'pending') continue;
      how(operation);
      // One that was still being prepared (a payload, a look-up) must write nothing when that is done.
      operation.state = 'settled';
    }
  }

  /** Bodies that have been running since before `instant` get a row that says so. */
  announceStepsOlderThan(instant: number): void {
    for (const operation of this.#pending) {
      if (operation.kind === 'step') (operation as StepOperation).announceIfOlder(instant);
    }
  }

  /** Keys of the operations that are issued and not yet answered. */
  keys(): readonly string[] {
    return Array.from(this.#pending, (operation) => operation.identity.key);
  }

  /** Keys of the operations that wait for the end of the replay. */
  deferredKeys(): readonly string[] {
    return this.#deferred.map((operation) => operation.identity.key);
  }

  #index(): void {
    this.#byKey = new Map();
    for (const operation of this.#pending) this.#byKey.set(operation.identity.key, operation);
  }
}
