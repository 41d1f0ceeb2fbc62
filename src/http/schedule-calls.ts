import type { ScheduleClient } from '../app/index.ts';

/** How a method of the client asks the engine: the name of its route, and the parts of the request. */
type Ask = <T>(
  name: keyof ScheduleClient,
  parts?: {
    readonly parameters?: Readonly<Record<string, string>>;
    readonly query?: object;
    readonly body?: object;
  },
) => Promise<T>;

/** The part of the client that is about schedules and backfills, over HTTP. */
export function scheduleCalls(call: Ask): ScheduleClient {
  return {
    listSchedules: () => call('listSchedules'),
    showSchedule: (schedule) => call('showSchedule', { parameters: { schedule } }),
    nextScheduledRuns: (schedule, query = {}) =>
      call('nextScheduledRuns', { parameters: { schedule }, query }),
    pauseSchedule: (schedule, reason) =>
      call('pauseSchedule', { parameters: { schedule }, body: { reason } }),
    resumeSchedule: (schedule) => call('resumeSchedule', { parameters: { schedule } }),
    triggerSchedule: (schedule, body = {}) => call('triggerSchedule', { parameters: { schedule }, body }),
    planBackfill: (schedule, body) => call('planBackfill', { parameters: { schedule }, body }),
    createBackfill: (schedule, body) => call('createBackfill', { parameters: { schedule }, body }),
    listBackfills: () => call('listBackfills'),
    showBackfill: (backfill) => call('showBackfill', { parameters: { backfill } }),
    listBackfillDates: (backfill, query = {}) =>
      call('listBackfillDates', { parameters: { backfill }, query }),
    pauseBackfill: (backfill, reason) =>
      call('pauseBackfill', { parameters: { backfill }, body: { reason } }),
    resumeBackfill: (backfill) => call('resumeBackfill', { parameters: { backfill } }),
    cancelBackfill: (backfill, reason) =>
      call('cancelBackfill', { parameters: { backfill }, body: { reason } }),
  };
}
