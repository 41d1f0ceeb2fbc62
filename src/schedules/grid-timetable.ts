import { formatDuration } from '../base/duration.ts';
import type { Timetable } from '../engine/index.ts';

/** A tick every so many milliseconds of real time, before and after an anchor; clocks and zones do not matter. */
export class GridTimetable implements Timetable {
  readonly text: string;
  readonly timezone = 'UTC';
  readonly #everyMs: number;
  readonly #anchor: number;

  constructor(everyMs: number, anchor: number) {
    this.#everyMs = everyMs;
    this.#anchor = anchor;
    const since = anchor === 0 ? '' : ` from ${new Date(anchor).toISOString()}`;
    this.text = `every ${everyMs % 1_000 === 0 ? formatDuration(everyMs) : `${everyMs}ms`}${since}`;
  }

  next(after: number): number {
    return this.#tick(Math.floor((after - this.#anchor) / this.#everyMs) + 1);
  }

  previous(before: number): number {
    return this.#tick(Math.ceil((before - this.#anchor) / this.#everyMs) - 1);
  }

  #tick(index: number): number {
    return this.#anchor + index * this.#everyMs;
  }
}
