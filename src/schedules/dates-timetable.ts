import type { Timetable } from '../engine/index.ts';

/** Ticks at listed instants. */
export class DatesTimetable implements Timetable {
  readonly text: string;
  readonly timezone = 'UTC';
  readonly #ticks: readonly number[];

  /** `ticks` in milliseconds since the epoch, in any order. */
  constructor(ticks: readonly number[]) {
    this.#ticks = [...new Set(ticks)].toSorted((a, b) => a - b);
    this.text = `at ${this.#ticks.map((tick) => new Date(tick).toISOString()).join(', ')}`;
  }

  next(after: number): number | null {
    return this.#ticks.find((tick) => tick > after) ?? null;
  }

  previous(before: number): number | null {
    return this.#ticks.findLast((tick) => tick < before) ?? null;
  }
}
