/**
 * Cron on the clocks of a time zone, with a choice of what happens when they change.
 *
 * A candidate reading comes from the expression; the zone says when its clocks show it. A reading in a gap becomes the instant
 * of the jump (`after`) or nothing (`skip`); one that comes twice becomes the first instant, the second, or both. Readings do
 * not map to instants in order around a change, so the search goes on until no later reading could give an earlier instant.
 * Away from changes the first reading is the answer.
 */
import type { Timetable } from '../engine/index.ts';
import type { CronExpression } from './cron-expression.ts';
import type { Zone } from './zone.ts';

/** What becomes of a time that the clocks jump over: nothing, or a tick right after the jump. */
export type GapRule = 'skip' | 'after';

/** Which occurrence of a time that the clocks show twice counts. */
export type OverlapRule = 'first' | 'second' | 'both';

/** What a change of the clocks does to the ticks. */
export interface ClockChangeRules {
  readonly gap: GapRule;
  readonly overlap: OverlapRule;
}

/**
 * Vixie cron's: a fixed time that is jumped over runs right after, one that comes twice runs once; "every so often" runs
 * whenever the clocks show it (cron(8), "local time changes of less than three hours").
 */
export function vixieRules(expression: CronExpression): ClockChangeRules {
  return expression.isPeriodic ? { gap: 'skip', overlap: 'both' } : { gap: 'after', overlap: 'first' };
}

/** See the top of the file. */
export class CronTimetable implements Timetable {
  readonly text: string;
  readonly timezone: string;
  readonly #expression: CronExpression;
  readonly #zone: Zone;
  readonly #rules: ClockChangeRules;

  constructor(expression: CronExpression, zone: Zone, rules: ClockChangeRules) {
    this.#expression = expression;
    this.#zone = zone;
    this.timezone = zone.name;
    this.#rules = rules;
    this.text = `cron ${expression.text} in ${zone.name}, gap ${rules.gap}, overlap ${rules.overlap}`;
  }

  next(after: number): number | null {
    const quick = this.#zone.isSteady(after)
      ? this.#steadyTick(this.#expression.next(this.#zone.earliestReading(after)))
      : null;
    return quick ?? this.#searchNext(after);
  }

  previous(before: number): number | null {
    const quick = this.#zone.isSteady(before)
      ? this.#steadyTick(this.#expression.previous(this.#zone.latestReading(before)))
      : null;
    return quick ?? this.#searchPrevious(before);
  }

  /** The tick of a reading near which the clocks do not change, as on most days; else null. */
  #steadyTick(reading: number | null): number | null {
    if (reading === null) return null;
    const tick = this.#zone.earliestInstant(reading);
    return this.#zone.isSteady(tick) && this.#zone.earliestReading(tick) === reading ? tick : null;
  }

  #searchNext(after: number): number | null {
    let best: number | null = null;
    let reading = this.#expression.next(this.#zone.earliestReading(after) - 1);
    while (reading !== null && (best === null || this.#zone.earliestInstant(reading) < best)) {
      for (const tick of this.#ticks(reading)) {
        if (tick > after && (best === null || tick < best)) best = tick;
      }
      reading = this.#expression.next(reading);
    }
    return best;
  }

  #searchPrevious(before: number): number | null {
    let best: number | null = null;
    let reading = this.#expression.previous(this.#zone.latestReading(before) + 1);
    while (reading !== null && (best === null || this.#zone.latestInstant(reading) > best)) {
      for (const tick of this.#ticks(reading)) {
        if (tick < before && (best === null || tick > best)) best = tick;
      }
      reading = this.#expression.previous(reading);
    }
    return best;
  }

  #ticks(reading: number): readonly number[] {
    const read = this.#zone.read(reading);
    if (read.kind === 'once') return [read.at];
    if (read.kind === 'gap') return this.#rules.gap === 'after' ? [read.at] : [];
    const { overlap } = this.#rules;
    return overlap === 'both' ? [read.first, read.second] : [read[overlap]];
  }
}
