import type {
  DeadLetter,
  DeadLetterQuery,
  RedriveOptions,
  RedriveReport,
} from '../dead-letters/dead-letter.ts';
import type { SubscriptionSettings } from './resolve-subscription.ts';
import type {
  PartitionStatus,
  ReplayOptions,
  SeekPosition,
  SeekReport,
  TopicRuntime,
} from './topic-runtime.ts';

/** What was given up on, and what can be done about it. */
export interface DeadLetters {
  /** The oldest first. */
  list(query?: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Hands dead letters to the subscription again, as an event each, in the same commit that takes them off the list. */
  redrive(options?: RedriveOptions): Promise<RedriveReport>;
  /** Forgets dead letters; returns how many. */
  discard(query?: DeadLetterQuery): Promise<number>;
}

/** A declared subscription. */
export class Subscription {
  readonly name: string;
  readonly settings: SubscriptionSettings;
  readonly #runtime: () => TopicRuntime;

  constructor(settings: SubscriptionSettings, runtime: () => TopicRuntime) {
    this.name = settings.name;
    this.settings = settings;
    this.#runtime = runtime;
  }

  get deadLetters(): DeadLetters {
    const runtime = this.#runtime();
    return {
      list: (query = {}) => runtime.listDeadLetters(this.settings, query),
      redrive: (options = {}) => runtime.redrive(this.settings, options),
      discard: (query = {}) => runtime.discardDeadLetters(this.settings, query),
    };
  }

  /** Where it stands, per partition, and how far behind it is. */
  async status(): Promise<readonly PartitionStatus[]> {
    return this.#runtime().status(this.settings);
  }

  /** No handler is begun any more, by any worker, until `resume`. */
  async pause(): Promise<void> {
    await this.#runtime().setPaused(this.settings, true);
  }

  async resume(): Promise<void> {
    await this.#runtime().setPaused(this.settings, false);
  }

  /**
   * Moves the position. Events between are handled again, or skipped; parked ones are dropped.
   * @throws TUTTI_OFFSET_OUT_OF_RANGE: nothing was moved.
   */
  async seek(to: SeekPosition, options: { readonly dryRun?: boolean } = {}): Promise<readonly SeekReport[]> {
    return this.#runtime().seek(this.settings, to, { dryRun: options.dryRun === true });
  }

  /** Handles a range of events once more under a side cursor; the live position is not touched. */
  async replay(options: ReplayOptions): Promise<void> {
    await this.#runtime().replay(this.settings, options);
  }
}
