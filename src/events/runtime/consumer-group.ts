/**
 * The consumers of this process: which partitions of which subscriptions it reads, and the hand-over to other workers.
 *
 * Owns: the consumers. A partition is this worker's when its cursor says so; workers share by a rule all compute alike
 * (`preferredOwner`), and one that is not preferred gives its partitions back when their handlers have ended. A worker that
 * died is no owner any more (the engine's lease), so nothing here has a lease of its own.
 */
import type { Engine, PartitionName, WorkerNumber } from '../../engine/index.ts';
import { Consumer } from '../consume/consumer.ts';
import { claimCursor, cursorSpace } from '../consume/cursor-keeper.ts';
import type { EffectWriter } from '../consume/effect-writer.ts';
import { RateCells } from '../consume/flow/rate-cells.ts';
import { PartitionLog } from '../consume/partition-log.ts';
import { TopicFilter } from '../consume/topic-filter.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { positionOf } from './positions.ts';
import { preferredOwner } from './preferred-owner.ts';
import { redriveTopic } from './redrive-topic.ts';

/** The name under which a worker says that it has a subscription's code. */
export function roleOf(subscription: SubscriptionSettings): string {
  return `subscription:${subscription.topic.name}/${subscription.name}`;
}

/** What a group is made of. */
export interface ConsumerGroupOptions {
  readonly engine: Engine;
  readonly writer: EffectWriter;
  readonly subscriptions: readonly SubscriptionSettings[];
}

/** One partition of one subscription, or of a side cursor. */
interface Slot {
  readonly key: string;
  readonly log: PartitionName;
  readonly settings: SubscriptionSettings;
}

/** How long a stopping consumer waits for its handlers. Milliseconds. */
const graceMs = 5_000;
/** Cursors listed at a time. */
const cursorsMax = 1_000_000;

/** See the top of the file. */
export class ConsumerGroup {
  readonly #options: ConsumerGroupOptions;
  readonly #consumers = new Map<string, Consumer>();
  readonly #logs = new Map<string, PartitionLog>();
  readonly #filters = new Map<string, TopicFilter>();
  #isBalancing = false;
  #mustBalanceAgain = false;
  #isStopped = true;

  constructor(options: ConsumerGroupOptions) {
    this.#options = options;
    const byTopic = Map.groupBy(options.subscriptions, ({ topic }) => topic.name);
    for (const [topic, subscriptions] of byTopic) this.#filters.set(topic, new TopicFilter(subscriptions));
  }

  get consumers(): Iterable<Consumer> {
    return this.#consumers.values();
  }

