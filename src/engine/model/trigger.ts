import type { DataInterval } from './schedule.ts';

/** Why a run was started, other than by a plain request. Part of the run for good: a retry keeps it. */
export interface RunTrigger {
  /** What started it: a tick of a schedule, a person through a schedule, a backfill, an update of assets, or an event. */
  readonly by: 'schedule' | 'manual' | 'backfill' | 'asset' | 'event';
  /** Id of the schedule, or of the rule over assets; `topic/subscription` for an event. */
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
  /** The event that started it. Absent for all other runs. */
  readonly event?: TriggerEvent;
}

/** The event that started a run: its place in the log, and what is handed on to what the run publishes. */
export interface TriggerEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  /** The same for everything that follows from one first cause. */
  readonly correlationId: string;
  /** How many reactions lie between the first cause and the event. */
  readonly hops: number;
  /** The W3C trace context of the event. Absent for none. */
  readonly traceparent?: string;
}
