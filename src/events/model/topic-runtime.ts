import type { RunCause, TopicAppend } from '../../engine/index.ts';
import type { CursorRecord } from '../consume/cursor.ts';
import type {
  DeadLetter,
  DeadLetterQuery,
  RedriveOptions,
  RedriveReport,
} from '../dead-letters/dead-letter.ts';
import type { Published, PublishOptions } from '../publish/publish-options.ts';
import type { NewEvent } from './event.ts';
import type { SubscriptionSettings } from './resolve-subscription.ts';
import type { Instant } from './resolve-time.ts';
import type { TopicSettings } from './topic-settings.ts';

/** A topic as its engine sees it. */
export interface RuntimeTopic {
  readonly name: string;
  readonly settings: TopicSettings;
}

/** Where a subscription stands in one partition. */
export interface PartitionStatus {
  readonly partition: number;
  readonly cursor: CursorRecord;
  /** Events not yet handled. */
  readonly lag: number;
  /** How old the oldest of them is. Milliseconds; null when there is none. */
  readonly lagMs: number | null;
  readonly nextOffset: number;
  readonly startOffset: number;
}

/** Where to seek to. */
export type SeekPosition = 'tip' | 'oldest' | { readonly offset: number } | { readonly time: Instant };

/** What a seek does, or would do. */
export interface SeekReport {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** Parked events that the seek drops. */
  readonly parkedDropped: number;
}

/** How to handle a range of events once more. */
export interface ReplayOptions {
  readonly from: SeekPosition;
  /** Default: the end as it is now. */
  readonly to?: SeekPosition;
  /** Name of the side cursor; the live one is not touched. */
  readonly as: string;
}

/** How far a replay is. */
export interface ReplayView {
  /** Name of the side cursor. */
  readonly as: string;
  /** Events still to be handled, over all partitions; redriven dead letters among them. */
  readonly left: number;
  /** What it gave up on: a list of its own, see `DeadLetterQuery.replay`. At most 10,000 are counted. */
  readonly deadLetters: number;
}

/** What topics and subscriptions ask of the engine they belong to. */
export interface TopicRuntime {
  publish(topic: RuntimeTopic, event: NewEvent, options: PublishOptions): Promise<Published>;
  publishAll(
    topic: RuntimeTopic,
    events: readonly NewEvent[],
    options: PublishOptions,
  ): Promise<readonly Published[]>;
  prepareInRun(topic: RuntimeTopic, event: NewEvent, cause: RunCause): Promise<TopicAppend>;
  status(subscription: SubscriptionSettings): Promise<readonly PartitionStatus[]>;
  setPaused(subscription: SubscriptionSettings, isPaused: boolean): Promise<void>;
  seek(
    subscription: SubscriptionSettings,
    to: SeekPosition,
    options: { readonly dryRun: boolean },
  ): Promise<readonly SeekReport[]>;
  replay(subscription: SubscriptionSettings, options: ReplayOptions): Promise<void>;
  listDeadLetters(subscription: SubscriptionSettings, query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  redrive(subscription: SubscriptionSettings, options: RedriveOptions): Promise<RedriveReport>;
  discardDeadLetters(subscription: SubscriptionSettings, query: DeadLetterQuery): Promise<number>;
}
