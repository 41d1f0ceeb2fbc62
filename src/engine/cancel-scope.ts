/**
 * A part of a run's code that can be canceled as a whole. Scopes form a tree; canceling one cancels all below it, except
 * shielded ones, which finish first (clean-up).
 */
export class CancelScope {
  readonly parent: CancelScope | null;
  readonly isShielded: boolean;
  #reason: Error | null = null;
  #controller: AbortController | null = null;
  /** Made for the first child: most scopes have none. */
  #children: Set<CancelScope> | null = null;

  constructor(parent: CancelScope | null, options: { readonly isShielded: boolean }) {
    this.parent = parent;
    this.isShielded = options.isShielded;
    if (parent !== null) {
      (parent.#children ??= new Set()).add(this);
      if (!this.isShielded) this.#reason = parent.#reason;
    }
  }

  /** Why it was canceled, or null. */
  get reason(): Error | null {
    return this.#reason;
  }

  /** Whether the scope lies below the other one, at any depth. */
  isWithin(other: CancelScope): boolean {
    return this.parent !== null && (this.parent === other || this.parent.isWithin(other));
  }

  /** Aborted when the scope is canceled. Made on first use, because most code never asks for it. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Cancels this scope and every unshielded one below it; the first reason stays. Returns the scopes it reached. */
  cancel(reason: Error, reached: Set<CancelScope> = new Set()): ReadonlySet<CancelScope> {
    if (this.#reason !== null) return reached;
    this.#reason = reason;
    reached.add(this);
    this.#controller?.abort(reason);
    for (const child of this.#children ?? []) {
      if (!child.isShielded) child.cancel(reason, reached);
    }
    return reached;
  }

  /** The code of this scope is over: its parent need not reach it any more. */
  close(): void {
    if (this.parent !== null) this.parent.#children?.delete(this);
  }
}
