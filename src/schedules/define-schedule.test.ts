import { describe, expect, it } from 'vitest';
import { isTuttiError } from '../base/tutti-error.ts';
import { calendar, cron, dates, every } from './define-schedule.ts';

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (isTuttiError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a mistake in a schedule is told at once', () => {
  it.each([
    [() => cron('0 0 30 2 *'), "TUTTI_SCHEDULE_INVALID: The cron expression '0 0 30 2 *' never fires"],
    [() => cron('61 * * * *'), "TUTTI_SCHEDULE_INVALID: The cron expression '61 * * * *' cannot be read"],
    [
      () => cron('@daily', { timezone: 'Europe/Zürich' }),
      "The time zone 'Europe/Zürich' is unknown; did you mean 'Europe/Zurich'?",
    ],
    [() => cron('@daily', { timezon: 'UTC' } as object), "has no option 'timezon'; did you mean 'timezone'?"],
    [() => cron('@daily', { gap: 'before' as 'after' }), "gap is 'before'; expected one of skip, after"],
    [() => cron('@daily', { from: '2026-02-01', until: '2026-01-01' }), 'never fires: it ends 2026-01-01'],
    [() => cron('@daily', { name: 'a b' }), "is named 'a b'"],
    [() => cron('@daily', { concurrency: 0 }), 'concurrency is 0'],
    [() => every(10), 'more than once a second'],
    [() => calendar({}, { start: '2026-01-01' }), 'no step forward'],
    [() => calendar({ months: 1 }, { start: 'soon' }), "start is 'soon'"],
    [() => dates([]), 'never fires: the list is empty'],
    [() => dates(['never']), "'never' is no instant"],
  ])('case %#', (make, expected) => {
    expect(messageOf(make)).toContain(expected);
  });
});

/** The next ticks of a monthly schedule, as days. */
function ends(start: string, count: number): readonly string[] {
  const { timetable } = calendar({ months: 1 }, { start });
  const found: string[] = [];
  let at: number | null = Date.parse(`${start}T00:00Z`);
  while (found.length < count && (at = timetable.next(at)) !== null)
    found.push(new Date(at).toISOString().slice(0, 10));
  return found;
}

describe('steps of the calendar', () => {
  it('clamp once and stay clamped: each goes on from the one before', () => {
    expect(ends('2026-01-31', 4)).toEqual(['2026-02-28', '2026-03-28', '2026-04-28', '2026-05-28']);
    expect(ends('2028-01-31', 2)).toEqual(['2028-02-29', '2028-03-29']);
  });

  it('keep the time of day over a change of the clocks', () => {
    const { timetable } = calendar({ days: 1 }, { start: '2026-03-28T03:00', timezone: 'Europe/Zurich' });
    const first = Date.parse('2026-03-28T02:00Z');
    expect(timetable.previous(first)).toBeNull();
    expect(timetable.next(first - 1)).toBe(first);
    expect(timetable.next(first)).toBe(Date.parse('2026-03-29T01:00Z'));
    expect(timetable.previous(Date.parse('2026-03-29T01:00Z'))).toBe(first);
  });
});

describe('even steps and listed dates', () => {
  it('tick on a grid of real time', () => {
    const { timetable } = every('15m', { anchor: '2026-01-01T00:05Z' });
    expect(timetable.next(Date.parse('2026-01-01T00:05Z'))).toBe(Date.parse('2026-01-01T00:20Z'));
    expect(timetable.previous(Date.parse('2026-01-01T00:05Z'))).toBe(Date.parse('2025-12-31T23:50Z'));
    expect(timetable.next(Date.parse('2025-12-31T23:50Z') - 1)).toBe(Date.parse('2025-12-31T23:50Z'));
  });

  it('end with the last date of a list', () => {
    const { timetable } = dates(['2026-02-01', '2026-01-01', '2026-01-01']);
    expect(timetable.next(Date.parse('2026-01-01'))).toBe(Date.parse('2026-02-01'));
    expect(timetable.next(Date.parse('2026-02-01'))).toBeNull();
    expect(timetable.previous(Date.parse('2026-02-01'))).toBe(Date.parse('2026-01-01'));
  });
});
