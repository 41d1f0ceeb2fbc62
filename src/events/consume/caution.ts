import { TuttiError } from '../../base/tutti-error.ts';
import type { Suspect } from './cursor.ts';

/** After how many deaths of the process an event is given up on. */
const deathsMax = 3;

/**
 * Care after a process ended at work: which events are tried one by one, and which of them ended it. Both are part of the
 * cursor's cell, so that the next owner knows.
 */
export class Caution {
  #below: number;
  #suspect: Suspect | null;
  /** Resolves when the event that is tried alone was handled. */
  #turn: Promise<void> = Promise.resolve();

  constructor(saved: { readonly cautiousBelow: number; readonly suspect: Suspect | null }) {
    this.#below = saved.cautiousBelow;
    this.#suspect = saved.suspect;
  }

  /** For the cell. */
  get record(): { readonly cautiousBelow: number; readonly suspect: Suspect | null } {
    return { cautiousBelow: this.#below, suspect: this.#suspect };
  }

  /** Whether the event must be tried alone, and announced on disk before. */
  appliesTo(offset: number): boolean {
    return offset < this.#below;
  }

  /**
   * The event is about to be handled: waits until no other that must be tried alone is, and until `write` has it on disk. To be
   * told when it was handled.
   */
  async announce(offset: number, write: () => Promise<void>): Promise<() => void> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    const deaths = this.#suspect?.offset === offset ? this.#suspect.deaths : 0;
    this.#suspect = { offset, deaths };
    await write();
    return resolve;
  }

  /** The event is settled; `open` is the lowest offset that is not. */
  settled(offset: number, open: number): void {
    if (this.#suspect?.offset === offset) this.#suspect = null;
    if (open >= this.#below) this.#below = 0;
  }

  /** Why the event must be given up on without another try; null if it may be tried. */
  verdictOn(offset: number): TuttiError | null {
    if (this.#suspect?.offset !== offset || this.#suspect.deaths < deathsMax) return null;
    return new TuttiError(
      'TUTTI_EVENT_INVALID',
      `The process ended ${this.#suspect.deaths} times while this event was handled.`,
    );
  }
}
