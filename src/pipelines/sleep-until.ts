import { parseDuration, type Duration } from '../base/duration.ts';
import { TuttiError } from '../base/tutti-error.ts';

/** When a sleep ends: an instant as it is, a duration from now on. @throws TUTTI_TASK_VALUE_WRONG, TUTTI_DURATION_INVALID */
export function sleepUntil(value: unknown, now: number, task: string): number {
  if (value instanceof Date && Number.isFinite(value.getTime())) return value.getTime();
  if (typeof value === 'number' || typeof value === 'string') {
    return now + parseDuration(value as Duration, `the duration of sleep "${task}"`);
  }
  throw new TuttiError(
    'TUTTI_TASK_VALUE_WRONG',
    `${task}: it is to sleep until ${String(value)}; expected a date or a duration.`,
    { details: { task } },
  );
}
