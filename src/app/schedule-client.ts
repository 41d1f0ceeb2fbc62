/** What one can ask about schedules and backfills; part of {@link Client}. */
import type { RunState } from '../engine/index.ts';
import type {
  BackfillDate,
  BackfillRecord,
  PlannedDate,
  PlannedRun,
  Reprocess,
  ScheduleView,
} from '../schedules/index.ts';
import type { RunView } from './run-view.ts';

/** How a run is started by hand through a schedule. */
export interface TriggerOptions {
  /** What it is started with. Default: what the schedule would give it. */
  readonly input?: unknown;
  /** Default: `<schedule>/manual@<now>`. */
  readonly id?: string;
}

/** What to fill: a range of dates, or partitions by name, or those that are missing. */
export interface BackfillOptions {
  /** The first date: a day on the schedule's calendar, `2026-01-03`, or an instant, `2026-01-03T12:00:00Z`. Goes with `to`. */
  readonly from?: string;
  /** The last date, included: a whole day, or an instant. */
  readonly to?: string;
  /** Keys of partitions of the asset that the definition makes, in the order in which they are to be made. */
  readonly partitions?: readonly string[];
  /**
   * The partitions that were never made: of listed ones all others, of those by time the ones that are over, of those with any key
   * the ones that everything it is made from has. Default false.
   */
  readonly missing?: boolean;
  /** Which dates that have a run already get another. Default `none`; for what is missing `failed`. */
  readonly reprocess?: Reprocess;
  /** The latest date first. Default false. */
  readonly reverse?: boolean;
  /** How many of its runs may be under way at a time. Default 1. */
  readonly concurrency?: number;
  /** What every run is started with. Default: what the schedule would give it. */
  readonly input?: unknown;
}

/** A date of a backfill, and where its run stands. */
export interface BackfillDateView extends BackfillDate {
  /** Null when the run was pruned. */
  readonly state: RunState | null;
}

/**
 * Schedules are named by their id: the definition's name, with `/` and the schedule's own name if it has one. Common errors:
 * TUTTI_SCHEDULE_NOT_FOUND, TUTTI_BACKFILL_NOT_FOUND. Backfills may be named by a unique prefix of their id.
 */
export interface ScheduleClient {
  /** Every schedule of the definitions this engine has the code of. */
  listSchedules(): Promise<readonly ScheduleView[]>;
  showSchedule(id: string): Promise<ScheduleView>;
  /** The next runs in order, at most `count` (default 5), as if the schedule were not paused. */
  nextScheduledRuns(id: string, options?: { readonly count?: number }): Promise<readonly PlannedRun[]>;
  /** Stops a schedule from firing. @throws TUTTI_STATE_CONFLICT if it is paused. */
  pauseSchedule(id: string, reason: string): Promise<ScheduleView>;
  /** Lets a schedule fire again; what it missed is subject to its catch-up policy. @throws TUTTI_STATE_CONFLICT if it is not paused. */
  resumeSchedule(id: string): Promise<ScheduleView>;
  /** Starts a run now; the schedule goes on as it would have. @throws TUTTI_INPUT_INVALID, TUTTI_RUN_ID_TAKEN: nothing was started. */
  triggerSchedule(id: string, options?: TriggerOptions): Promise<RunView>;
  /**
   * What a backfill would do, in its order; nothing is written. A definition without a schedule that makes an asset with
   * partitions is filled by those, under its name. @throws TUTTI_BACKFILL_INVALID, TUTTI_INPUT_INVALID
   */
  planBackfill(schedule: string, options: BackfillOptions): Promise<readonly PlannedDate[]>;
  /** Creates a backfill with all its runs. @throws TUTTI_BACKFILL_INVALID, TUTTI_BACKFILL_ACTIVE, TUTTI_INPUT_INVALID: nothing was created. */
  createBackfill(schedule: string, options: BackfillOptions): Promise<BackfillRecord>;
  /** Every backfill, the newest first. */
  listBackfills(): Promise<readonly BackfillRecord[]>;
  showBackfill(id: string): Promise<BackfillRecord>;
  /** Dates from position `from` (default 0) on, in the backfill's order, at most `limit` (default and maximum 1,000). */
  listBackfillDates(
    id: string,
    options?: { readonly from?: number; readonly limit?: number },
  ): Promise<readonly BackfillDateView[]>;
  /** Lets no more of its runs go. @throws TUTTI_STATE_CONFLICT if it is not running. */
  pauseBackfill(id: string, reason: string): Promise<BackfillRecord>;
  /** Lets its runs go again. @throws TUTTI_STATE_CONFLICT if it is not paused. */
  resumeBackfill(id: string): Promise<BackfillRecord>;
  /** Ends it: what was not let go is canceled, what is under way goes on. @throws TUTTI_STATE_CONFLICT if it has ended. */
  cancelBackfill(id: string, reason: string): Promise<BackfillRecord>;
}
