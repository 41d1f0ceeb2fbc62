/**
 * Which runs a schedule is to start, in order: Airflow's two families of timetables as pure functions.
 *
 * A _cursor_ says where a schedule stands. For the interval family it is the instant from which the next interval begins (the end
 * of the last one); for the trigger family the last tick, after which the next one is looked for.
 */
import type { DataInterval, ScheduledMoment } from '../engine/index.ts';
import type { BoundSchedule } from './bound-schedule.ts';
import { jitterOf } from './jitter.ts';

/** Where a schedule stands. */
export interface Cursor {
  readonly at: number;
  /** The last interval that was decided; null before the first. */
  readonly last: DataInterval | null;
}

/** A run to be started. */
export interface Moment extends ScheduledMoment {
  /** When its start is due, jitter included. Milliseconds since the epoch. */
  readonly dueAt: number;
  /** The cursor once it is decided. */
  readonly after: Cursor;
}

/**
 * Where a schedule begins that was never seen before. The interval family makes the interval that just ended at once (but with
 * `none`: the one under way, when it is over); the trigger family waits for the next tick. With `all` and `from`, both begin there.
 */
export function firstCursor(bound: BoundSchedule, now: number): Cursor {
  const { schedule, family } = bound;
  const { from, catchUp } = schedule;
  if (family === 'trigger') {
    const at = from === null || (catchUp !== 'all' && from <= now) ? now : from - 1;
    return { at, last: null };
  }
  if (catchUp === 'all' && from !== null) return { at: from, last: null };
  const at = catchUp === 'none' ? alignBack(bound, now) : latestComplete(bound, now);
  return { at: Math.max(at ?? now, from ?? Number.NEGATIVE_INFINITY), last: null };
}

/** The next run after the cursor; null if there is none. An edited timetable realigns: its own ticks count, from the cursor on. */
export function nextMoment(bound: BoundSchedule, cursor: Cursor): Moment | null {
  return bound.family === 'trigger' ? nextTick(bound, cursor) : nextInterval(bound, cursor);
}

/** The last run due by `now` that is not before the cursor; null if none is due. */
export function latestDue(bound: BoundSchedule, cursor: Cursor, now: number): Moment | null {
  const { timetable } = bound.schedule;
  const end = bound.schedule.until;
  let best = nextMoment(bound, cursor);
  if (best === null || best.dueAt > now) return null;
  // Jitter can leave the last few ticks undue; they lie within its length, so the search back is short.
  let tick = timetable.previous(now + 1);
  while (tick !== null && tick > cursor.at) {
    const before = timetable.previous(tick);
    const at = bound.family === 'trigger' ? tick - 1 : before;
    const moment = at === null ? null : nextMoment(bound, { at, last: null });
    const isInside = moment !== null && (end === null || moment.logicalAt <= end);
    if (isInside && moment.dueAt <= now) {
      if (moment.logicalAt > best.logicalAt) best = moment;
      break;
    }
    tick = before;
  }
  return best;
}

/** The run a person starts by hand now: about the last complete interval, or about this moment. */
export function manualMoment(bound: BoundSchedule, now: number): ScheduledMoment {
  if (bound.family === 'trigger')
    return { logicalAt: now, interval: { start: now - bound.schedule.lookBackMs, end: now } };
  const end = alignBack(bound, now);
  const start = end === null ? null : bound.schedule.timetable.previous(end);
  const interval = { start: start ?? now, end: end === null || start === null ? now : end };
  return { logicalAt: interval.start, interval };
}

/**
 * Every run about a time in `from` ≤ logical date < `to`, in order, at most `momentsMax`. The schedule's own bounds do not hold: to
 * fill the time before it began is what backfills are for.
 */
export function momentsBetween(
  bound: BoundSchedule,
  range: { readonly from: number; readonly to: number },
  momentsMax: number,
): readonly ScheduledMoment[] {
  const { timetable, lookBackMs } = bound.schedule;
  const moments: ScheduledMoment[] = [];
  let tick = timetable.next(range.from - 1);
  while (tick !== null && tick < range.to && moments.length < momentsMax) {
    const next = timetable.next(tick);
    if (bound.family === 'trigger')
      moments.push({ logicalAt: tick, interval: { start: tick - lookBackMs, end: tick } });
    else if (next !== null) moments.push({ logicalAt: tick, interval: { start: tick, end: next } });
    tick = next;
  }
  return moments;
}

function nextTick(bound: BoundSchedule, cursor: Cursor): Moment | null {
  const { timetable, lookBackMs, from, until } = bound.schedule;
  const tick = timetable.next(Math.max(cursor.at, from === null ? cursor.at : from - 1));
  if (tick === null || (until !== null && tick > until)) return null;
  const interval = { start: tick - lookBackMs, end: tick };
  const after = { at: tick, last: interval };
  return { interval, logicalAt: tick, dueAt: tick + jitterOf(bound, tick), after };
}

function nextInterval(bound: BoundSchedule, cursor: Cursor): Moment | null {
  const { timetable, from, until } = bound.schedule;
  let start = alignBack(bound, cursor.at) ?? timetable.next(cursor.at);
  if (from !== null && start !== null && start < from) start = alignOn(bound, from);
  // After an edit, the tick before the cursor may lie before what was decided last: no run is about a time before the last one's.
  if (start !== null && cursor.last !== null && start <= cursor.last.start) start = timetable.next(start);
  if (start === null || (until !== null && start > until)) return null;
  const end = timetable.next(start);
  if (end === null) return null;
  const interval = { start, end };
  return {
    interval,
    logicalAt: start,
    dueAt: end + jitterOf(bound, end),
    after: { at: end, last: interval },
  };
}

/** The last tick at or before the instant. */
function alignBack(bound: BoundSchedule, instant: number): number | null {
  return bound.schedule.timetable.previous(instant + 1);
}

/** The first tick at or after the instant. */
function alignOn(bound: BoundSchedule, instant: number): number | null {
  return bound.schedule.timetable.next(instant - 1);
}

/** The start of the last interval that is over. */
function latestComplete(bound: BoundSchedule, now: number): number | null {
  const end = alignBack(bound, now);
  return end === null ? null : bound.schedule.timetable.previous(end);
}
