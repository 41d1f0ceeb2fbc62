import type { BackfillOptions, ScheduleClient, TriggerOptions } from '../../app/index.ts';
import type { Fields } from '../contract/fields.ts';
import { present, type Handlers } from './handlers.ts';

/** Schedules and backfills. */
export const scheduleHandlers: Handlers<keyof ScheduleClient> = {
  listSchedules: ({ client }) => client.listSchedules(),
  showSchedule: ({ client, parameter }) => client.showSchedule(parameter('schedule')),
  nextScheduledRuns: ({ client, parameter, query }) =>
    client.nextScheduledRuns(
      parameter('schedule'),
      present<{ count?: number }>({ count: query.integer('count') }),
    ),
  pauseSchedule: ({ client, parameter, body }) =>
    client.pauseSchedule(parameter('schedule'), body.requiredText('reason')),
  resumeSchedule: ({ client, parameter }) => client.resumeSchedule(parameter('schedule')),
  triggerSchedule: ({ client, parameter, body }) =>
    client.triggerSchedule(
      parameter('schedule'),
      present<TriggerOptions>({ input: body.value('input'), id: body.text('id') }),
    ),
  planBackfill: ({ client, parameter, body }) =>
    client.planBackfill(parameter('schedule'), backfillOptions(body)),
  createBackfill: ({ client, parameter, body }) =>
    client.createBackfill(parameter('schedule'), backfillOptions(body)),
  listBackfills: ({ client }) => client.listBackfills(),
  showBackfill: ({ client, parameter }) => client.showBackfill(parameter('backfill')),
  listBackfillDates: ({ client, parameter, query }) =>
    client.listBackfillDates(
      parameter('backfill'),
      present<{ from?: number; limit?: number }>({
        from: query.integer('from'),
        limit: query.integer('limit'),
      }),
    ),
  pauseBackfill: ({ client, parameter, body }) =>
    client.pauseBackfill(parameter('backfill'), body.requiredText('reason')),
  resumeBackfill: ({ client, parameter }) => client.resumeBackfill(parameter('backfill')),
  cancelBackfill: ({ client, parameter, body }) =>
    client.cancelBackfill(parameter('backfill'), body.requiredText('reason')),
};

function backfillOptions(body: Fields): BackfillOptions {
  return present<BackfillOptions>({
    from: body.text('from'),
    to: body.text('to'),
    partitions: body.list('partitions'),
    missing: body.boolean('missing'),
    reprocess: body.text('reprocess') as BackfillOptions['reprocess'],
    reverse: body.boolean('reverse'),
    concurrency: body.integer('concurrency'),
    input: body.value('input'),
  });
}