  get isBusy(): boolean {
    if (this.#isBalancing) return true;
    return [...this.#consumers.values()].some((consumer) => !consumer.isIdle);
  }

  /** Whether something moves here by itself; so many handlers are in their own code, which does not count. */
  isMoving(handlersRunning: number): boolean {
    if (this.#isBalancing) return true;
    const consumers = [...this.#consumers.values()];
    if (consumers.some((consumer) => consumer.isMoving)) return true;
    return consumers.reduce((sum, { handling }) => sum + handling, 0) > handlersRunning;
  }

  start(): void {
    this.#isStopped = false;
  }

  /** Records were appended there. */
  appended(name: PartitionName): void {
    for (const consumer of this.#consumers.values()) {
      const { topic, partition } = consumer.logName;
      if (topic === name.topic && partition === name.partition) consumer.wake();
    }
  }

  /** Cursors may have been changed from outside: each is written once, which shows whether it is still ours. */
  touchAll(): void {
    for (const consumer of this.#consumers.values()) consumer.touch();
  }

  wakeAll(): void {
    for (const consumer of this.#consumers.values()) consumer.wake();
  }

  /** Takes what nobody has, and gives back what others should have. */
  async balance(): Promise<void> {
    if (this.#isBalancing) {
      this.#mustBalanceAgain = true;
      return;
    }
    this.#isBalancing = true;
    try {
      do {
        this.#mustBalanceAgain = false;
        await this.#balanceOnce();
      } while (this.#mustBalanceAgain && !this.#isStopped);
    } finally {
      this.#isBalancing = false;
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const consumers = [...this.#consumers.values()];
    this.#consumers.clear();
    await Promise.all(consumers.map((consumer) => consumer.stop(graceMs)));
  }

  async #balanceOnce(): Promise<void> {
    const { engine } = this.#options;
    const { worker } = engine;
    if (worker === null || this.#isStopped) return;
    const workers = (await engine.store.listWorkers()).filter(({ state }) => state === 'alive');
    const alive = new Set(workers.map(({ number }) => number));
    for (const slot of await this.#slots()) {
      if (this.#isStopped || engine.worker !== worker) return;
      const role = roleOf(slot.settings);
      const able = workers
        .filter(({ definitions }) => definitions.includes(role))
        .map(({ number }) => number);
      const isPreferred = (preferredOwner(slot.key, able) ?? worker) === worker;
      const consumer = this.#consumers.get(slot.key);
      if (consumer === undefined || consumer.isLost) {
        if (isPreferred) await this.#take(slot, worker, alive);
      } else if (consumer.isFinished) await this.#finish(slot, consumer);
      else if (!isPreferred) {
        this.#consumers.delete(slot.key);
        await consumer.stop(graceMs);
      }
    }
  }

  async #take(slot: Slot, worker: WorkerNumber, alive: ReadonlySet<WorkerNumber>): Promise<void> {
    const { engine, writer } = this.#options;
    const { store } = engine;
    const claimed = await claimCursor(engine, {
      key: slot.key,
      worker,
      alive,
      start: async () => ({
        next: slot.key.endsWith('/redrive') ? 0 : await positionOf(store, slot.log, slot.settings.from),
        until: null,
      }),
      end: () => positionOf(store, slot.log, 'tip'),
    });
    if (claimed === null || this.#isStopped) return;
    const cells = new RateCells(slot.key);
    const rates = { cells, saved: await cells.load(engine) };
    const filter = this.#filters.get(slot.settings.topic.name) ?? new TopicFilter([]);
    const onLost = (): void => {
      if (this.#consumers.get(slot.key) === consumer) this.#consumers.delete(slot.key);
      void this.balance().catch(() => undefined);
    };
    const consumer = new Consumer(
      { engine, writer, log: this.#log(slot.log), filter, rates, onLost },
      slot.settings,
      claimed,
    );
    this.#consumers.set(slot.key, consumer);
    await consumer.begin();
  }

  /** A side cursor came to its end: it leaves nothing behind. */
  async #finish(slot: Slot, consumer: Consumer): Promise<void> {
    await consumer.flushed();
    await consumer.stop(graceMs);
    this.#consumers.delete(slot.key);
    await this.#options.engine.change({
      when: [],
      cells: [{ space: cursorSpace, key: slot.key, value: null }],
      starts: [],
      sends: [],
    });
  }

  async #slots(): Promise<readonly Slot[]> {
    const slots: Slot[] = [];
    for (const settings of this.#options.subscriptions) {
      const { topic, name } = settings;
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        slots.push({
          key: `${topic.name}/${name}/${partition}`,
          log: { topic: topic.name, partition },
          settings,
        });
      }
      const log = { topic: redriveTopic(topic.name, name), partition: 0 };
      slots.push({ key: `${topic.name}/${name}/redrive`, log, settings });
      slots.push(...(await this.#sideSlots(settings)));
    }
    return slots;
  }

  async #sideSlots(settings: SubscriptionSettings): Promise<readonly Slot[]> {
    const { topic, name } = settings;
    const prefix = `${topic.name}/${name}~`;
    const cells = await this.#options.engine.store.listCells(cursorSpace, { prefix, limit: cursorsMax });
    return cells.map(({ key }) => ({
      key,
      log: { topic: topic.name, partition: Number(key.split('/')[2] ?? 0) },
      settings,
    }));
  }

  #log(name: PartitionName): PartitionLog {
    const key = `${name.topic}/${name.partition}`;
    const known = this.#logs.get(key);
    if (known !== undefined) return known;
    const log = new PartitionLog(this.#options.engine.store, name);
    this.#logs.set(key, log);
    return log;
  }
}
