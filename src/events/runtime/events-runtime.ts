/**
 * Events of one engine: publishing, and, once started, consuming.
 *
 * Owns: the consumer group, the housekeeping, and when they are due. Works on any store through the engine; what it is told
 * to publish before `start` is on disk all the same.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import type { Logger } from '../../base/logger.ts';
import type { TimerHandle } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { afterThisTurn, type Engine, type RunCause, type TopicAppend } from '../../engine/index.ts';
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
import { RedriveHousekeeping } from './redrive-housekeeping.ts';

/** What a runtime is made of. */
export interface EventsRuntimeOptions {
  readonly engine: Engine;
  readonly topics: readonly Topic[];
  readonly logger: Logger;
  /** Whether the topics belong to this engine from the beginning; else `bind` joins them. Default true. */
  readonly isBound?: boolean;
  /**
   * How often partitions are balanced and delayed events looked for. Milliseconds, default 500. Null for never, so that a
   * virtual clock can skip from one thing that happens to the next: `rested` does what is due then.
   */
  readonly tickMs?: number | null;
  /** What the ids of events are drawn from. Default: the engine's. */
  readonly idRandom?: Random;
}

/** Whom `rested` waits for, and for how long. */
export interface RestedOptions {
  /** Whoever waits gives up. */
  readonly signal: AbortSignal;
  /** How many handlers are in their own code, which is not waited for. */
  readonly handlersRunning: () => number;
}

