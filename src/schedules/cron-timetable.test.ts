import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cron, type CronOptions } from './define-schedule.ts';
import { Zone } from './zone.ts';

/** The next `count` ticks after an instant, as texts. */
function ticks(expression: string, options: CronOptions, after: string, count: number): readonly string[] {
  const { timetable } = cron(expression, options);
  const found: string[] = [];
  let at: number | null = Date.parse(after);
  while (found.length < count && (at = timetable.next(at)) !== null) found.push(short(at));
  return found;
}

/** The last `count` ticks before an instant, the newest last. */
function ticksBefore(
  expression: string,
  options: CronOptions,
  before: string,
  count: number,
): readonly string[] {
  const { timetable } = cron(expression, options);
  const found: string[] = [];
  let at: number | null = Date.parse(before);
  while (found.length < count && (at = timetable.previous(at)) !== null) found.unshift(short(at));
  return found;
}

function short(instant: number): string {
  return new Date(instant).toISOString().slice(0, 16);
}

const zurich = { timezone: 'Europe/Zurich' } as const;
const newYork = { timezone: 'America/New_York' } as const;
const losAngeles = { timezone: 'America/Los_Angeles' } as const;
const lordHowe = { timezone: 'Australia/Lord_Howe' } as const;
const amman = { timezone: 'Asia/Amman' } as const;

describe('a daily time in Zurich', () => {
  it('that the clocks jump over comes right after the jump', () => {
    expect(ticks('0 2 * * *', zurich, '2023-03-24T12:00Z', 3)).toEqual([
      '2023-03-25T01:00',
      '2023-03-26T01:00',
      '2023-03-27T00:00',
    ]);
    expect(ticks('30 2 * * *', zurich, '2023-03-25T12:00Z', 2)).toEqual([
      '2023-03-26T01:00',
      '2023-03-27T00:30',
    ]);
  });

  it('that the clocks jump over is left out with gap "skip"', () => {
    expect(ticks('30 2 * * *', { ...zurich, gap: 'skip' }, '2023-03-25T12:00Z', 1)).toEqual([
      '2023-03-27T00:30',
    ]);
  });

  it('that the clocks show twice comes once, the first time', () => {
    expect(ticks('0 2 * * *', zurich, '2023-10-28T12:00Z', 2)).toEqual([
      '2023-10-29T00:00',
      '2023-10-30T01:00',
    ]);
  });

  it('that the clocks show twice comes the second time, or both times, when asked', () => {
    expect(ticks('0 2 * * *', { ...zurich, overlap: 'second' }, '2023-10-28T12:00Z', 2)).toEqual([
      '2023-10-29T01:00',
      '2023-10-30T01:00',
    ]);
    expect(ticks('0 2 * * *', { ...zurich, overlap: 'both' }, '2023-10-28T12:00Z', 3)).toEqual([
      '2023-10-29T00:00',
      '2023-10-29T01:00',
      '2023-10-30T01:00',
    ]);
  });

  it('every half hour runs in every real half hour, in order', () => {
    expect(ticks('*/30 * * * *', zurich, '2023-10-28T23:45Z', 6)).toEqual([
      '2023-10-29T00:00',
      '2023-10-29T00:30',
      '2023-10-29T01:00',
      '2023-10-29T01:30',
      '2023-10-29T02:00',
      '2023-10-29T02:30',
    ]);
    expect(ticks('*/30 * * * *', zurich, '2023-03-26T00:15Z', 3)).toEqual([
      '2023-03-26T00:30',
      '2023-03-26T01:00',
      '2023-03-26T01:30',
    ]);
  });

  it('several times inside one gap make one tick', () => {
    expect(ticks('15,45 2 * * *', zurich, '2023-03-25T12:00Z', 2)).toEqual([
      '2023-03-26T01:00',
      '2023-03-27T00:15',
    ]);
  });
});

/** How often an hourly job runs in New York between two instants. */
function hoursBetween(from: string, to: string): number {
  return ticks('0 * * * *', newYork, from, 40).filter((tick) => tick < to).length;
}

describe('New York', () => {
  it('runs 02:30 right after the gap and 01:30 once in the fold', () => {
    expect(ticks('30 2 * * *', newYork, '2026-03-07T12:00Z', 2)).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ]);
    expect(ticks('30 1 * * *', newYork, '2026-10-31T12:00Z', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
  });

  it('runs an hourly job 23 times on the short day and 25 times on the long one', () => {
    expect(hoursBetween('2026-03-08T04:59Z', '2026-03-09T04:00')).toBe(23);
    expect(hoursBetween('2026-11-01T03:59Z', '2026-11-02T05:00')).toBe(25);
  });
});

describe('hour lists in Los Angeles', () => {
  it('keep their wall times over the spring change', () => {
    expect(ticks('0 7-8 * * *', losAngeles, '2020-03-07T08:00Z', 4)).toEqual([
      '2020-03-07T15:00',
      '2020-03-07T16:00',
      '2020-03-08T14:00',
      '2020-03-08T15:00',
    ]);
    expect(ticks('0 7,9 * * *', losAngeles, '2020-03-07T08:00Z', 4)).toEqual([
      '2020-03-07T15:00',
      '2020-03-07T17:00',
      '2020-03-08T14:00',
      '2020-03-08T16:00',
    ]);
  });

  it('keep their wall times over the autumn change', () => {
    expect(ticks('0 7-8 * * *', losAngeles, '2020-10-31T08:00Z', 4)).toEqual([
      '2020-10-31T14:00',
      '2020-10-31T15:00',
      '2020-11-01T15:00',
      '2020-11-01T16:00',
    ]);
    expect(ticks('0 7,9 * * *', losAngeles, '2020-10-31T08:00Z', 4)).toEqual([
      '2020-10-31T14:00',
      '2020-10-31T16:00',
      '2020-11-01T15:00',
      '2020-11-01T17:00',
    ]);
  });
});

