/**
 * Events of one engine: publishing, and, once started, consuming.
 *
 * Owns: the consumer group, the housekeeping, and when they are due. Works on any store through the engine; what it is told
 * to publish before `start` is on disk all the same.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import type { Logger } from '../../base/logger.ts';
import type { TimerHandle } from '../../base/clock.ts';
import type { Engine, RunCause, TopicAppend } from '../../engine/index.ts';
import { EffectWriter } from '../consume/effect-writer.ts';
import { DeadLetterDesk } from '../dead-letters/dead-letter-desk.ts';
import { RedriveDesk } from '../dead-letters/redrive-desk.ts';
import { intervalOf } from '../dead-letters/redrive-job.ts';
import type {
  DeadLetter,
  DeadLetterQuery,
  RedriveOptions,
  RedriveReport,
} from '../dead-letters/dead-letter.ts';
import type { NewEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { Topic } from '../model/topic.ts';
import type {
  PartitionStatus,
  ReplayOptions,
  RuntimeTopic,
  SeekPosition,
  SeekReport,
  TopicRuntime,
} from '../model/topic-runtime.ts';
import type { Published, PublishOptions } from '../publish/publish-options.ts';
import { Publisher } from '../publish/publisher.ts';
import { SchemaRegistry } from '../registry/schema-registry.ts';
import { WaitMatcher } from '../waits/wait-matcher.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { CursorAdmin } from './cursor-admin.ts';
import { LogHousekeeping } from './log-housekeeping.ts';

/** What a runtime is made of. */
export interface EventsRuntimeOptions {
  readonly engine: Engine;
  readonly topics: readonly Topic[];
  readonly logger: Logger;
}

/** How often partitions are balanced and delayed events looked for. Milliseconds. */
const tickMs = 500;
/** How often retention and the like are applied, in ticks. */
const tidyEvery = 20;

/** See the top of the file. */
export class EventsRuntime implements TopicRuntime {
  readonly publisher: Publisher;
  readonly topics: readonly Topic[];
  /** Redrives that go on by themselves; worked off once started. */
  readonly redrives: RedriveDesk;
  /** What was deployed; the composition root enters what is declared. */
  readonly registry: SchemaRegistry;
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #group: ConsumerGroup;
  readonly #waits: WaitMatcher;
  readonly #admin: CursorAdmin;
  readonly #desk: DeadLetterDesk;
  readonly #housekeeping: LogHousekeeping;
  readonly #unbind: readonly (() => void)[];
  #stopListening: readonly (() => void)[] = [];
  #timer: TimerHandle | null = null;
  #ticks = 0;
  #isStarted = false;

  constructor({ engine, topics, logger }: EventsRuntimeOptions) {
    this.topics = topics;
    this.#engine = engine;
    this.#logger = logger;
    const settings = topics.map((one) => one.settings);
    this.publisher = new Publisher(engine, new Map(settings.map((one) => [one.name, one])));
    const writer = new EffectWriter(engine, this.publisher, logger);
    this.#group = new ConsumerGroup({ engine, writer, subscriptions: subscriptionsOf(topics) });
    this.#waits = new WaitMatcher({ engine, topics: settings, logger });
    this.#admin = new CursorAdmin(engine);
    this.#desk = new DeadLetterDesk(engine);
    this.redrives = new RedriveDesk(engine);
    this.registry = new SchemaRegistry(engine, logger);
    this.#housekeeping = new LogHousekeeping(engine, settings, logger);
    this.#unbind = topics.map((one) => one.bind(this));
  }

