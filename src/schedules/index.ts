/** Schedules and backfills: when runs start by themselves. The front door for the layers above. */
export { readRange, type RangeText } from './backfill-range.ts';
export { bindSchedules, scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
export type { CalendarStep } from './calendar-timetable.ts';
export type { GapRule, OverlapRule } from './cron-timetable.ts';
export {
  calendar,
  cron,
  dates,
  every,
  type CalendarOptions,
  type CronOptions,
  type EveryOptions,
  type Instant,
  type ScheduleOptions,
} from './define-schedule.ts';
export type {
  BackfillDate,
  BackfillPart,
  BackfillRecord,
  BackfillState,
  Reprocess,
  SkipReason,
} from './backfill-record.ts';
export type { BackfillRequest, PlannedDate } from './create-backfill.ts';
export type { Decision, TickOutcome } from './schedule-state.ts';
export type { PlannedRun, ScheduleView } from './schedule-view.ts';
export { Scheduler, type ManualRun } from './scheduler.ts';
export { assetRules } from './assets/asset-rule.ts';
export { listAssets, showAsset, type AssetDetail, type AssetView } from './assets/asset-view.ts';
export type { VersionedUpdate } from './assets/asset-updates.ts';
export { all, any, declareAsset, updated, type AssetOptions } from './assets/define-asset.ts';
export { lineageEvents, type LineageEvent, type LineageEventType } from './assets/lineage.ts';
export { partitions } from './assets/partitions.ts';
export { AssetNotices, withAssets } from './assets/with-assets.ts';
