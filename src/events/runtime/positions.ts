import { TuttiError } from '../../base/tutti-error.ts';
import type { PartitionName, PartitionRecord, Store } from '../../engine/index.ts';
import { resolveInstant } from '../model/resolve-time.ts';
import type { SeekPosition } from '../model/topic-runtime.ts';

/** The offset of a position in a partition. @throws TUTTI_OFFSET_OUT_OF_RANGE for one that does not lie in it. */
export async function positionOf(store: Store, name: PartitionName, position: SeekPosition): Promise<number> {
  const { startOffset, nextOffset } = await partitionOf(store, name);
  if (position === 'tip') return nextOffset;
  if (position === 'oldest') return startOffset;
  if ('time' in position) return store.findOffset(name, resolveInstant(position.time, 'A position'));
  const { offset } = position;
  if (Number.isSafeInteger(offset) && offset >= startOffset && offset <= nextOffset) return offset;
  throw new TuttiError(
    'TUTTI_OFFSET_OUT_OF_RANGE',
    `Offset ${offset} does not lie in partition ${name.partition} of "${name.topic}"; expected ${startOffset} to ${nextOffset}.`,
    { details: { ...name, offset, startOffset, nextOffset } },
  );
}

/** The partition as it is; empty if nothing was ever published to it. */
export async function partitionOf(store: Store, name: PartitionName): Promise<PartitionRecord> {
  const partitions = await store.listPartitions(name.topic);
  const found = partitions.find(({ partition }) => partition === name.partition);
  return found ?? { ...name, startOffset: 0, nextOffset: 0, bytes: 0, batches: 0 };
}
