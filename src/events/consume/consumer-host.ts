import type { Engine } from '../../engine/index.ts';
import type { EffectWriter } from './effect-writer.ts';
import type { PartitionLog } from './partition-log.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What consumers of one engine share. */
export interface ConsumerHost {
  readonly engine: Engine;
  readonly writer: EffectWriter;
  readonly log: PartitionLog;
  readonly filter: TopicFilter;
  /** The cursor is another's now. */
  readonly onLost: () => void;
}
