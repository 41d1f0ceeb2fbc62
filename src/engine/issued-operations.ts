import type { CancelScope } from './cancel-scope.ts';
import type { Operation } from './operations/operation.ts';
import type { StepOperation } from './operations/step.ts';

/** The operations that the code of one run has issued, by key, in the order in which they were issued. */
export class IssuedOperations {
  readonly #pending = new Map<string, Operation>();
  /** Keys of operations that were canceled; while replaying, the journal may hold completions of them that came too late. */
  readonly #canceled = new Set<string>();
  /** Issued during replay and not answered by the journal; begun when the journal is through. */
  #deferred: Operation[] = [];

  /** How many the code has not been answered. */
  get size(): number {
    return this.#pending.size;
  }

  get(key: string): Operation | undefined {
    return this.#pending.get(key);
  }

  has(key: string): boolean {
    return this.#pending.has(key);
  }

  /** Whether the code has issued it and was not answered by a completion: it is pending, or was canceled. */
  accepts(key: string): boolean {
    return this.#pending.has(key) || this.#canceled.has(key);
  }

  add(operation: Operation): void {
    this.#pending.set(operation.identity.key, operation);
  }

  /** Answers an operation of a scope that is canceled already. */
  refuse(operation: Operation, reason: Error): void {
    this.#canceled.add(operation.identity.key);
    operation.refuse(reason);
  }

  /** The operation is answered. */
  remove(operation: Operation): void {
    this.#pending.delete(operation.identity.key);
  }

  /** Keeps an operation until the journal is through. */
  defer(operation: Operation): void {
    this.#deferred.push(operation);
  }

  /** What was deferred and is still wanted; the journal is through. */
  takeDeferred(): readonly Operation[] {
    const deferred = this.#deferred;
    this.#deferred = [];
    return deferred;
  }

  /** Cancels the pending operations in these scopes, in the order they were issued. */
  cancel(scopes: ReadonlySet<CancelScope>, reason: Error, canceled: (operation: Operation) => void): void {
    for (const [key, operation] of this.#pending) {
      if (!scopes.has(operation.identity.cancelScope)) continue;
      this.#pending.delete(key);
      operation.stop(reason);
      canceled(operation);
      this.refuse(operation, reason);
    }
  }

  /** The run leaves: lets go of everything that was begun and has no outcome yet. */
  letGo(how: (operation: Operation) => void): void {
    for (const operation of this.#pending.values()) if (operation.state === 'pending') how(operation);
  }

  /** Bodies that have been running since before `instant` get a row that says so. */
  announceStepsOlderThan(instant: number): void {
    for (const operation of this.#pending.values()) {
      if (operation.kind === 'step') (operation as StepOperation).announceIfOlder(instant);
    }
  }

  /** Keys of the operations that are issued and not yet answered. */
  keys(): readonly string[] {
    return [...this.#pending.keys()];
  }

  /** Keys of the operations that wait for the end of the replay. */
  deferredKeys(): readonly string[] {
    return this.#deferred.map((operation) => operation.identity.key);
  }
}
