import type { Compatibility } from './compatibility.ts';
import type { EventDefinition, PublishedEvent } from './event.ts';

/** How long events are kept. Null: no such bound. */
export interface Retention {
  readonly forMs: number | null;
  readonly bytes: number | null;
  /** Keep only the newest event of each key, once all subscriptions have seen the others. */
  readonly isCompacted: boolean;
  /** Delete also what a subscription has not handled yet. */
  readonly evenUnread: boolean;
}

/** A topic's options, checked, with every default filled in. */
export interface TopicSettings {
  readonly name: string;
  readonly events: ReadonlyMap<string, EventDefinition>;
  readonly partitions: number;
  readonly key: ((event: PublishedEvent) => string | null) | null;
  /** From 0 to 9; null for a topic without priorities. */
  readonly priority: ((event: PublishedEvent) => number) | null;
  readonly dedupe: {
    readonly by: ((event: PublishedEvent) => string) | null;
    readonly withinMs: number;
  } | null;
  readonly retention: Retention;
  readonly ttlMs: number | null;
  /** `memory`: a publish is acknowledged before it is on disk. */
  readonly durability: 'fsync' | 'memory';
  readonly eventBytesMax: number;
  readonly hopsMax: number;
  /** Of the events that do not say it themselves. */
  readonly compatibility: Compatibility;
}
