import { parseDuration } from '../../base/duration.ts';
import { newId } from '../../base/ids.ts';
import { nearestName } from '../../base/nearest.ts';
import type { Random } from '../../base/random.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { AppendResult, Engine, TopicAppend } from '../../engine/index.ts';
import type { NewEvent } from '../model/event.ts';
import { resolveInstant } from '../model/resolve-time.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { encodeEvent, type EncodedEvent, type EncodingPlace } from './encode-event.ts';
import type { Origin } from './event-attributes.ts';
import type { Published, PublishOptions } from './publish-options.ts';

/** An event ready to ride on a commit. */
export interface PreparedEvent {
  readonly encoded: EncodedEvent;
  readonly append: TopicAppend;
}

/** How an event is to be prepared. */
export interface PreparationPlace {
  readonly options: PublishOptions;
  /** Null for a first cause. */
  readonly origin: Origin | null;
  /** When it is published. Default: now. */
  readonly now?: number;
}

/** Publishes to the topics of one engine. */
export class Publisher {
  readonly #engine: Engine;
  readonly #topics: ReadonlyMap<string, TopicSettings>;
  readonly #idRandom: Random;

  /** `idRandom`: what the ids of events are drawn from. */
  constructor(engine: Engine, topics: ReadonlyMap<string, TopicSettings>, idRandom: Random) {
    this.#engine = engine;
    this.#topics = topics;
    this.#idRandom = idRandom;
  }