const tickDefaultMs = 500;
/** How often retention and the like are applied, in ticks. */
const tidyEvery = 20;
/** The same for an engine without ticks. Milliseconds. */
const tidyMs = tidyEvery * tickDefaultMs;

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
  readonly #redriven: RedriveHousekeeping;
  readonly #tickMs: number | null;
  readonly #unbinds = new Map<Topic, () => void>();
  #stopListening: readonly (() => void)[] = [];
  #timer: TimerHandle | null = null;
  /** When the timer fires that is set for what time brings; for an engine without ticks. */
  #dueAt: number | null = null;
  #tidiedAt: number;
  #ticks = 0;
  #isTicking = false;
  #isStarted = false;

  constructor(options: EventsRuntimeOptions) {
    const { engine, topics, logger, tickMs = tickDefaultMs } = options;
    this.topics = topics;
    this.#tickMs = tickMs;
    this.#tidiedAt = engine.clock.now();
    this.#engine = engine;
    this.#logger = logger;
    const settings = topics.map((one) => one.settings);
    const byName = new Map(settings.map((one) => [one.name, one]));
    this.publisher = new Publisher(engine, byName, options.idRandom ?? engine.random);
    const writer = new EffectWriter(engine, this.publisher, logger);
    const subscriptions = subscriptionsOf(topics);
    const pause = (one: SubscriptionSettings, because: string): Promise<void> => this.#pause(one, because);
    this.#group = new ConsumerGroup({ engine, writer, subscriptions, pause });
    const gatherMs = tickMs === null ? 0 : undefined;
    this.#waits = new WaitMatcher({ engine, topics: settings, logger, gatherMs });
    this.#admin = new CursorAdmin(engine);
    this.#desk = new DeadLetterDesk(engine);
    this.redrives = new RedriveDesk(engine);
    this.registry = new SchemaRegistry(engine, logger);
    this.#housekeeping = new LogHousekeeping(engine, settings, logger);
    this.#redriven = new RedriveHousekeeping(engine, subscriptions);
    if (options.isBound !== false) this.bind();
  }

  /** Joins the topics to this engine: what is published through them from now on goes here. */
  bind(): void {
    for (const one of this.topics) if (!this.#unbinds.has(one)) this.#unbinds.set(one, one.bind(this));
  }

  /** Parts topics from this engine, by default all; for when no run of it publishes any more. */
  unbind(topics: Iterable<Topic> = this.topics): void {
    for (const one of topics) {
      this.#unbinds.get(one)?.();
      this.#unbinds.delete(one);
    }
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

  /**
   * Lets handlers finish for a while, and gives the partitions back. To be called before the engine stops. The topics still belong
   * to it, because its runs publish until it has stopped: then they are parted from it with `unbind`.
   */
  async stop(): Promise<void> {
    this.#timer?.cancel();
    for (const stop of this.#stopListening) stop();
    if (this.#isStarted) await Promise.all([this.#group.stop(), this.#waits.stop()]);
    this.#isStarted = false;
  }

  /** Resolves when every event that could be handled has been, as far as time alone is not waited for. For tests. */
  async settled(): Promise<void> {
    do await new Promise<void>((resolve) => this.#engine.clock.setTimer(1, resolve));
    while (this.#group.isBusy || this.#waits.isBusy);
    for (const consumer of this.#group.consumers) await consumer.flushed();
    if (this.#group.isBusy || this.#waits.isBusy) await this.settled();
  }

  /**
   * Resolves when nothing moves here by itself: what is left needs time, the end of a handler, or somebody outside. Without ticks
   * it also does what is due, and sets a timer for what time will bring. For tests under virtual time.
   */
  async rested({ signal, handlersRunning }: RestedOptions): Promise<void> {
    let hasLookedAhead = this.#tickMs !== null || !this.#isStarted;
    for (;;) {
      await new Promise<void>((resolve) => afterThisTurn(resolve));
      if (signal.aborted) return;
      if (this.#isTicking || this.#group.isMoving(handlersRunning()) || this.#waits.isMoving) continue;
      if (hasLookedAhead) return;
      hasLookedAhead = true;
      await untilAborted(this.#lookAhead(), signal);
    }
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
    const { runId, correlationId, eventId, hops, traceparent } = cause;
    const origin = { correlationId, causationId: eventId ?? runId, hops: hops + 1, traceparent };
    return (await this.publisher.prepare(topic.settings, event, { options: {}, origin })).append;
  }

  async status(subscription: SubscriptionSettings): Promise<readonly PartitionStatus[]> {
    return this.#admin.status(subscription);
  }

  async setPaused(subscription: SubscriptionSettings, isPaused: boolean): Promise<void> {
    await this.#admin.setPaused(subscription, { isPaused });
    this.#group.touchAll();
  }

  async #pause(subscription: SubscriptionSettings, because: string): Promise<void> {
    const { name, topic } = subscription;
    this.#logger.warn('A subscription is paused until it is resumed.', {
      subscription: `${topic.name}/${name}`,
      because,
    });
    await this.#admin.setPaused(subscription, { isPaused: true, pausedBecause: because });
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
    // The cursor of what is redriven of a former replay of the name is nobody's now.
    this.#group.touchAll();
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
    const { causes, unreadable } = await this.#desk.redrive(subscription, { ...query, dryRun: true });
    const job = await this.redrives.start(subscription, { ...query, rate });
    return { matched: job.matched, redriven: 0, unreadable, causes, job: job.id };
  }

  async discardDeadLetters(subscription: SubscriptionSettings, query: DeadLetterQuery): Promise<number> {
    return this.#desk.discard(subscription, query);
  }

  /** Releases, balances and tidies once, now. For tests under virtual time. */
  async tidy(): Promise<void> {
    await this.#housekeeping.release();
    await this.redrives.work();
    await this.#housekeeping.tidy();
    await this.#redriven.tidy();
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
    if (!this.#isStarted || this.#tickMs === null) return;
    this.#timer = this.#engine.clock.setTimer(this.#tickMs, () => {
      void this.#tick().finally(() => this.#schedule());
    });
    this.#timer.unref?.();
  }

  /** Tidies if it is time, and sets a timer for the next thing that only time brings. */
  async #lookAhead(): Promise<void> {
    const { clock } = this.#engine;
    for (const consumer of this.#group.consumers) consumer.hurry();
    if (this.#isTimeToTidy()) await this.#tick();
    const due = [await this.#housekeeping.nextRelease(), await this.redrives.nextDue()];
    const next = Math.min(...due.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY || (this.#dueAt !== null && this.#dueAt <= next)) return;
    this.#timer?.cancel();
    this.#dueAt = next;
    this.#timer = clock.setTimer(Math.max(1, next - clock.now()), () => {
      this.#dueAt = null;
      void this.#tick();
    });
  }

  /** By ticks where there are some: clocks may be set back. */
  #isTimeToTidy(): boolean {
    if (this.#tickMs !== null) return this.#ticks % tidyEvery === 0;
    return this.#engine.clock.now() >= this.#tidiedAt + tidyMs;
  }

  async #tick(): Promise<void> {
    this.#ticks += 1;
    this.#isTicking = true;
    try {
      await this.#housekeeping.release();
      await this.redrives.work();
      await this.#balance();
      if (!this.#isTimeToTidy()) return;
      this.#tidiedAt = this.#engine.clock.now();
      await this.#housekeeping.tidy();
      await this.#redriven.tidy();
      await this.#waits.tidy();
    } catch (error) {
      this.#logger.warn('Housekeeping of topics failed; it is tried again.', { reason: String(error) });
    } finally {
      this.#isTicking = false;
    }
  }
}

/** A killed process's store never answers. */
function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  return Promise.race([work, aborted]);
}

/** All subscriptions of some topics. */
export function subscriptionsOf(topics: readonly Topic[]): readonly SubscriptionSettings[] {
  return topics.flatMap((one) => one.subscriptions.map(({ settings }) => settings));
}
