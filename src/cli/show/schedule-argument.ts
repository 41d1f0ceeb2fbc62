import type { ArgumentSpec } from '../command.ts';

/** The argument that names a schedule. */
export const scheduleArgument: ArgumentSpec = {
  name: 'schedule',
  summary: "The definition's name, with / and the schedule's own name if it has one.",
};

/** The argument that names a backfill. */
export const backfillArgument: ArgumentSpec = {
  name: 'backfill',
  summary: 'Id of the backfill, or a unique prefix of it.',
};