describe('the half hour of Lord Howe', () => {
  it('puts 02:15 right after the half-hour gap', () => {
    expect(ticks('15 2 * * *', lordHowe, '2026-10-02T20:00Z', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ]);
  });

  it('runs 01:45 once in the half-hour fold', () => {
    expect(ticks('45 1 * * *', lordHowe, '2026-04-03T20:00Z', 2)).toEqual([
      '2026-04-04T14:45',
      '2026-04-05T15:15',
    ]);
    expect(ticks('45 1 * * *', { ...lordHowe, overlap: 'second' }, '2026-04-03T20:00Z', 1)).toEqual([
      '2026-04-04T15:15',
    ]);
  });

  it('shows every quarter of the fold twice to a periodic expression', () => {
    expect(ticks('*/15 * * * *', lordHowe, '2026-04-04T14:29Z', 5)).toEqual([
      '2026-04-04T14:30',
      '2026-04-04T14:45',
      '2026-04-04T15:00',
      '2026-04-04T15:15',
      '2026-04-04T15:30',
    ]);
  });
});

describe('the midnight change of Amman', () => {
  it('puts a missing midnight at 01:00, the beginning of that day', () => {
    expect(ticks('0 0 * * *', amman, '2021-03-24T12:00Z', 3)).toEqual([
      '2021-03-24T22:00',
      '2021-03-25T22:00',
      '2021-03-26T21:00',
    ]);
  });

  it('counts a midnight that comes twice once', () => {
    expect(ticks('0 0 * * *', amman, '2021-10-27T22:00Z', 2)).toEqual([
      '2021-10-28T21:00',
      '2021-10-29T22:00',
    ]);
  });
});

describe('any expression in any zone', () => {
  const expressions = ['0 2 * * *', '30 1 * * *', '*/20 * * * *', '0 0 * * 1', '15 2,3 * * *', '0 */3 * * *'];
  const zones = [
    'Europe/Zurich',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Amman',
    'Pacific/Apia',
    'UTC',
  ];
  const instants = fc.integer({ min: Date.parse('2005-01-01'), max: Date.parse('2030-01-01') });
  const options = fc.record(
    {
      gap: fc.constantFrom('skip', 'after'),
      overlap: fc.constantFrom('first', 'second', 'both'),
    },
    { requiredKeys: [] },
  );

  it('gives backwards the ticks it gives forwards', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...expressions),
        fc.constantFrom(...zones),
        options,
        instants,
        (expression, timezone, rules, instant) => {
          const { timetable } = cron(expression, { timezone, ...(rules as CronOptions) });
          const next = timetable.next(instant);
          if (next === null) return;
          expect(next).toBeGreaterThan(instant);
          const before = timetable.previous(next);
          if (before !== null) expect(before).toBeLessThanOrEqual(instant);
          expect(timetable.previous(next + 1)).toBe(next);
          if (before !== null) expect(timetable.next(before)).toBe(next);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('walks back over the fold in order', () => {
    expect(ticksBefore('*/30 * * * *', zurich, '2023-10-29T02:01Z', 5)).toEqual([
      '2023-10-29T00:00',
      '2023-10-29T00:30',
      '2023-10-29T01:00',
      '2023-10-29T01:30',
      '2023-10-29T02:00',
    ]);
  });
});

describe('a step from a number on', () => {
  it('goes to the end of the field', () => {
    expect(ticks('5/25 * * * *', {}, '2026-01-01T00:00Z', 4)).toEqual([
      '2026-01-01T00:05',
      '2026-01-01T00:30',
      '2026-01-01T00:55',
      '2026-01-01T01:05',
    ]);
    expect(ticks('0 0 10/15 * *', {}, '2026-01-01T00:00Z', 3)).toEqual([
      '2026-01-10T00:00',
      '2026-01-25T00:00',
      '2026-02-10T00:00',
    ]);
  });

  it('may begin with Sunday, by either of its numbers', () => {
    const days = ['2026-01-03T00:00', '2026-01-04T00:00', '2026-01-10T00:00'];
    expect(ticks('0 0 * * 0/6', {}, '2026-01-01T00:00Z', 3)).toEqual(days);
    expect(ticks('0 0 * * 7/6', {}, '2026-01-01T00:00Z', 3)).toEqual(days);
  });
});

describe('a zone', () => {
  it('reads what its clocks show once, twice and never', () => {
    const zone = new Zone('Europe/Zurich');
    expect(zone.read(Date.UTC(2026, 2, 29, 2, 30))).toEqual({ kind: 'gap', at: Date.UTC(2026, 2, 29, 1) });
    expect(zone.read(Date.UTC(2026, 9, 25, 2, 30))).toEqual({
      kind: 'twice',
      first: Date.UTC(2026, 9, 25, 0, 30),
      second: Date.UTC(2026, 9, 25, 1, 30),
    });
    expect(zone.read(Date.UTC(2026, 6, 1, 12))).toEqual({ kind: 'once', at: Date.UTC(2026, 6, 1, 10) });
  });

  it('that skipped a whole day has that day as a gap', () => {
    expect(new Zone('Pacific/Apia').read(Date.UTC(2011, 11, 30, 12))).toEqual({
      kind: 'gap',
      at: Date.UTC(2011, 11, 30, 10),
    });
  });
});
