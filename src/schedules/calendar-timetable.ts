import type { Timetable } from '../engine/index.ts';
import type { Zone } from './zone.ts';

/** A step of the calendar. Absent parts are 0. */
export interface CalendarStep {
  readonly years?: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
}

/** Steps walked from the beginning at most: two and a half centuries of days. */
const ticksMax = 100_000;

/**
 * A tick every so many days, weeks, months or years on the calendar of a zone, from a beginning on.
 *
 * One step at a time, each from the tick before: a month after January 31 is February 28, and the month after that is March 28,
 * not the month's end again (Airflow's and dateutil's `relativedelta` do the same). A tick in a gap of the clocks comes right
 * after it; one that comes twice counts the first time.
 */
export class CalendarTimetable implements Timetable {
  readonly text: string;
  readonly timezone: string;
  readonly #zone: Zone;
  readonly #step: CalendarStep;
  /** Readings of the clocks so far walked, and their instants. */
  #reading: number;
  readonly #ticks: number[];

  /** `start` is the first tick, as a reading of the zone's clocks. */
  constructor(step: CalendarStep, start: number, zone: Zone) {
    this.#step = step;
    this.#zone = zone;
    this.timezone = zone.name;
    this.#reading = start;
    this.#ticks = [instantOf(zone, start)];
    const parts = Object.entries(step).map(([unit, count]) => `${String(count)} ${unit}`);
    const from = new Date(start).toISOString().replace('.000Z', '');
    this.text = `every ${parts.join(' ')} from ${from} in ${zone.name}`;
  }

  next(after: number): number | null {
    while (this.#last <= after && this.#walk());
    const index = this.#indexAfter(after);
    return this.#ticks[index] ?? null;
  }

  previous(before: number): number | null {
    while (this.#last < before && this.#walk());
    return this.#ticks[this.#indexAfter(before - 1) - 1] ?? null;
  }

  get #last(): number {
    return this.#ticks.at(-1) ?? 0;
  }

  #walk(): boolean {
    if (this.#ticks.length >= ticksMax) return false;
    this.#reading = add(this.#reading, this.#step);
    this.#ticks.push(instantOf(this.#zone, this.#reading));
    return true;
  }

  /** The position of the first tick after the instant. */
  #indexAfter(instant: number): number {
    let low = 0;
    let high = this.#ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ticks[middle] ?? 0) <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function instantOf(zone: Zone, reading: number): number {
  const read = zone.read(reading);
  return read.kind === 'twice' ? read.first : read.at;
}

function add(reading: number, step: CalendarStep): number {
  const date = new Date(reading);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + (step.years ?? 0) * 12 + (step.months ?? 0));
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  date.setUTCDate(date.getUTCDate() + (step.weeks ?? 0) * 7 + (step.days ?? 0));
  return date.getTime();
}
