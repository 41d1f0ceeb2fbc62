import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Engine } from '../engine/index.ts';
import { readRange, type BackfillRequest, type Scheduler } from '../schedules/index.ts';
import type { BackfillDateView, BackfillOptions, ScheduleClient } from './schedule-client.ts';
import { viewRun } from './views.ts';
import type { WorkerNames } from './worker-names.ts';

const nextDefault = 5;
const nextMax = 1_000;
const datesMax = 1_000;

/** What the schedule client of a process is made of. */
export interface ScheduleClientParts {
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly workerNames: WorkerNames;
}

/** The part of the client that is about schedules and backfills, in the engine's own process. */
export function localScheduleClient({ engine, scheduler, workerNames }: ScheduleClientParts): ScheduleClient {
  return {
    listSchedules: () => scheduler.list(),
    showSchedule: (id) => scheduler.show(id),
    nextScheduledRuns: (id, { count = nextDefault } = {}) => scheduler.next(id, Math.min(count, nextMax)),
    pauseSchedule: (id, reason) => scheduler.pause(id, reason),
    resumeSchedule: (id) => scheduler.resume(id),
    triggerSchedule: async (id, options = {}) => {
      refuseUnknownOptions(options, ['input', 'id'], `the run of schedule '${id}'`);
      return viewRun(engine.store, workerNames, await scheduler.trigger(id, options));
    },
    planBackfill: async (id, options) => scheduler.planBackfill(id, readRequest(scheduler, id, options)),
    createBackfill: async (id, options) => scheduler.createBackfill(id, readRequest(scheduler, id, options)),
    listBackfills: () => scheduler.listBackfills(),
    showBackfill: (id) => scheduler.showBackfill(id),
    listBackfillDates: async (id, { from = 0, limit = datesMax } = {}) => {
      const dates = await scheduler.backfillDates(id, { from, limit: Math.min(limit, datesMax) });
      return Promise.all(
        dates.map(async (date): Promise<BackfillDateView> => {
          const run = await engine.store.findRun(date.run, date.generation ?? undefined);
          return { ...date, state: run?.state ?? null };
        }),
      );
    },
    pauseBackfill: (id, reason) => scheduler.pauseBackfill(id, reason),
    resumeBackfill: (id) => scheduler.resumeBackfill(id),
    cancelBackfill: (id, reason) => scheduler.cancelBackfill(id, reason),
  };
}

function readRequest(scheduler: Scheduler, id: string, options: BackfillOptions): BackfillRequest {
  const { from, to, ...rest } = options;
  const bound = scheduler.findFillable(id);
  refuseUnknownOptions(
    rest,
    ['partitions', 'missing', 'reprocess', 'reverse', 'concurrency', 'input'],
    `the backfill of schedule '${id}'`,
  );
  return from === undefined && to === undefined ? rest : { ...rest, ...readRange(bound, { from, to }) };
}
