import type { Duration } from '../../base/duration.ts';
import type { ProducerStamp } from '../../engine/index.ts';
import type { Instant } from '../model/resolve-time.ts';

/** How to publish. */
export interface PublishOptions {
  /** Deliver not before this instant. Default: at once. */
  readonly at?: Instant;
  /** Replaces the topic's key; null for none. */
  readonly key?: string | null;
  /** Replaces the topic's priority: a whole number from 0 to 9. For topics that have one. */
  readonly priority?: number;
  /** After this long the event is no longer delivered. Default: the topic's. */
  readonly ttl?: Duration;
  /** For publishers that repeat a request when they do not know what became of it: it is stored once. */
  readonly producer?: ProducerStamp;
}

/** Where an event is. */
export interface Published {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  /** Null while it is delayed, and in a topic whose publishes do not wait for the disk. */
  readonly offset: number | null;
  /** It was there before; the offset is the original one. */
  readonly isDuplicate: boolean;
}
