import type { Definition, Schedule } from '../../engine/index.ts';
import type { BoundSchedule } from '../bound-schedule.ts';

/**
 * What backfills go by where there is no schedule: the partitions by time of an asset, for definitions whose runs take the partition
 * their interval begins in. Nothing ever fires by it.
 */
export function bindPartitions(definitions: readonly Definition[]): readonly BoundSchedule[] {
  return definitions.flatMap((definition) => {
    const { produces = [], needs, partitionOf = null } = definition.assets ?? {};
    const asset = produces.find(({ partitions }) => partitions !== null && partitions.timetable !== null);
    const timetable = asset?.partitions?.timetable ?? null;
    const takesInterval = partitionOf === null || needs !== undefined;
    const hasSchedule = (definition.schedules ?? []).length > 0;
    if (hasSchedule || asset === undefined || timetable === null || !takesInterval) return [];
    const schedule: Schedule = {
      type: 'schedule',
      name: null,
      timetable,
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
