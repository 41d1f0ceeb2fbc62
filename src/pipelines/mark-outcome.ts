import { TuttiError } from '../base/tutti-error.ts';
import type { WorkOutcome } from './graph-run.ts';
import { markFor, type RunInput } from './run-input.ts';

/** How a person decided that an instance ended; null where nobody did. */
export function markOutcome(marks: RunInput['marks'], instance: string): WorkOutcome | null {
  const mark = markFor(marks, instance);
  if (mark === undefined) return null;
  if (mark.state === 'success') return { state: 'success', value: mark.value };
  if (mark.state === 'skipped') return { state: 'skipped' };
  const error = new TuttiError(
    'TUTTI_TASKS_FAILED',
    `Task "${instance}" was marked as failed by ${mark.by ?? 'a person'}.`,
  );
  return { state: 'failed', error };
}
