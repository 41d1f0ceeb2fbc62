import { TuttiError } from '../../base/tutti-error.ts';
import type { DataInterval, Partitioning, Timetable } from '../../engine/index.ts';
import { Zone } from '../zone.ts';

const dayMs = 86_400_000;

/** The ways to cut an asset into partitions. */
export const partitions = {
  /**
   * One partition per day of a zone's calendar, from a day on; keys are days, `2026-01-31`.
   * @throws TUTTI_SCHEDULE_INVALID for an unknown zone, TUTTI_DEFINITION_INVALID for something that is no day.
   */
  daily: (start: string, timezone: string = 'UTC'): Partitioning =>
    byDays({ kind: 'daily', days: 1, start, timezone }),
  /** One partition per seven days from a day on; its key is its first day. @throws as `daily`. */
  weekly: (start: string, timezone: string = 'UTC'): Partitioning =>
    byDays({ kind: 'weekly', days: 7, start, timezone }),
  /** Partitions with listed keys. @throws TUTTI_DEFINITION_INVALID for an empty list. */
  list: (keys: readonly string[]): Partitioning => {
    if (keys.length === 0) throw invalid('A list of partitions is empty.');
    const known = new Set(keys.map((key) => checkKey(key)));
    const listed = [...known];
    return {
      kind: 'static',
      text: listed.join(', '),
      has: (key) => known.has(key),
      keys: listed,
      ...timeless,
    };
  },
  /** Partitions with any key; there is one once it was made. */
  dynamic: (): Partitioning => ({
    kind: 'dynamic',
    text: 'any key',
    has: (key) => isKey(key),
    keys: null,
    ...timeless,
  }),
} as const;

const timeless: Pick<Partitioning, 'keyAt' | 'intervalOf' | 'timetable'> = {
  keyAt: () => null,
  intervalOf: () => null,
  timetable: null,
};

interface DayRule {
  readonly kind: 'daily' | 'weekly';
  readonly days: number;
  readonly start: string;
  readonly timezone: string;
}

function byDays({ kind, days, start, timezone }: DayRule): Partitioning {
  const zone = new Zone(timezone);
  const first = readDay(start);
  if (first === null) throw invalid(`Partitions begin on '${start}'; expected a day such as 2026-01-01.`);
  const lengthMs = days * dayMs;
  const begin = (reading: number): number => {
    const read = zone.read(reading);
    return read.kind === 'twice' ? read.first : read.at;
  };
  const has = (key: string): boolean => {
    const reading = readDay(key);
    return reading !== null && reading >= first && (reading - first) % lengthMs === 0;
  };
  const text = `${kind} from ${start} in ${timezone}`;
  /** The reading at which the partition of an instant begins; less than `first` before there are any. */
  const beginAt = (instant: number): number =>
    first + Math.floor((instant + zone.offsetAt(instant) - first) / lengthMs) * lengthMs;
  return {
    kind,
    text,
    has,
    keys: null,
    timetable: boundaries({ text, timezone, first, lengthMs, begin, beginAt }),
    keyAt: (instant) => {
      const reading = beginAt(instant);
      return reading < first ? null : formatDay(reading);
    },
    intervalOf: (key): DataInterval | null => {
      const reading = has(key) ? readDay(key) : null;
      return reading === null ? null : { start: begin(reading), end: begin(reading + lengthMs) };
    },
  };
}

/** Readings of days as a timetable; all in milliseconds. */
interface Boundaries {
  readonly text: string;
  readonly timezone: string;
  readonly first: number;
  readonly lengthMs: number;
  /** The instant at which the clocks show a reading for the first time. */
  readonly begin: (reading: number) => number;
  readonly beginAt: (instant: number) => number;
}

function boundaries({ text, timezone, first, lengthMs, begin, beginAt }: Boundaries): Timetable {
  return {
    text,
    timezone,
    next: (after) => {
      let reading = Math.max(first, beginAt(after) + lengthMs);
      // Clocks that are set back over midnight show a day again that has begun.
      while (begin(reading) <= after) reading += lengthMs;
      return begin(reading);
    },
    previous: (before) => {
      let reading = beginAt(before - 1);
      while (begin(reading) >= before) reading -= lengthMs;
      return reading < first ? null : begin(reading);
    },
  };
}

function readDay(text: string): number | null {
  const reading = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(reading) && formatDay(reading) === text ? reading : null;
}

function formatDay(reading: number): string {
  return new Date(reading).toISOString().slice(0, 10);
}

/** Keys are parts of the names of cells and runs. */
function isKey(key: string): boolean {
  return key !== '' && key.length <= 200 && !key.includes('|');
}

function checkKey(key: string): string {
  if (isKey(key)) return key;
  throw invalid(`A partition has the key '${key}'; expected 1 to 200 characters without '|'.`);
}

function invalid(message: string): TuttiError {
  return new TuttiError('TUTTI_DEFINITION_INVALID', message);
}
