import { TuttiError } from '../base/tutti-error.ts';
import type { BoundSchedule } from './bound-schedule.ts';
import { Zone } from './zone.ts';

const dayMs = 86_400_000;

/** The range of a backfill as people write it: days of the schedule's calendar, or instants, both ends included. */
export interface RangeText {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * The range in milliseconds since the epoch, its end excluded. A day is that of the schedule's zone, from its beginning to its end.
 * @throws TUTTI_BACKFILL_INVALID for something that is neither a day nor an instant, and for an end that is not given.
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
    from: from.isDay ? beginOf(from.at) : from.at,
    to: to.isDay ? beginOf(to.at + dayMs) : to.at + 1,
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function readInstant(
  text: string | undefined,
  name: string,
): { readonly at: number; readonly isDay: boolean } {
  const at = Date.parse(text ?? '');
  const isWhole = text !== undefined && isDay(text);
  if (Number.isFinite(at) && (isWhole || /(Z|[+-]\d\d:?\d\d)$/.test(text ?? '')))
    return { at, isDay: isWhole };
  const fault = text === undefined ? 'is not given' : `is '${text}'`;
  throw new TuttiError(
    'TUTTI_BACKFILL_INVALID',
    `The bound '${name}' of a backfill ${fault}; expected a day such as 2026-01-03, or an instant such as 2026-01-03T12:00:00Z.`,
    { details: { bound: name, value: text ?? null } },
  );
}
