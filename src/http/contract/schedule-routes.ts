/** The routes about schedules and backfills; part of the table in routes.ts. */
import type { ScheduleClient } from '../../app/index.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import type { FieldSpec, FieldSpecs } from './fields.ts';
import type { RouteSpec } from './route-spec.ts';

const schedule =
  "Id of the schedule: the definition's name, with `/` and the schedule's own name if it has one.";
const backfill = 'Id of the backfill, or a unique prefix of it.';
const noSchedule: ErrorCode = 'TUTTI_SCHEDULE_NOT_FOUND';
const noBackfill: ErrorCode = 'TUTTI_BACKFILL_NOT_FOUND';
const reason: FieldSpec = { type: 'text', required: true, summary: 'Why; recorded and shown.' };

const backfillFields: FieldSpecs = {
  from: {
    type: 'text',
    summary: "The first date: a day on the schedule's calendar, or an instant. Goes with `to`.",
  },
  to: { type: 'text', summary: 'The last date, included.' },
  partitions: {
    type: 'list',
    summary: 'In place of a range: keys of partitions of the asset that the definition makes, in order.',
  },
  missing: { type: 'boolean', summary: 'In place of a range: the partitions that were never made.' },
  reprocess: {
    type: 'text',
    values: ['none', 'failed', 'completed'],
    summary: 'Which dates that have a run already get another. Default `none`; for what is missing `failed`.',
  },
  reverse: { type: 'boolean', summary: 'The latest date first. Default false.' },
  concurrency: { type: 'integer', summary: 'How many of its runs may be under way at a time. Default 1.' },
  input: { type: 'value', summary: 'What every run is started with. Default: what the schedule gives.' },
};

type RouteParts = Pick<RouteSpec, 'path' | 'summary' | 'answer'> & Partial<RouteSpec>;

function read(parts: RouteParts): RouteSpec {
  return { method: 'GET', parameters: {}, query: {}, body: null, status: 200, errors: [], ...parts };
}

function write(parts: RouteParts): RouteSpec {
  return { method: 'POST', parameters: {}, query: {}, body: {}, status: 200, errors: [], ...parts };
}

/** The routes about schedules and backfills, by the name of the method they carry. */
export const scheduleRoutes: Readonly<Record<keyof ScheduleClient, RouteSpec>> = {
  listSchedules: read({
    path: '/v1/schedules',
    summary: 'Lists the schedules of the definitions the engine has the code of.',
    answer: 'ScheduleView[]',
  }),
  showSchedule: read({
    path: '/v1/schedules/:schedule',
    summary: 'Shows a schedule: its rules, where it stands, and what it decided last.',
    parameters: { schedule },
    answer: 'ScheduleView',
    errors: [noSchedule],
  }),
  nextScheduledRuns: read({
    path: '/v1/schedules/:schedule/next',
    summary: 'Lists the next runs of a schedule in order, as if it were not paused.',
    parameters: { schedule },
    query: { count: { type: 'integer', summary: 'Default 5, at most 1,000.' } },
    answer: 'PlannedRun[]',
    errors: [noSchedule],
  }),
  pauseSchedule: write({
    path: '/v1/schedules/:schedule/pause',
    summary: 'Stops a schedule from firing until it is resumed.',
    parameters: { schedule },
    body: { reason },
    answer: 'ScheduleView',
    errors: [noSchedule, 'TUTTI_STATE_CONFLICT'],
  }),
  resumeSchedule: write({
    path: '/v1/schedules/:schedule/resume',
    summary: 'Lets a schedule fire again; what it missed is subject to its catch-up policy.',
    parameters: { schedule },
    answer: 'ScheduleView',
    errors: [noSchedule, 'TUTTI_STATE_CONFLICT'],
  }),
  triggerSchedule: write({
    path: '/v1/schedules/:schedule/trigger',
    summary: 'Starts a run now; the schedule goes on as it would have.',
    parameters: { schedule },
    body: {
      input: { type: 'value', summary: 'What it is started with. Default: what the schedule gives.' },
      id: { type: 'text', summary: 'Id of the run. Default: made of the schedule and the time.' },
    },
    status: 201,
    answer: 'RunView',
    errors: [noSchedule, 'TUTTI_INPUT_INVALID', 'TUTTI_RUN_ID_TAKEN'],
  }),
  planBackfill: write({
    path: '/v1/schedules/:schedule/backfill-plan',
    summary: 'Says what a backfill would do, date by date; nothing is written.',
    parameters: { schedule },
    body: backfillFields,
    answer: 'PlannedDate[]',
    errors: [noSchedule, 'TUTTI_BACKFILL_INVALID', 'TUTTI_INPUT_INVALID'],
  }),
  createBackfill: write({
    path: '/v1/schedules/:schedule/backfills',
    summary: 'Creates a backfill with all its runs. The answer is sent when it is on disk.',
    parameters: { schedule },
    body: backfillFields,
    status: 201,
    answer: 'BackfillRecord',
    errors: [noSchedule, 'TUTTI_BACKFILL_INVALID', 'TUTTI_BACKFILL_ACTIVE', 'TUTTI_INPUT_INVALID'],
  }),
  listBackfills: read({
    path: '/v1/backfills',
    summary: 'Lists backfills, newest first.',
    answer: 'BackfillRecord[]',
  }),
  showBackfill: read({
    path: '/v1/backfills/:backfill',
    summary: 'Shows how far a backfill is.',
    parameters: { backfill },
    answer: 'BackfillRecord',
    errors: [noBackfill],
  }),
  listBackfillDates: read({
    path: '/v1/backfills/:backfill/dates',
    summary: 'Lists the dates of a backfill in its order, with their runs, or why they have none.',
    parameters: { backfill },
    query: {
      from: { type: 'integer', summary: 'Position of the first date. Default 0.' },
      limit: { type: 'integer', summary: 'Default and maximum 1,000.' },
    },
    answer: 'BackfillDateView[]',
    errors: [noBackfill],
  }),
  pauseBackfill: write({
    path: '/v1/backfills/:backfill/pause',
    summary: 'Lets no more runs of a backfill go; those under way go on.',
    parameters: { backfill },
    body: { reason },
    answer: 'BackfillRecord',
    errors: [noBackfill, 'TUTTI_STATE_CONFLICT'],
  }),
  resumeBackfill: write({
    path: '/v1/backfills/:backfill/resume',
    summary: 'Lets the runs of a paused backfill go again.',
    parameters: { backfill },
    answer: 'BackfillRecord',
    errors: [noBackfill, 'TUTTI_STATE_CONFLICT'],
  }),
  cancelBackfill: write({
    path: '/v1/backfills/:backfill/cancel',
    summary: 'Ends a backfill: runs that were not let go are canceled, those under way go on.',
    parameters: { backfill },
    body: { reason },
    answer: 'BackfillRecord',
    errors: [noBackfill, 'TUTTI_STATE_CONFLICT'],
  }),
};
