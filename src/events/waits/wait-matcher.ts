/**
 * Finds events for the runs that wait for them: knows the open waits, and has one scanner for each partition that is this
 * worker's to search.
 *
 * Owns: the list of open waits in memory, and the scanners. Waits stored by this process are told by the engine, those of
 * others are listed after their commits. Workers share partitions by the rule they share subscriptions by
 * (`preferredOwner`); while they disagree for a moment two of them search one partition, which costs reading and nothing else.
 */
import type { TimerHandle } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Engine, PartitionName, WaitRecord } from '../../engine/index.ts';
import { PartitionLog } from '../consume/partition-log.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { preferredOwner } from '../runtime/preferred-owner.ts';
import { openWait, waitId, type OpenWait } from './open-wait.ts';
import { SearchProgress } from './search-progress.ts';
import { WaitScanner } from './wait-scanner.ts';

/** The name under which a worker says that it can search a topic. */
export function topicRole(topic: { readonly name: string }): string {
  return `topic:${topic.name}`;
}

/** What a matcher is made of. */
export interface WaitMatcherOptions {
  readonly engine: Engine;
  readonly topics: readonly TopicSettings[];
  readonly logger: Logger;
  /** How long news of other processes gather before the waits are listed. Milliseconds, default 20. */
  readonly gatherMs?: number | undefined;
}

const gatherDefaultMs = 20;

interface Slot {
  readonly name: PartitionName;
  readonly topic: TopicSettings;
}

/** See the top of the file. */
export class WaitMatcher {
  readonly #options: WaitMatcherOptions;
  readonly #slots: readonly Slot[];
  readonly #progress: SearchProgress;
  readonly #waits = new Map<string, OpenWait>();
  /** Answered, and still in the store because their runs have not taken the answer yet. */
  readonly #answered = new Set<string>();
  readonly #scanners = new Map<string, WaitScanner>();
  #listing: Promise<void> | null = null;
  #mustListAgain = false;
  #listTimer: TimerHandle | null = null;
  #stopListening: readonly (() => void)[] = [];
  #isStopped = true;

