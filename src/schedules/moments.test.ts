import { describe, expect, it } from 'vitest';
import type { Definition, Schedule } from '../engine/index.ts';
import { bindSchedules, scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
import { calendar, cron, every } from './define-schedule.ts';
import { firstCursor, latestDue, manualMoment, momentsBetween, nextMoment, type Cursor } from './moments.ts';

function bound(schedule: Schedule): BoundSchedule {
  const definition: Definition = {
    kind: 'workflow',
    name: 'etl',
    version: '1',
    timeoutMs: null,
    durability: 'strict',
    execute: async () => null,
    acceptInput: async (input) => input,
    acceptSignal: async (_, payload) => payload,
    inputForm: null,
    signalNames: null,
    schedules: [schedule],
  };
  return bindSchedules([definition])[0]!;
}

const at = Date.parse;

/** The next intervals as texts. */
function intervals(schedule: BoundSchedule, cursor: Cursor, count: number): readonly string[] {
  const found: string[] = [];
  let here = cursor;
  for (let i = 0; i < count; i += 1) {
    const moment = nextMoment(schedule, here);
    if (moment === null) break;
    found.push(`${iso(moment.interval.start)} ${iso(moment.interval.end)}`);
    here = moment.after;
  }
  return found;
}

function iso(instant: number): string {
  return new Date(instant).toISOString().slice(5, 16);
}

/** A daily schedule at midnight. */
function daily(family: 'interval' | 'trigger', more: object = {}): BoundSchedule {
  return bound(cron('0 0 * * *', { family, ...more }));
}

describe('a schedule that is enabled in the middle of a period', () => {
  const now = at('2026-01-31T15:00Z');

  it('makes the interval that just ended at once, if it is of the interval family', () => {
    const schedule = daily('interval');
    const moment = nextMoment(schedule, firstCursor(schedule, now));
    expect(intervals(schedule, firstCursor(schedule, now), 2)).toEqual([
      '01-30T00:00 01-31T00:00',
      '01-31T00:00 02-01T00:00',
    ]);
    expect(moment?.dueAt).toBe(at('2026-01-31T00:00Z'));
  });

  it('waits for the next tick, if it is of the trigger family', () => {
    const schedule = daily('trigger');
    expect(intervals(schedule, firstCursor(schedule, now), 1)).toEqual(['02-01T00:00 02-01T00:00']);
  });

  it('begins at `from` when it is to catch up all', () => {
    expect(
      intervals(
        daily('interval', { from: '2026-01-01', catchUp: 'all' }),
        firstCursor(daily('interval', { from: '2026-01-01', catchUp: 'all' }), now),
        1,
      ),
    ).toEqual(['01-01T00:00 01-02T00:00']);
    const trigger = daily('trigger', { from: '2026-01-01', catchUp: 'all' });
    expect(intervals(trigger, firstCursor(trigger, now), 1)).toEqual(['01-01T00:00 01-01T00:00']);
  });

  it('begins with the period under way when it is to catch up none', () => {
    const schedule = daily('interval', { catchUp: 'none' });
    expect(intervals(schedule, firstCursor(schedule, now), 1)).toEqual(['01-31T00:00 02-01T00:00']);
  });

  it('on a boundary makes the interval that ends there', () => {
    const schedule = daily('interval');
    const first = firstCursor(schedule, at('2026-01-31T00:00Z'));
    expect(intervals(schedule, first, 1)).toEqual(['01-30T00:00 01-31T00:00']);
  });
});

describe('intervals over a change of the clocks', () => {
  it('are those of Zurich in 2023', () => {
    const schedule = bound(
      cron('0 2 * * *', { timezone: 'Europe/Zurich', family: 'interval', overlap: 'second' }),
    );
    expect(intervals(schedule, { at: at('2023-03-25T01:00Z'), last: null }, 2)).toEqual([
      '03-25T01:00 03-26T01:00',
      '03-26T01:00 03-27T00:00',
    ]);
    expect(intervals(schedule, { at: at('2023-10-28T00:00Z'), last: null }, 2)).toEqual([
      '10-28T00:00 10-29T01:00',
      '10-29T01:00 10-30T01:00',
    ]);
  });

  it('end an hour early in Los Angeles when the clocks go forward', () => {
    const schedule = bound(cron('0 7-8 * * *', { timezone: 'America/Los_Angeles', family: 'interval' }));
    expect(intervals(schedule, { at: at('2020-03-07T15:00Z'), last: null }, 3)).toEqual([
      '03-07T15:00 03-07T16:00',
      '03-07T16:00 03-08T14:00',
      '03-08T14:00 03-08T15:00',
    ]);
  });
});

describe('a cursor that does not fit', () => {
  it('realigns to the ticks of an edited schedule', () => {
    const schedule = bound(cron('0 3 * * *', { family: 'interval' }));
    const cursor = {
      at: at('2026-01-05T00:00Z'),
      last: { start: at('2026-01-04T00:00Z'), end: at('2026-01-05T00:00Z') },
    };
    expect(intervals(schedule, cursor, 1)).toEqual(['01-04T03:00 01-05T03:00']);
  });

  it('never goes back behind what was decided last, when the edited schedule is coarser', () => {
    const last = { start: at('2026-01-05T05:00Z'), end: at('2026-01-05T06:00Z') };
    expect(intervals(daily('interval'), { at: last.end, last }, 1)).toEqual(['01-06T00:00 01-07T00:00']);
    const tick = at('2026-01-05T06:00Z');
    expect(intervals(daily('interval'), { at: tick, last: { start: tick, end: tick } }, 1)).toEqual([
      '01-06T00:00 01-07T00:00',
    ]);
  });

  it('never gives one logical date twice after an interval of no length', () => {
    const schedule = bound(cron('0 0 * * *', { family: 'interval' }));
    const tick = at('2026-01-05T00:00Z');
    expect(intervals(schedule, { at: tick, last: { start: tick, end: tick } }, 1)).toEqual([
      '01-06T00:00 01-07T00:00',
    ]);
  });
});

describe('what is due', () => {
  it('is the latest interval that is over, however many there are', () => {
    const schedule = bound(every('1m', { family: 'interval' }));
    const moment = latestDue(
      schedule,
      { at: at('2020-01-01T00:00Z'), last: null },
      at('2026-01-01T00:00:30Z'),
    );
    expect(moment?.interval).toEqual({ start: at('2025-12-31T23:59Z'), end: at('2026-01-01T00:00Z') });
  });

  it('is nothing before the end of the first interval', () => {
    const schedule = bound(cron('0 0 * * *', { family: 'interval' }));
    const cursor = { at: at('2026-01-01T00:00Z'), last: null };
    expect(latestDue(schedule, cursor, at('2026-01-01T23:59Z'))).toBeNull();
    expect(latestDue(schedule, cursor, at('2026-01-02T00:00Z'))?.logicalAt).toBe(at('2026-01-01T00:00Z'));
  });

  it('heeds the jitter, which is the same every time and differs between schedules', () => {
    const schedule = bound(cron('0 * * * *', { jitter: '30m', family: 'trigger' }));
    const cursor = { at: at('2026-01-01T00:30Z'), last: null };
    const moment = nextMoment(schedule, cursor);
    const delayMs = (moment?.dueAt ?? 0) - at('2026-01-01T01:00Z');
    expect(delayMs).toBeGreaterThan(0);
    expect(delayMs).toBeLessThan(30 * 60_000);
    expect(nextMoment(schedule, cursor)).toEqual(moment);
    expect(latestDue(schedule, cursor, (moment?.dueAt ?? 0) - 1)).toBeNull();
    expect(latestDue(schedule, cursor, moment?.dueAt ?? 0)?.logicalAt).toBe(at('2026-01-01T01:00Z'));
  });
});

describe('moments of a range', () => {
  it('are those whose logical date lies in it, its end excluded', () => {
    const schedule = bound(cron('0 0 * * *', { family: 'interval' }));
    const range = { from: at('2026-01-03T00:00Z'), to: at('2026-01-10T00:00Z') };
    const days = momentsBetween(schedule, range, 100).map(({ logicalAt }) =>
      new Date(logicalAt).getUTCDate(),
    );
    expect(days).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(momentsBetween(schedule, range, 2)).toHaveLength(2);
  });

  it('begin with the first whole interval', () => {
    const schedule = bound(calendar({ months: 1 }, { start: '2026-01-01', family: 'interval' }));
    const range = { from: at('2026-01-15T00:00Z'), to: at('2026-04-01T00:00Z') };
    expect(momentsBetween(schedule, range, 9).map(({ logicalAt }) => iso(logicalAt))).toEqual([
      '02-01T00:00',
      '03-01T00:00',
    ]);
  });
});

describe('a run started by hand', () => {
  it('is about the last whole interval, or about the moment', () => {
    const now = at('2026-01-05T10:00Z');
    expect(manualMoment(daily('interval'), now).interval).toEqual({
      start: at('2026-01-04T00:00Z'),
      end: at('2026-01-05T00:00Z'),
    });
    const trigger = bound(cron('0 0 * * *', { family: 'trigger', lookBack: '1h' }));
    expect(manualMoment(trigger, now).interval).toEqual({ start: now - 3_600_000, end: now });
  });
});

describe('a scheduled run', () => {
  it('is named after its schedule and its moment', () => {
    const moment = { logicalAt: at('2026-01-01T00:00Z'), interval: { start: 0, end: 0 } };
    expect(scheduledRunId('etl', moment)).toBe('etl@2026-01-01T00:00:00Z');
  });
});