  /** Begins to consume. To be called after the engine has started. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#group.start();
    this.#stopListening = [
      this.#engine.onAppended((name) => this.#group.appended(name)),
      this.#engine.store.onForeignCommit(() => this.#group.wakeAll()),
    ];
    await this.#group.balance();
    await this.#waits.start();
    this.#schedule();
  }

  /** Lets handlers finish for a while, and gives the partitions back. To be called before the engine stops. */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    for (const stop of this.#stopListening) stop();
    if (this.#isStarted) await Promise.all([this.#group.stop(), this.#waits.stop()]);
    this.#isStarted = false;
    for (const unbind of this.#unbind) unbind();
  }

  /** Resolves when every event that could be handled has been, as far as time alone is not waited for. For tests. */
  async settled(): Promise<void> {
    do await new Promise<void>((resolve) => this.#engine.clock.setTimer(1, resolve));
    while (this.#group.isBusy || this.#waits.isBusy);
    for (const consumer of this.#group.consumers) await consumer.flushed();
    if (this.#group.isBusy || this.#waits.isBusy) await this.settled();
  }

  async publish(topic: RuntimeTopic, event: NewEvent, options: PublishOptions): Promise<Published> {
    return this.publisher.publish(topic.settings, event, options);
  }

  async publishAll(
    topic: RuntimeTopic,
    events: readonly NewEvent[],
    options: PublishOptions,
  ): Promise<readonly Published[]> {
    return this.publisher.publishAll(topic.settings, events, options);
  }

  async prepareInRun(topic: RuntimeTopic, event: NewEvent, cause: RunCause): Promise<TopicAppend> {
    const { runId, event: trigger } = cause;
    const origin = {
      correlationId: trigger?.correlationId ?? runId,
      causationId: runId,
      hops: (trigger?.hops ?? 0) + 1,
      traceparent: null,
    };
    return (await this.publisher.prepare(topic.settings, event, { options: {}, origin })).append;
  }

  async status(subscription: SubscriptionSettings): Promise<readonly PartitionStatus[]> {
    return this.#admin.status(subscription);
  }

  async setPaused(subscription: SubscriptionSettings, isPaused: boolean): Promise<void> {
    await this.#admin.setPaused(subscription, isPaused);
    this.#group.touchAll();
  }

  async seek(
    subscription: SubscriptionSettings,
    to: SeekPosition,
    options: { readonly dryRun: boolean },
  ): Promise<readonly SeekReport[]> {
    const reports = await this.#admin.seek(subscription, to, options.dryRun);
    this.#group.touchAll();
    return reports;
  }

  async replay(subscription: SubscriptionSettings, options: ReplayOptions): Promise<void> {
    await this.#admin.replay(subscription, options);
    await this.#group.balance();
  }

  async listDeadLetters(
    subscription: SubscriptionSettings,
    query: DeadLetterQuery,
  ): Promise<readonly DeadLetter[]> {
    return this.#desk.list(subscription, query);
  }

  async redrive(subscription: SubscriptionSettings, options: RedriveOptions): Promise<RedriveReport> {
    const { rate, edit, dryRun = false, ...query } = options;
    if (rate === undefined || dryRun) {
      if (rate !== undefined) intervalOf(rate);
      return this.#desk.redrive(subscription, options);
    }
    if (edit !== undefined) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        'A redrive with a rate is given `edit`; a job outlives this process and cannot keep code. Expected one of the two.',
      );
    }
    const { causes } = await this.#desk.redrive(subscription, { ...query, dryRun: true });
    const job = await this.redrives.start(subscription, { ...query, rate });
    return { matched: job.matched, redriven: 0, causes, job: job.id };
  }

  async discardDeadLetters(subscription: SubscriptionSettings, query: DeadLetterQuery): Promise<number> {
    return this.#desk.discard(subscription, query);
  }

  /** Releases, balances and tidies once, now. For tests under virtual time. */
  async tidy(): Promise<void> {
    await this.#housekeeping.release();
    await this.redrives.work();
    await this.#housekeeping.tidy();
    await this.#waits.tidy();
    await this.#balance();
  }

  async #balance(): Promise<void> {
    await this.#group.balance();
    await this.#waits.balance();
    this.#group.wakeAll();
    this.#waits.wakeAll();
  }

  #schedule(): void {
    if (!this.#isStarted) return;
    this.#timer = this.#engine.clock.setTimer(tickMs, () => {
      void this.#tick().finally(() => this.#schedule());
    });
    this.#timer.unref?.();
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    try {
      await this.#housekeeping.release();
      await this.redrives.work();
      await this.#balance();
      if (this.#ticks % tidyEvery !== 0) return;
      await this.#housekeeping.tidy();
      await this.#waits.tidy();
    } catch (error) {
      this.#logger.warn('Housekeeping of topics failed; it is tried again.', { reason: String(error) });
    }
  }
}

/** All subscriptions of some topics. */
export function subscriptionsOf(topics: readonly Topic[]): readonly SubscriptionSettings[] {
  return topics.flatMap((one) => one.subscriptions.map(({ settings }) => settings));
}