  constructor(options: WaitMatcherOptions) {
    this.#options = options;
    this.#progress = new SearchProgress(options.engine);
    this.#slots = options.topics.flatMap((topic) =>
      Array.from({ length: topic.partitions }, (_, partition) => ({
        name: { topic: topic.name, partition },
        topic,
      })),
    );
  }

  get isBusy(): boolean {
    if (this.#listing !== null || this.#listTimer !== null) return true;
    return [...this.#scanners.values()].some((scanner) => scanner.isBusy);
  }

  /** Whether something moves here by itself, without time. */
  get isMoving(): boolean {
    return this.#listing !== null || [...this.#scanners.values()].some((scanner) => scanner.isMoving);
  }

  /** Begins to search. @throws TUTTI_STORE_* */
  async start(): Promise<void> {
    if (this.#slots.length === 0) return;
    const { engine } = this.#options;
    this.#isStopped = false;
    this.#stopListening = [
      engine.onEventWait((record) => this.#learn(record)),
      engine.onAppended((name) => this.#scanners.get(slotKey(name))?.wake()),
      engine.store.onForeignCommit(() => this.#hearNews()),
    ];
    await this.#progress.load();
    await this.list();
    await this.balance();
  }

  /** Takes the partitions that this worker should search, and leaves the others. @throws TUTTI_STORE_* */
  async balance(): Promise<void> {
    const { engine } = this.#options;
    const { worker } = engine;
    if (this.#isStopped || worker === null) return;
    const workers = (await engine.store.listWorkers()).filter(({ state }) => state === 'alive');
    for (const slot of this.#slots) {
      const key = slotKey(slot.name);
      const able = workers.filter(({ definitions }) => definitions.includes(topicRole(slot.topic)));
      const owner = preferredOwner(
        `${key}/waits`,
        able.map(({ number }) => number),
      );
      if ((owner ?? worker) === worker) this.#take(key, slot);
      else this.#leave(key);
    }
  }

  wakeAll(): void {
    for (const scanner of this.#scanners.values()) scanner.wake();
  }

  /** Compares what is known of the waits with the store. @throws TUTTI_STORE_* */
  list(): Promise<void> {
    // A list that is being read may miss what has changed since it was asked for.
    this.#mustListAgain = true;
    this.#listing ??= this.#listUntilCurrent().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  async #listUntilCurrent(): Promise<void> {
    while (this.#mustListAgain && !this.#isStopped) {
      this.#mustListAgain = false;
      await this.#list();
    }
  }

  /** Saves how far the search has come, and tidies up behind waits that are over. @throws TUTTI_STORE_* */
  async tidy(): Promise<void> {
    if (this.#isStopped) return;
    await this.list();
    await this.#save();
    await this.#progress.sweep();
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#listTimer?.cancel();
    this.#listTimer = null;
    for (const stop of this.#stopListening) stop();
    for (const scanner of this.#scanners.values()) scanner.stop();
    await this.#save();
    this.#scanners.clear();
    this.#waits.clear();
    this.#answered.clear();
  }

  async #save(): Promise<void> {
    for (const { name } of this.#slots) {
      const scanner = this.#scanners.get(slotKey(name));
      if (scanner !== undefined) await this.#progress.save(name, scanner);
    }
  }

  #hearNews(): void {
    this.wakeAll();
    if (this.#isStopped || this.#listTimer !== null) return;
    const { gatherMs = gatherDefaultMs, engine } = this.#options;
    if (gatherMs === 0) return this.#listNow();
    this.#listTimer = engine.clock.setTimer(gatherMs, () => {
      this.#listTimer = null;
      this.#listNow();
    });
    this.#listTimer.unref?.();
  }

  #listNow(): void {
    this.list().catch((error: unknown) => {
      this.#options.logger.warn('The waiting runs cannot be listed now; it is tried again.', {
        reason: String(error),
      });
    });
  }

  async #list(): Promise<void> {
    // Only those known before: one that is stored while the list is being read may be missing in it.
    const known = [...this.#waits.values()];
    const records = await this.#options.engine.store.listWaits({ kind: 'event' });
    if (this.#isStopped) return;
    const open = new Set(records.map(waitId));
    for (const wait of known) if (!open.has(wait.id)) this.#forget(wait);
    for (const id of this.#answered) if (!open.has(id)) this.#answered.delete(id);
    for (const record of records) this.#learn(record);
  }

  #learn(record: WaitRecord): void {
    const id = waitId(record);
    if (this.#isStopped || this.#waits.has(id) || this.#answered.has(id)) return;
    const wait = this.#read(record);
    if (wait === null || !this.#options.topics.some(({ name }) => name === wait.topic)) return;
    this.#waits.set(wait.id, wait);
    for (const { name } of this.#slots) {
      const scanner = name.topic === wait.topic ? this.#scanners.get(slotKey(name)) : undefined;
      scanner?.add({ wait, from: this.#from(name, wait) });
    }
  }

  #read(record: WaitRecord): OpenWait | null {
    try {
      return openWait(record, this.#options.engine.payloads);
    } catch (error) {
      const fields = { run: record.run, wait: record.name, reason: String(error) };
      this.#options.logger.warn('What a run waits for cannot be read, so nothing is found for it.', fields);
      return null;
    }
  }

  #forget(wait: OpenWait): void {
    this.#waits.delete(wait.id);
    for (const scanner of this.#scanners.values()) scanner.remove(wait.id);
  }

  #from(name: PartitionName, wait: OpenWait): number {
    return Math.max(wait.from[name.partition] ?? 0, this.#progress.of(name, wait));
  }

  #take(key: string, { name, topic }: Slot): void {
    if (this.#scanners.has(key)) return;
    const { engine, logger } = this.#options;
    const scanner = new WaitScanner({
      engine,
      topic,
      logger,
      log: new PartitionLog(engine.store, name),
      onAnswered: (wait) => {
        this.#answered.add(wait.id);
        this.#forget(wait);
      },
    });
    this.#scanners.set(key, scanner);
    for (const wait of this.#waits.values()) {
      if (wait.topic === topic.name) scanner.add({ wait, from: this.#from(name, wait) });
    }
  }

  #leave(key: string): void {
    this.#scanners.get(key)?.stop();
    this.#scanners.delete(key);
  }
}

function slotKey({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
