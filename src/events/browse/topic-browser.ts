/** Topics and their readers as people look at them. Reads the store; changes nothing. */
import { allTypes, nobody, type CellRecord, type Engine, type PartitionName } from '../../engine/index.ts';
import { readEvent } from '../consume/read-event.ts';
import { PartitionLog } from '../consume/partition-log.ts';
import { deadLetterSpace } from '../dead-letters/dead-letter-cells.ts';
import type { DeadLetter } from '../dead-letters/dead-letter.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import type { Topic } from '../model/topic.ts';
import { CursorAdmin } from '../runtime/cursor-admin.ts';
import { partitionOf, positionOf } from '../runtime/positions.ts';
import { checkPartition } from './check-partition.ts';
import { consumerId } from './find-consumer.ts';
import { parsePosition } from './parse-position.ts';
import type {
  ConsumerPartition,
  ConsumerView,
  DeadLetterGroup,
  EventPage,
  EventQuery,
  PartitionView,
  TopicView,
} from './views.ts';

/** Over how long a rate is measured. Milliseconds. */
const rateMs = 60_000;
const pageDefault = 100;
const pageMax = 1_000;
/** How many dead letters are counted, or grouped, at most. */
const deadLettersMax = 10_000;

/** See the top of the file. */
export class TopicBrowser {
  readonly #engine: Engine;
  readonly #admin: CursorAdmin;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#admin = new CursorAdmin(engine);
  }

  async topic(topic: Topic): Promise<TopicView> {
    const { settings } = topic;
    const { store, clock } = this.#engine;
    const stored = await store.listPartitions(settings.name);
    const partitions: PartitionView[] = [];
    let recent = 0;
    for (let partition = 0; partition < settings.partitions; partition += 1) {
      const name = { topic: settings.name, partition };
      const found = stored.find((one) => one.partition === partition);
      const { startOffset, nextOffset, bytes, batches } = found ?? (await partitionOf(store, name));
      partitions.push({ partition, startOffset, nextOffset, bytes, batches });
      recent += nextOffset - (await store.findOffset(name, clock.now() - rateMs));
    }
    return {
      name: settings.name,
      events: [...settings.events.values()].map(({ type, version }) => ({ type, version })),
      partitions,
      count: partitions.reduce((sum, { startOffset, nextOffset }) => sum + nextOffset - startOffset, 0),
      bytes: partitions.reduce((sum, { bytes }) => sum + bytes, 0),
      perSecond: recent / (rateMs / 1_000),
      isKeyed: settings.key !== null,
      hasPriorities: settings.priority !== null,
      retention: settings.retention,
      dedupeMs: settings.dedupe?.withinMs ?? null,
      ttlMs: settings.ttlMs,
      durability: settings.durability,
      subscriptions: topic.subscriptions.map(({ name }) => name),
    };
  }

  /** @throws TUTTI_OFFSET_OUT_OF_RANGE for a position or a partition that does not exist. */
  async events(topic: TopicSettings, query: EventQuery): Promise<EventPage> {
    const { partition = 0, from = 'oldest', limit = pageDefault, types } = query;
    checkPartition(topic, partition);
    const log: PartitionName = { topic: topic.name, partition };
    const start = await positionOf(this.#engine.store, log, parsePosition(from));
    const page = { events: [] as PublishedEvent[], unreadable: [] as { offset: number; reason: string }[] };
    const reader = new PartitionLog(this.#engine.store, log);
    const most = Math.min(limit, pageMax);
    let next = start;
    while (page.events.length < most) {
      const read = await reader.read(next, allTypes);
      for (const record of read.records) {
        if (page.events.length >= most) return { ...page, next };
        next = record.offset + 1;
        if (types !== undefined && !types.includes(record.type)) continue;
        try {
          page.events.push(readEvent(record, log, topic));
        } catch (error) {
          page.unreadable.push({ offset: record.offset, reason: String(error) });
        }
      }
      if (read.next <= next && read.records.length === 0) break;
      next = Math.max(next, read.next);
    }
    return { ...page, next };
  }

  async consumer(settings: SubscriptionSettings): Promise<ConsumerView> {
    const { store } = this.#engine;
    const statuses = await this.#admin.status(settings);
    const workers = new Map((await store.listWorkers()).map((worker) => [worker.number, worker]));
    const partitions = statuses.map(({ partition, cursor, lag, lagMs, nextOffset }): ConsumerPartition => {
      const owner = cursor.owner === nobody ? undefined : workers.get(cursor.owner);
      const parked = cursor.parked.reduce((sum, lane) => sum + lane.offsets.length, 0);
      const position = cursor.next;
      const name = owner?.state === 'alive' ? owner.name : null;
      return { partition, position, nextOffset, lag, lagMs, parked, owner: name };
    });
    const ages = partitions.flatMap(({ lagMs }) => lagMs ?? []);
    const isPaused = statuses.some(({ cursor }) => cursor.isPaused);
    const isRead = partitions.some(({ owner }) => owner !== null);
    return {
      id: consumerId(settings),
      topic: settings.topic.name,
      subscription: settings.name,
      state: isPaused ? 'paused' : isRead ? 'active' : 'idle',
      pausedBecause: statuses.find(({ cursor }) => cursor.isPaused)?.cursor.pausedBecause ?? null,
      on: [...settings.on],
      reaction: reactionOf(settings),
      lag: partitions.reduce((sum, { lag }) => sum + lag, 0),
      lagMs: ages.length === 0 ? null : Math.max(...ages),
      parked: partitions.reduce((sum, { parked }) => sum + parked, 0),
      unreached: statuses.reduce((sum, { cursor }) => sum + (cursor.unreached ?? 0), 0),
      deadLetters: (await this.#deadLetterCells(settings, null)).length,
      partitions,
      replays: await this.#admin.replays(settings),
    };
  }

  /** Dead letters of a consumer by their cause, the most frequent first; then those of its replays. */
  async deadLetterGroups(settings: SubscriptionSettings): Promise<readonly DeadLetterGroup[]> {
    const groups = [...(await this.#groups(settings, null))];
    for (const { as } of await this.#admin.replays(settings))
      groups.push(...(await this.#groups(settings, as)));
    return groups;
  }

  async #groups(settings: SubscriptionSettings, replay: string | null): Promise<readonly DeadLetterGroup[]> {
    const letters = (await this.#deadLetterCells(settings, replay)).map(
      ({ value }) => JSON.parse(this.#engine.payloads.textNow(value) ?? 'null') as DeadLetter,
    );
    const groups = [...Map.groupBy(letters, ({ cause }) => cause)].map(([cause, alike]): DeadLetterGroup => {
      const times = alike.map(({ at }) => at);
      const [since, until] = [Math.min(...times), Math.max(...times)];
      return {
        consumer: consumerId(settings),
        replay,
        cause,
        count: alike.length,
        since,
        until,
        example: alike[0]?.id ?? '',
      };
    });
    return groups.toSorted((a, b) => b.count - a.count);
  }

  #deadLetterCells(
    { topic, name }: SubscriptionSettings,
    replay: string | null,
  ): Promise<readonly CellRecord[]> {
    const owner = { topic: topic.name, subscription: name, replay: replay ?? undefined };
    return this.#engine.store.listCells(deadLetterSpace(owner), { limit: deadLettersMax });
  }
}

function reactionOf({ reaction }: SubscriptionSettings): ConsumerView['reaction'] {
  if (reaction.kind === 'start') return `starts ${reaction.definition}`;
  if (reaction.kind === 'send') return `sends ${reaction.signal}`;
  return reaction.kind === 'batch' ? 'batch handler' : 'handler';
}
