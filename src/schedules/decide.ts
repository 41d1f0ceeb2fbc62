/**
 * What a schedule does next: its policies as one pure function. The loop calls it until it rests.
 *
 * A tick that found the schedule busy is _held_: it, and every tick after it until none is left waiting, is not missed, however
 * late it is.
 */
import type { BoundSchedule } from './bound-schedule.ts';
import { latestDue, nextMoment, type Cursor, type Moment } from './moments.ts';
import type { ScheduleState, TickOutcome } from './schedule-state.ts';

/** Runs started by one transaction. */
const startsMax = 100;

/** The next thing to do. */
export type Step =
  /** Start the runs of these moments; `isHeld`: more are waiting. */
  | { readonly kind: 'start'; readonly moments: readonly Moment[]; readonly isHeld: boolean }
  /** Go on after ticks that get no run. */
  | {
      readonly kind: 'pass';
      readonly from: Moment;
      readonly to: Moment;
      readonly cursor: Cursor;
      readonly outcome: TickOutcome;
    }
  /** Wait until a run ends; `cancels`: ask the open ones to. */
  | { readonly kind: 'hold'; readonly moment: Moment; readonly isNew: boolean; readonly cancels: boolean }
  /** Nothing to do before this instant; null for never, unless something changes. */
  | { readonly kind: 'rest'; readonly until: number | null };

/** What is known when deciding. */
export interface Situation {
  readonly state: ScheduleState;
  readonly now: number;
  /** How many runs its ticks started have not ended. */
  readonly openCount: number;
}

/** See the top of the file. */
export function decide(bound: BoundSchedule, situation: Situation): Step {
  const { state, now, openCount } = situation;
  if (state.pausedAt !== null) return { kind: 'rest', until: null };
  const first = nextMoment(bound, state.cursor);
  if (first === null || first.dueAt > now) return { kind: 'rest', until: first?.dueAt ?? null };
  const isHeld = state.heldFrom !== null && first.logicalAt >= state.heldFrom;
  const passed = isHeld ? passSuperseded(bound, situation, first) : passMissed(bound, situation, first);
  if (passed !== null) return passed;
  const { whenBusy, concurrency } = bound.schedule;
  const room = whenBusy === 'start' ? startsMax : concurrency - openCount;
  if (room > 0) return start(bound, situation, { first, isHeld, room });
  if (whenBusy === 'skip')
    return { kind: 'pass', from: first, to: first, cursor: first.after, outcome: 'busy' };
  const isNew = state.heldFrom === null;
  return { kind: 'hold', moment: first, isNew, cancels: isNew && whenBusy === 'cancel' };
}

/** Of ticks that were missed, `none` keeps none and `latest` the last that is due. */
function passMissed(bound: BoundSchedule, { state, now }: Situation, first: Moment): Step | null {
  const { catchUp, toleranceMs } = bound.schedule;
  if (catchUp === 'all' || first.dueAt >= now - toleranceMs) return null;
  if (catchUp === 'latest') return passBefore(bound, latestDue(bound, state.cursor, now), first, 'missed');
  const last = latestDue(bound, state.cursor, now - toleranceMs - 1) ?? first;
  return { kind: 'pass', from: first, to: last, cursor: last.after, outcome: 'missed' };
}

/** Who cancels the running one wants the newest only. */
function passSuperseded(bound: BoundSchedule, { state, now }: Situation, first: Moment): Step | null {
  if (bound.schedule.whenBusy !== 'cancel') return null;
  return passBefore(bound, latestDue(bound, state.cursor, now), first, 'superseded');
}

function passBefore(
  bound: BoundSchedule,
  kept: Moment | null,
  first: Moment,
  outcome: TickOutcome,
): Step | null {
  if (kept === null || kept.logicalAt <= first.logicalAt) return null;
  const { timetable } = bound.schedule;
  const before = timetable.previous(kept.logicalAt);
  const to = before === null || before <= first.logicalAt ? first : { ...first, logicalAt: before };
  const at = bound.family === 'trigger' ? kept.logicalAt - 1 : kept.logicalAt;
  return { kind: 'pass', from: first, to, cursor: { at, last: null }, outcome };
}

function start(
  bound: BoundSchedule,
  { now }: Situation,
  due: { readonly first: Moment; readonly isHeld: boolean; readonly room: number },
): Step {
  const moments = [due.first];
  const max = bound.schedule.catchUp === 'all' || due.isHeld ? Math.min(due.room, startsMax) : 1;
  let next = nextMoment(bound, due.first.after);
  while (next !== null && next.dueAt <= now && moments.length < max) {
    moments.push(next);
    next = nextMoment(bound, next.after);
  }
  return { kind: 'start', moments, isHeld: due.isHeld && next !== null && next.dueAt <= now };
}
