import type { BusyPolicy, CatchUpPolicy, DataInterval, Engine, ScheduleFamily } from '../engine/index.ts';
import type { BoundSchedule } from './bound-schedule.ts';
import { nextMoment, type Cursor } from './moments.ts';
import { readState, type Decision } from './schedule-state.ts';

/** A schedule as people and programs outside see it. Times in milliseconds since the epoch, durations in milliseconds. */
export interface ScheduleView {
  /** `etl`, or `etl/nightly` for a named one. */
  readonly id: string;
  readonly definition: string;
  /** The rule of its ticks, in words. */
  readonly timetable: string;
  readonly family: ScheduleFamily;
  readonly catchUp: CatchUpPolicy;
  readonly whenBusy: BusyPolicy;
  readonly concurrency: number;
  readonly jitterMs: number;
  readonly from: number | null;
  readonly until: number | null;
  readonly pausedAt: number | null;
  readonly pauseReason: string | null;
  /** The next run; null when the schedule is paused or over. */
  readonly next: PlannedRun | null;
  /** The tick that waits for a run to end, if one does, by its logical date; and the runs that keep it waiting. */
  readonly heldFrom: number | null;
  readonly open: readonly string[];
  readonly last: Decision | null;
}

/** A run that a schedule is going to start. */
export interface PlannedRun {
  /** When it starts, jitter included. */
  readonly at: number;
  readonly logicalAt: number;
  readonly interval: DataInterval;
}

/** The schedule as it stands. @throws TUTTI_STORE_* */
export async function viewSchedule(engine: Engine, bound: BoundSchedule): Promise<ScheduleView> {
  const { id, schedule, family, definition } = bound;
  const { state } = await readState(engine, bound);
  const [next = null] = state.pausedAt === null ? plannedRuns(bound, state.cursor, 1) : [];
  return {
    id,
    definition: definition.name,
    timetable: schedule.timetable.text,
    family,
    catchUp: schedule.catchUp,
    whenBusy: schedule.whenBusy,
    concurrency: schedule.concurrency,
    jitterMs: schedule.jitterMs,
    from: schedule.from,
    until: schedule.until,
    pausedAt: state.pausedAt,
    pauseReason: state.pauseReason,
    next,
    heldFrom: state.heldFrom,
    open: state.open,
    last: state.last,
  };
}

/** The next runs after the cursor, in order. */
export function plannedRuns(bound: BoundSchedule, cursor: Cursor, count: number): readonly PlannedRun[] {
  const runs: PlannedRun[] = [];
  let here = cursor;
  while (runs.length < count) {
    const moment = nextMoment(bound, here);
    if (moment === null) break;
    runs.push({ at: moment.dueAt, logicalAt: moment.logicalAt, interval: moment.interval });
    here = moment.after;
  }
  return runs;
}
