import type { Definition, Schedule, Timetable } from '../../engine/index.ts';
import type { BoundSchedule } from '../bound-schedule.ts';

/** The timetable of partitions that are about no time. */
const neverTicks: Timetable = { text: 'never', timezone: 'UTC', next: () => null, previous: () => null };

/**
 * What backfills go by where there is no schedule: the partitions of an asset, for definitions whose runs take the partition of what
 * started them. Where a definition makes several, those by time go first. Nothing ever fires by it.
 */
export function bindPartitions(definitions: readonly Definition[]): readonly BoundSchedule[] {
  return definitions.flatMap((definition) => {
    const { produces = [], needs, partitionOf = null } = definition.assets ?? {};
    const cut = produces.filter(({ partitions }) => partitions !== null);
    const asset = cut.find(({ partitions }) => partitions?.timetable !== null) ?? cut[0];
    const takesTrigger = partitionOf === null || needs !== undefined;
    const hasSchedule = (definition.schedules ?? []).length > 0;
    if (hasSchedule || asset === undefined || !takesTrigger) return [];
    const schedule: Schedule = {
      type: 'schedule',
      name: null,
      timetable: asset.partitions?.timetable ?? neverTicks,
      family: 'interval',
      lookBackMs: 0,
      from: null,
      until: null,
      catchUp: 'none',
      whenBusy: 'start',
      concurrency: 1,
      jitterMs: 0,
      toleranceMs: 0,
      input: () => undefined,
    };
    return [{ id: definition.name, definition, schedule, family: 'interval', asset }];
  });
}
