import type { DataInterval } from './schedule.ts';

/** Why a run was started, other than by a plain request. Part of the run for good: a retry keeps it. */
export interface RunTrigger {
  /** What started it: a tick of a schedule, a person through a schedule, a backfill, or an update of assets. */
  readonly by: 'schedule' | 'manual' | 'backfill' | 'asset';
  /** Id of the schedule, or of the rule over assets. */
  readonly schedule: string;
  /** The time the run is about; null when it is about none. */
  readonly interval: DataInterval | null;
  /** Id of the backfill, if one started the run. */
  readonly backfill: string | null;
  /** The run does not wait for the run of the interval before it: the first of a backfill. */
  readonly ignoresPast: boolean;
  /** Id of the run about the interval before, whether it exists or not; null when there is none. */
  readonly previousRun: string | null;
  /** Key of the asset partition the run makes; null for none. */
  readonly partition: string | null;
}
