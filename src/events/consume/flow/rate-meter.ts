/**
 * The generic cell rate algorithm (ITU-T I.371): the number kept per key is the theoretical arrival time of the next event
 * if events came evenly. An event conforms if it does not come more than the tolerance before that time. One number per
 * key, exact, and nothing to clean up but numbers that lie in the past.
 */

/** An even spacing and how far it may be undercut. Milliseconds. */
export interface Rate {
  /** The length of time divided by how many events may come in it. */
  readonly intervalMs: number;
  /** How far before its even place an event may come: `intervalMs` for each event of a burst. */
  readonly toleranceMs: number;
}

/** The rate of `limit` events in each `perMs`, of which `burst` more than one may come at once. */
export function rateOf(limit: number, perMs: number, burst: number): Rate {
  const intervalMs = perMs / limit;
  return { intervalMs, toleranceMs: intervalMs * burst };
}

/** Counts events by key against a rate. */
export class RateMeter {
  readonly #rate: Rate;
  readonly #due = new Map<string, number>();
  readonly #changed = new Set<string>();

  /** `saved`: what `changes` gave in earlier lives. */
  constructor(rate: Rate, saved: Iterable<readonly [key: string, due: number]> = []) {
    this.#rate = rate;
    for (const [key, due] of saved) this.#due.set(key, due);
  }

  /** The earliest instant at which an event of this key conforms; `now` if it does now. */
  conformsAt(key: string, now: number): number {
    const due = this.#due.get(key) ?? now;
    return Math.max(now, due - this.#rate.toleranceMs);
  }

  /** Counts an event. */
  count(key: string, now: number): void {
    const due = Math.max(now, this.#due.get(key) ?? now);
    this.#due.set(key, due + this.#rate.intervalMs);
    this.#changed.add(key);
  }

  /** What must be saved so that a successor counts on: null for a key that is past. Each change is given once. */
  changes(now: number): readonly (readonly [key: string, due: number | null])[] {
    const changes: (readonly [string, number | null])[] = [];
    for (const key of this.#changed) changes.push([key, this.#due.get(key) ?? null]);
    this.#changed.clear();
    for (const [key, due] of this.#due) {
      if (due > now) break;
      // Keys that were counted long ago lie first; one that is past counts as never seen.
      this.#due.delete(key);
      changes.push([key, null]);
    }
    return changes;
  }
}
