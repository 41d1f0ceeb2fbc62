import { TuttiError } from '../base/tutti-error.ts';
import type { Asset, Definition, Schedule, ScheduledMoment, ScheduleFamily } from '../engine/index.ts';

/** A schedule of a definition, with an id of its own: `etl`, or `etl/nightly` if the schedule is named. */
export interface BoundSchedule {
  readonly id: string;
  readonly definition: Definition;
  readonly schedule: Schedule;
  readonly family: ScheduleFamily;
  /** The asset whose partitions its ticks are the boundaries of, where it stands for no schedule but for those. */
  readonly asset?: Asset;
}

/**
 * Every schedule of the definitions.
 *
 * @throws TUTTI_SCHEDULE_INVALID when a definition has several schedules of one name, or several of which one is not named.
 */
export function bindSchedules(definitions: readonly Definition[]): readonly BoundSchedule[] {
  return definitions.flatMap((definition) => {
    const schedules = definition.schedules ?? [];
    const names = new Set(schedules.map(({ name }) => name));
    if (names.size < schedules.length || (schedules.length > 1 && names.has(null))) {
      throw new TuttiError(
        'TUTTI_SCHEDULE_INVALID',
        `Definition '${definition.name}' has ${schedules.length} schedules that are not told apart; give each a name of its own`,
        { details: { definition: definition.name } },
      );
    }
    return schedules.map((schedule) => ({
      id: schedule.name === null ? definition.name : `${definition.name}/${schedule.name}`,
      definition,
      schedule,
      family: schedule.family ?? (definition.kind === 'pipeline' ? 'interval' : 'trigger'),
    }));
  });
}

/** The id of the run a schedule starts for a moment: `etl@2026-01-01T00:00:00Z`. One moment, one id: hence one run. */
export function scheduledRunId(id: string, moment: ScheduledMoment): string {
  return `${id}@${new Date(moment.logicalAt).toISOString().replace('.000Z', 'Z')}`;
}

/** The id of the run about the moment before this one, whether it was started or not; null when the timetable has none. */
export function previousRunId({ id, schedule }: BoundSchedule, moment: ScheduledMoment): string | null {
  const logicalAt = schedule.timetable.previous(moment.logicalAt);
  return logicalAt === null ? null : scheduledRunId(id, { ...moment, logicalAt });
}
