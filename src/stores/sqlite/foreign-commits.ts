import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock, TimerHandle } from '../../base/clock.ts';

/**
 * Notices commits of other connections by asking SQLite for `data_version` every `pollMs`, only while somebody listens.
 * The timer does not keep the process alive if the clock lets it. A spurious call (after a checkpoint) is possible and harmless.
 */
export class ForeignCommits {
  readonly #version: StatementSync;
  readonly #pollMs: number;
  readonly #clock: Clock;
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #timer: TimerHandle | null = null;
  #lastVersion = 0;

  constructor(db: DatabaseSync, pollMs: number, clock: Clock) {
    this.#version = db.prepare('pragma data_version');
    this.#pollMs = pollMs;
    this.#clock = clock;
  }

  /** Adds a listener; returns how to remove it. */
  listen(listener: () => void): () => void {
    // Wrapped, so that one function given twice is called twice and removed once at a time.
    const entry = { call: listener };
    this.#listeners.add(entry);
    if (this.#timer === null) {
      this.#lastVersion = this.#readVersion();
      this.#schedule();
    }
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** Forgets all listeners. */
  stop(): void {
    this.#listeners.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #schedule(): void {
    this.#timer = this.#clock.setTimer(this.#pollMs, () => this.#poll());
    this.#timer.unref?.();
  }

  #poll(): void {
    const version = this.#readVersion();
    const hasChanged = version !== this.#lastVersion;
    this.#lastVersion = version;
    this.#schedule();
    if (!hasChanged) return;
    for (const listener of [...this.#listeners]) listener.call();
  }

  /** The last one known when the database cannot be read just now: the next poll tells. */
  #readVersion(): number {
    try {
      return Number(this.#version.get()?.['data_version']);
    } catch {
      return this.#lastVersion;
    }
  }
}
