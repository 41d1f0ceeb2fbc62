import type { DebounceRule, Item } from './flow-rules.ts';

/** Events of one key that wait until no other comes. Milliseconds since the epoch. */
export interface QuietWait<E> {
  readonly key: string;
  readonly items: readonly Item<E>[];
  readonly since: number;
  readonly dueAt: number;
}

/** Debounce: what waits for quiet, by key. */
export class QuietWaits<E> {
  readonly #rule: DebounceRule<E>;
  readonly #waits = new Map<string, QuietWait<E>>();
  #size = 0;

  constructor(rule: DebounceRule<E>) {
    this.#rule = rule;
  }

  get size(): number {
    return this.#size;
  }

  get all(): Iterable<QuietWait<E>> {
    return this.#waits.values();
  }

  keyOf(item: Item<E>): string {
    return this.#rule.key?.(item.event) ?? item.lane;
  }

  /** Adds an event and returns those it takes the place of. */
  add(item: Item<E>, now: number): readonly Item<E>[] {
    const key = this.keyOf(item);
    const wait = this.#waits.get(key);
    const since = wait?.since ?? now;
    const { forMs, atMostMs, collect } = this.#rule;
    const dueAt = atMostMs === null ? now + forMs : Math.min(now + forMs, since + atMostMs);
    const before = wait?.items ?? [];
    const replaced = collect === 'last' ? before : [];
    const items = collect === 'last' ? [item] : [...before, item];
    // Set anew, so that the map stays in the order of the last events.
    this.#waits.delete(key);
    this.#waits.set(key, { key, items, since, dueAt });
    this.#size += 1 - replaced.length;
    return replaced;
  }

  /** Puts back what a former owner of the partition left waiting. */
  restore(wait: QuietWait<E>): void {
    this.#waits.set(wait.key, wait);
    this.#size += wait.items.length;
  }

  /** Takes out what has waited long enough. */
  takeDue(now: number): readonly (readonly Item<E>[])[] {
    const due = [...this.#waits.values()].filter((wait) => wait.dueAt <= now);
    for (const { key, items } of due) {
      this.#waits.delete(key);
      this.#size -= items.length;
    }
    return due.toSorted((one, other) => one.dueAt - other.dueAt).map(({ items }) => items);
  }

  nextDue(): number | null {
    let due: number | null = null;
    for (const wait of this.#waits.values()) due = due === null ? wait.dueAt : Math.min(due, wait.dueAt);
    return due;
  }

  /** Takes out events that fit. */
  remove(fits: (item: Item<E>) => boolean): readonly Item<E>[] {
    const removed: Item<E>[] = [];
    for (const wait of [...this.#waits.values()]) {
      const gone = wait.items.filter(fits);
      if (gone.length === 0) continue;
      removed.push(...gone);
      this.#size -= gone.length;
      const items = wait.items.filter((item) => !gone.includes(item));
      if (items.length === 0) this.#waits.delete(wait.key);
      else this.#waits.set(wait.key, { ...wait, items });
    }
    return removed;
  }
}
