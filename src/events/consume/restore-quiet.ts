import type { PublishedEvent } from '../model/event.ts';
import type { ParkedLane } from './cursor.ts';
import type { Item } from './flow/flow-rules.ts';
import type { Scheduler } from './flow/scheduler.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Settlement } from './settlement.ts';

/** Where what waited for quiet in a former owner's hands is read from, and where it goes. */
export interface QuietRestore {
  readonly log: PartitionLog;
  readonly settlement: Settlement;
  readonly scheduler: Scheduler<PublishedEvent>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Takes up what waited for quiet when a former owner of the partition ended. @throws TUTTI_STORE_* */
export async function restoreQuiet(parked: readonly ParkedLane[], restore: QuietRestore): Promise<void> {
  const { log, settlement, scheduler, now } = restore;
  for (const { lane, why, offsets, since, dueAt } of parked) {
    if (why !== 'debounce') continue;
    const items: Item<PublishedEvent>[] = [];
    for (const offset of offsets) {
      const record = await log.readOne(offset);
      if (record === null) {
        settlement.done(lane, offset);
        continue;
      }
      settlement.remember(record);
      const itemLane = record.key ?? `#${offset}`;
      const event = settlement.readOrGiveUp(record, itemLane, 0);
      if (event !== null) items.push({ offset, lane: itemLane, event, attempts: 0 });
    }
    if (items.length === 0) continue;
    // The subscription may have lost its debounce since: then nothing keeps the events back.
    if (scheduler.quiet === null) scheduler.readmit(items, now());
    else scheduler.quiet.restore({ key: lane, items, since, dueAt });
  }
}
