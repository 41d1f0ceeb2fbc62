import { TuttiError } from '../base/tutti-error.ts';
import type { BoundSchedule } from './bound-schedule.ts';
import { Zone } from './zone.ts';

const dayMs = 86_400_000;

/** The range of a backfill as people write it: days of the schedule's calendar, or instants, both ends included. */
export interface RangeText {
  readonly from: string;
  readonly to: string;
}

/**
 * The range in milliseconds since the epoch, its end excluded. A day is that of the schedule's zone, from its beginning to its end.
 * @throws TUTTI_BACKFILL_INVALID for something that is neither a day nor an instant.
 */
export function readRange(
  bound: BoundSchedule,
  range: RangeText,
): { readonly from: number; readonly to: number } {
  const zone = new Zone(bound.schedule.timetable.timezone);
  const beginOf = (day: number): number => {
    const read = zone.read(day);
    return read.kind === 'twice' ? read.first : read.at;
  };
  const from = readInstant(range.from, 'from');
  const to = readInstant(range.to, 'to');
  return {
    from: isDay(range.from) ? beginOf(from) : from,
    to: isDay(range.to) ? beginOf(to + dayMs) : to + 1,
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function readInstant(text: string, name: string): number {
  const instant = Date.parse(text);
  if (Number.isFinite(instant) && (isDay(text) || /(Z|[+-]\d\d:?\d\d)$/.test(text))) return instant;
  throw new TuttiError(
    'TUTTI_BACKFILL_INVALID',
    `The bound '${name}' of a backfill is '${text}'; expected a day such as 2026-01-03, or an instant such as 2026-01-03T12:00:00Z.`,
    { details: { bound: name, value: text } },
  );
}
