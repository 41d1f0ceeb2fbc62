import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';

const hourMs = 3_600_000;

/** Further than any change of a zone's offset reaches, so that an instant this far away lies on the other side of one near by. */
const awayMs = 26 * hourMs;

/** What the clocks of a zone do at a reading. Instants in milliseconds since the epoch, ascending. */
export type Reading =
  | { readonly kind: 'once'; readonly at: number }
  /** The clocks jump over it; `at` is the instant of the jump. */
  | { readonly kind: 'gap'; readonly at: number }
  /** The clocks show it twice. */
  | { readonly kind: 'twice'; readonly first: number; readonly second: number };

/**
 * The clocks of one time zone. A _reading_ is what such a clock shows, as if it were UTC: the milliseconds of
 * `Date.UTC(2026, 2, 29, 2, 30)` stand for "2026-03-29 02:30 on the clocks of this zone".
 * The rules of zones come from the machine's `Intl`.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws TUTTI_SCHEDULE_INVALID for a zone the machine does not know, with the nearest one. */
  constructor(name: string) {
    this.name = name;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    } catch (cause) {
      const nearest = nearestName(name, Intl.supportedValuesOf('timeZone'));
      const hint =
        nearest === undefined ? "expected a name such as 'Europe/Zurich'" : `did you mean '${nearest}'?`;
      throw new TuttiError('TUTTI_SCHEDULE_INVALID', `The time zone '${name}' is unknown; ${hint}`, {
        cause,
        details: { timezone: name, ...(nearest === undefined ? {} : { nearest }) },
      });
    }
  }

  /** By how many milliseconds the clocks are ahead of UTC at the instant. */
  offsetAt(instant: number): number {
    const text = this.#format.format(instant);
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
    const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1_000;
    return sign === '-' ? -size : size;
  }

  /** Whether the clocks do not change near the instant, so that readings and instants there are in the same order. */
  isSteady(instant: number): boolean {
    const [before, after] = this.#offsetsAround(instant);
    return before === after;
  }

  /** The earliest reading the clocks may show at the instant, a change of the clocks near by allowed for. */
  earliestReading(instant: number): number {
    return instant + Math.min(...this.#offsetsAround(instant));
  }

  /** The latest reading the clocks may show at the instant, a change of the clocks near by allowed for. */
  latestReading(instant: number): number {
    return instant + Math.max(...this.#offsetsAround(instant));
  }

  /** The earliest instant at which the clocks may show the reading, or jump over it. */
  earliestInstant(reading: number): number {
    return reading - Math.max(...this.#offsetsAround(reading));
  }

  /** The latest instant at which the clocks may show the reading, or jump over it. */
  latestInstant(reading: number): number {
    return reading - Math.min(...this.#offsetsAround(reading));
  }

  /** When the clocks show the reading. */
  read(reading: number): Reading {
    const [before, after] = this.#offsetsAround(reading);
    if (before === after) return { kind: 'once', at: reading - before };
    const atBefore = reading - before;
    const atAfter = reading - after;
    const isBefore = this.offsetAt(atBefore) === before;
    const isAfter = this.offsetAt(atAfter) === after;
    if (isBefore && isAfter)
      return { kind: 'twice', first: Math.min(atBefore, atAfter), second: Math.max(atBefore, atAfter) };
    if (isBefore) return { kind: 'once', at: atBefore };
    if (isAfter) return { kind: 'once', at: atAfter };
    return { kind: 'gap', at: this.#changeBetween(atAfter, atBefore) };
  }

  #offsetsAround(instant: number): readonly [before: number, after: number] {
    return [this.offsetAt(instant - awayMs), this.offsetAt(instant + awayMs)];
  }

  /** The instant at which the offset changes, by halving; `from` has the old one, `to` the new one. */
  #changeBetween(from: number, to: number): number {
    const old = this.offsetAt(from);
    let low = from;
    let high = to;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === old) low = middle;
      else high = middle;
    }
    return high;
  }
}
