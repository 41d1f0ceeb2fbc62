import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { CursorRecord } from './cursor.ts';
import type { CursorKeeper } from './cursor-keeper.ts';
import { OvertakingFeed } from './overtaking-feed.ts';
import type { PartitionLog } from './partition-log.ts';
import { RecordFeed } from './record-feed.ts';
import { wantedTypes } from './wanted-types.ts';

/** The records that a subscription reads from its cursor on; what is not for it counts as settled. */
export function openFeed(
  settings: SubscriptionSettings,
  log: PartitionLog,
  keeper: CursorKeeper,
  { next: from, until: end }: CursorRecord,
): RecordFeed | OvertakingFeed {
  const { settled } = keeper;
  const bounds = { from, end, types: wantedTypes(settings) };
  const onGap = (start: number, stop: number): void => {
    settled.addRange(start, stop);
    keeper.touchLazily();
  };
  if (!settings.looksAhead) return new RecordFeed(log, bounds, onGap);
  return new OvertakingFeed(log, bounds, { settled, onGap });
}
