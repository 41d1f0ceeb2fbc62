import type { ParkedLane } from './cursor.ts';

interface Parked {
  readonly offsets: number[];
  attempts: number;
  dueAt: number;
  readonly since: number;
  error: string | null;
  /** The offset that is being tried again; null while the lane waits. */
  active: number | null;
}

/** How a lane is parked. Times in milliseconds since the epoch. */
export interface ParkingReason {
  readonly attempts: number;
  readonly dueAt: number;
  readonly now: number;
  readonly error: string | null;
}

/**
 * Events that are settled for the watermark and not done: lanes whose first event failed, with those behind it, and what
 * waits for quiet. All of it is part of the cursor's cell.
 */
export class Parking {
  readonly #lanes = new Map<string, Parked>();
  /** By offset: the key under which it waits for quiet, and since when. */
  readonly #quiet = new Map<number, { readonly key: string; readonly since: number }>();
  #size = 0;

  constructor(saved: readonly ParkedLane[]) {
    for (const { lane, why, offsets, attempts, dueAt, since, error } of saved) {
      if (why === 'debounce') {
        for (const offset of offsets) this.#quiet.set(offset, { key: lane, since });
        continue;
      }
      this.#lanes.set(lane, { offsets: [...offsets], attempts, dueAt, since, error, active: null });
      this.#size += offsets.length;
    }
  }

  /** How many events are parked. */
  get size(): number {
    return this.#size + this.#quiet.size;
  }

  /** Whether no lane is parked because of a failure. */
  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  has(lane: string): boolean {
    return this.#lanes.has(lane);
  }

  /** Whether this event is the one of its lane that is being tried again. */
  isActive(lane: string, offset: number): boolean {
    return this.#lanes.get(lane)?.active === offset;
  }

  /** Parks events of a lane behind what is parked there, or begins with them. */
  park(lane: string, offsets: readonly number[], reason: ParkingReason): void {
    const known = this.#lanes.get(lane);
    if (known === undefined) {
      const { attempts, dueAt, now, error } = reason;
      this.#lanes.set(lane, { offsets: [...offsets], attempts, dueAt, since: now, error, active: null });
      this.#size += offsets.length;
      return;
    }
    for (const offset of offsets) {
      if (known.offsets.includes(offset)) continue;
      known.offsets.push(offset);
      this.#size += 1;
    }
  }

  /** The event that was tried again failed again. */
  retryLater(lane: string, reason: ParkingReason): void {
    const parked = this.#lanes.get(lane);
    if (parked === undefined) return;
    parked.active = null;
    parked.attempts = reason.attempts;
    parked.dueAt = reason.dueAt;
    parked.error = reason.error;
  }

  /** Lanes whose next try is due; each is told once, and then counts as being tried. */
  takeDue(
    now: number,
  ): readonly { readonly lane: string; readonly offset: number; readonly attempts: number }[] {
    const due = [];
    for (const [lane, parked] of this.#lanes) {
      const [offset] = parked.offsets;
      if (parked.active !== null || parked.dueAt > now || offset === undefined) continue;
      parked.active = offset;
      due.push({ lane, offset, attempts: parked.attempts });
    }
    return due;
  }

  /** The event could not be tried after all; it stays due. */
  putBack(lane: string): void {
    const parked = this.#lanes.get(lane);
    if (parked !== undefined) parked.active = null;
  }

  /** The event is done, whatever came of it. Returns whether it was parked. */
  done(lane: string, offset: number): boolean {
    if (this.#quiet.delete(offset)) return true;
    const parked = this.#lanes.get(lane);
    const index = parked?.offsets.indexOf(offset) ?? -1;
    if (parked === undefined || index < 0) return false;
    parked.offsets.splice(index, 1);
    this.#size -= 1;
    if (parked.active === offset) {
      // The next one is not the one that failed: it begins with its first try, at once.
      parked.active = null;
      parked.attempts = 0;
      parked.dueAt = 0;
      parked.error = null;
    }
    if (parked.offsets.length === 0) this.#lanes.delete(lane);
    return true;
  }

  /** The event waits for quiet. */
  waitForQuiet(offset: number, key: string, since: number): void {
    this.#quiet.set(offset, { key, since });
  }

  nextDue(): number | null {
    let due: number | null = null;
    for (const { active, dueAt } of this.#lanes.values()) {
      if (active === null) due = due === null ? dueAt : Math.min(due, dueAt);
    }
    return due;
  }

  lowest(): number | null {
    let lowest: number | null = null;
    for (const { offsets } of this.#lanes.values()) {
      for (const offset of offsets) lowest = lowest === null ? offset : Math.min(lowest, offset);
    }
    return lowest;
  }

  /** For the cell. What has been released from its wait for quiet and is not done is due at once in another's hands. */
  record(quiet: Iterable<{ readonly key: string; readonly dueAt: number }>): readonly ParkedLane[] {
    const lanes: ParkedLane[] = [];
    for (const [lane, { offsets, attempts, dueAt, since, error }] of this.#lanes) {
      lanes.push({ lane, why: 'retry', offsets: [...offsets], attempts, dueAt, since, error });
    }
    if (this.#quiet.size === 0) return lanes;
    const dueAts = new Map([...quiet].map((wait) => [wait.key, wait.dueAt]));
    for (const [key, waits] of Map.groupBy(this.#quiet, ([, { key: one }]) => one)) {
      const offsets = waits.map(([offset]) => offset);
      const since = Math.min(...waits.map(([, wait]) => wait.since));
      const dueAt = dueAts.get(key) ?? since;
      lanes.push({ lane: key, why: 'debounce', offsets, attempts: 0, dueAt, since, error: null });
    }
    return lanes;
  }
}
