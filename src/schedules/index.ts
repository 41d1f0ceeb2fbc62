/** Schedules and backfills: when runs start by themselves. The front door for the layers above. */
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
