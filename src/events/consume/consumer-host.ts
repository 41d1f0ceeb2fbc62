import type { Engine } from '../../engine/index.ts';
import type { EffectWriter } from './effect-writer.ts';
import type { RateCells } from './flow/rate-cells.ts';
import type { SavedRates } from './flow/scheduler.ts';
import type { PartitionLog } from './partition-log.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What consumers of one engine share. */
export interface ConsumerHost {
  readonly engine: Engine;
  readonly writer: EffectWriter;
  readonly log: PartitionLog;
  readonly filter: TopicFilter;
  /** How far a former owner of the partition had counted. */
  readonly rates: { readonly cells: RateCells; readonly saved: SavedRates };
  /** No handler of the subscription is to begin any more, by any worker, until it is resumed. */
  readonly pause: (because: string) => Promise<void>;
  /** The cursor is another's now. */
  readonly onLost: () => void;
}
