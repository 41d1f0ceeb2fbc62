import { TuttiError } from '../../base/tutti-error.ts';
import type { TopicSettings } from '../model/topic-settings.ts';

/** @throws TUTTI_OFFSET_OUT_OF_RANGE for a partition that the topic does not have. */
export function checkPartition(topic: TopicSettings, partition: number): void {
  if (Number.isSafeInteger(partition) && partition >= 0 && partition < topic.partitions) return;
  throw new TuttiError(
    'TUTTI_OFFSET_OUT_OF_RANGE',
    `Topic "${topic.name}" has no partition ${partition}; expected 0 to ${topic.partitions - 1}.`,
    { details: { topic: topic.name, partition } },
  );
}
