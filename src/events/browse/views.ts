/** What people see of topics, of those who read them, and of how they hang together. Times and lengths in milliseconds. */
import type { ReplayView } from '../model/topic-runtime.ts';
import type { Retention } from '../model/topic-settings.ts';
import type { PublishedEvent } from '../model/event.ts';

/** One partition of a topic. */
export interface PartitionView {
  readonly partition: number;
  /** The oldest offset that may still be there. */
  readonly startOffset: number;
  /** The offset of the next event. */
  readonly nextOffset: number;
  readonly bytes: number;
  readonly batches: number;
}

/** A topic. */
export interface TopicView {
  readonly name: string;
  /** The declared events. */
  readonly events: readonly { readonly type: string; readonly version: number }[];
  readonly partitions: readonly PartitionView[];
  /** How many offsets are kept, those compacted away included. */
  readonly count: number;
  readonly bytes: number;
  /** Events per second over the last minute. */
  readonly perSecond: number;
  /** Whether events have keys, and so an order among those of one key. */
  readonly isKeyed: boolean;
  /** Whether urgent events go first. */
  readonly hasPriorities: boolean;
  readonly retention: Retention;
  /** For how long a repeated event is recognised; null if never. */
  readonly dedupeMs: number | null;
  /** After how long an event is no longer delivered; null for never. */
  readonly ttlMs: number | null;
  readonly durability: 'fsync' | 'memory';
  readonly subscriptions: readonly string[];
}

/** Where a consumer stands in one partition. */
export interface ConsumerPartition {
  readonly partition: number;
  /** Everything below is settled. */
  readonly position: number;
  readonly nextOffset: number;
  /** Events that are not handled yet. */
  readonly lag: number;
  /** How old the oldest of them is; null when there is none. */
  readonly lagMs: number | null;
  /** Of these, how many wait for another try, or for quiet. */
  readonly parked: number;
  /** Name of the worker that reads it; null for nobody. */
  readonly owner: string | null;
}

/** A subscription as a reader of its topic. */
export interface ConsumerView {
  /** `topic/subscription`. */
  readonly id: string;
  readonly topic: string;
  readonly subscription: string;
  /** `idle`: no living worker reads it. */
  readonly state: 'active' | 'paused' | 'idle';
  /** Why it is paused, if it is and nobody asked for it: a webhook whose receiver answered 410. Else null. */
  readonly pausedBecause: string | null;
  /** Types it reacts to. */
  readonly on: readonly string[];
  /** What it does: calls a handler with one event or several, starts a run of the definition, or sends a signal. */
  readonly reaction: 'handler' | 'batch handler' | `starts ${string}` | `sends ${string}`;
  readonly lag: number;
  readonly lagMs: number | null;
  readonly parked: number;
  /** Events that were settled although their signal found no run, since the subscription began. */
  readonly unreached: number;
  /** Those of the live position; what replays gave up on is counted with each of them. At most 10,000 are counted. */
  readonly deadLetters: number;
  readonly partitions: readonly ConsumerPartition[];
  /** Side cursors that have not come to their end, or gave up on something. */
  readonly replays: readonly ReplayView[];
}

/** Events of one partition in order, and where to read on. */
export interface EventPage {
  readonly events: readonly PublishedEvent[];
  /** Records that cannot be understood: their offsets and why. */
  readonly unreadable: readonly { readonly offset: number; readonly reason: string }[];
  readonly next: number;
}

/** Which events to read. */
export interface EventQuery {
  /** Default 0. */
  readonly partition?: number;
  /** An offset, `oldest`, `tip`, or an instant in RFC 3339. Default `oldest`. */
  readonly from?: string;
  /** How many at most, up to 1,000. Default 100. */
  readonly limit?: number;
  /** Default: all. */
  readonly types?: readonly string[];
}

/** Dead letters of one consumer that failed alike. */
export interface DeadLetterGroup {
  readonly consumer: string;
  /** The replay that gave up on them; null when the live subscription did. */
  readonly replay: string | null;
  readonly cause: string;
  readonly count: number;
  /** When the first and the last of them were given up. */
  readonly since: number;
  readonly until: number;
  /** One of them, to look at. */
  readonly example: string;
}