  /** @throws TUTTI_TOPIC_NOT_FOUND with the nearest name there is. */
  topic(name: string): TopicSettings {
    const topic = this.#topics.get(name);
    if (topic !== undefined) return topic;
    const names = [...this.#topics.keys()];
    const nearest = nearestName(name, names);
    const hint =
      nearest === undefined ? `there are: ${names.join(', ') || 'none'}` : `did you mean "${nearest}"?`;
    throw new TuttiError('TUTTI_TOPIC_NOT_FOUND', `This engine has no topic "${name}"; ${hint}`);
  }

  /** Checks and encodes one event. @throws TUTTI_EVENT_*, TUTTI_INPUT_INVALID, TUTTI_OPTION_INVALID */
  async prepare(topic: TopicSettings, event: NewEvent, place: PreparationPlace): Promise<PreparedEvent> {
    const { options, origin } = place;
    const now = place.now ?? this.#engine.clock.now();
    const ttlMs = options.ttl === undefined ? topic.ttlMs : parseDuration(options.ttl, 'ttl of a publish');
    const id = newId(this.#engine.clock, this.#idRandom);
    const replaced = replacedBy(topic, options);
    // Awaited only if it is a promise: a turn of the queue per event is what publishing would cost most.
    const made = encodeEvent(topic, event, { now, id, origin, ttlMs, ...replaced });
    const encoded = made instanceof Promise ? await made : made;
    return { encoded, append: this.#appendOf(topic, [encoded], { options, now }) };
  }

  /** Resolves when the event is on disk. @throws TUTTI_EVENT_*, TUTTI_PRODUCER_*, TUTTI_STORE_* */
  async publish(topic: TopicSettings, event: NewEvent, options: PublishOptions): Promise<Published> {
    const { encoded, append } = await this.prepare(topic, event, { options, origin: null });
    const result = await this.#append(topic, append);
    return published(append, encoded, result?.offsets[0] ?? null, (result?.duplicates.length ?? 0) > 0);
  }

  /** Publishes events in order; all are checked before the first is stored. @throws as `publish`. */
  async publishAll(
    topic: TopicSettings,
    events: readonly NewEvent[],
    options: PublishOptions,
  ): Promise<readonly Published[]> {
    const now = this.#engine.clock.now();
    const ttlMs = options.ttl === undefined ? topic.ttlMs : parseDuration(options.ttl, 'ttl of a publish');
    const replaced = replacedBy(topic, options);
    const encoded: EncodedEvent[] = [];
    for (const event of events) {
      const id = newId(this.#engine.clock, this.#idRandom);
      const made = encodeEvent(topic, event, { now, id, origin: null, ttlMs, ...replaced });
      encoded.push(made instanceof Promise ? await made : made);
    }
    if (topic.partitions === 1) return this.#publishGroup(topic, encoded, { options, now });
    const groups = [...Map.groupBy(encoded, (one) => one.partition).values()];
    const places = new Map<EncodedEvent, Published>();
    await Promise.all(
      groups.map(async (group) => {
        const stored = await this.#publishGroup(topic, group, { options, now });
        for (const [index, one] of stored.entries()) places.set(group[index] as EncodedEvent, one);
      }),
    );
    return encoded.flatMap((one) => places.get(one) ?? []);
  }

  /** Events of one partition. */
  async #publishGroup(
    topic: TopicSettings,
    group: readonly EncodedEvent[],
    how: { readonly options: PublishOptions; readonly now: number },
  ): Promise<readonly Published[]> {
    if (group.length === 0) return [];
    const append = this.#appendOf(topic, group, how);
    const result = await this.#append(topic, append);
    if (result === null) return group.map((one) => published(append, one, null, false));
    const { offsets, duplicates } = result;
    const isDuplicate = duplicates.length === 0 ? null : new Set(duplicates);
    return group.map((one, index) =>
      published(append, one, offsets[index] ?? null, isDuplicate?.has(index) === true),
    );
  }

  /**
   * What became of the append; null where the topic does not wait to know. A producer is always told: whether its sequence is in
   * order is known to the store alone, and one that goes on after a refusal would lose everything behind it.
   */
  async #append({ durability }: TopicSettings, append: TopicAppend): Promise<AppendResult | null> {
    const appended = this.#engine.append(append);
    if (durability === 'memory' && append.producer === undefined) {
      appended.catch(() => undefined);
      return null;
    }
    const result = await appended;
    refuse(append, result);
    return result;
  }

  #appendOf(
    topic: TopicSettings,
    encoded: readonly EncodedEvent[],
    { options, now }: { readonly options: PublishOptions; readonly now: number },
  ): TopicAppend {
    const partition = encoded[0]?.partition ?? 0;
    const deliverAt =
      options.at === undefined ? null : resolveInstant(options.at, 'The time of a delayed event');
    return {
      topic: topic.name,
      partition,
      at: now,
      records: encoded.map(({ draft }) => draft),
      ...(topic.dedupe === null ? {} : { dedupeUntil: now + topic.dedupe.withinMs }),
      ...(deliverAt === null || deliverAt <= now ? {} : { deliverAt }),
      ...(options.producer === undefined ? {} : { producer: options.producer }),
    };
  }
}

/** What a publish says in place of its topic. @throws TUTTI_OPTION_INVALID for a priority of a topic without any. */
function replacedBy(
  topic: TopicSettings,
  { key, priority }: PublishOptions,
): Pick<EncodingPlace, 'key' | 'priority'> {
  if (priority !== undefined && topic.priority === null) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `An event is published with priority ${priority} to topic "${topic.name}", which has no priorities; expected none, or \`priority\` on the topic.`,
    );
  }
  return { ...(key === undefined ? {} : { key }), ...(priority === undefined ? {} : { priority }) };
}

function published(
  append: TopicAppend,
  encoded: EncodedEvent,
  offset: number | null,
  isDuplicate: boolean,
): Published {
  return { id: encoded.id, topic: append.topic, partition: append.partition, offset, isDuplicate };
}

/** @throws TUTTI_PRODUCER_FENCED, TUTTI_PRODUCER_SEQUENCE when the store refused the append. */
function refuse(append: TopicAppend, result: AppendResult): void {
  const { outcome, expected } = result;
  const { producer, epoch, sequence } = append.producer ?? { producer: '', epoch: 0, sequence: 0 };
  const details = { topic: append.topic, partition: append.partition, producer, expected };
  if (outcome === 'fenced') {
    throw new TuttiError(
      'TUTTI_PRODUCER_FENCED',
      `Producer "${producer}" with epoch ${epoch} may not publish to "${append.topic}": epoch ${expected} is in force.`,
      { details },
    );
  }
  if (outcome !== 'gap' && outcome !== 'conflict') return;
  const fault = outcome === 'gap' ? 'leaves a gap' : 'was used for other events';
  throw new TuttiError(
    'TUTTI_PRODUCER_SEQUENCE',
    `Sequence ${sequence} of producer "${producer}" in partition ${append.partition} of "${append.topic}" ${fault}; expected ${expected}.`,
    { details },
  );
}
