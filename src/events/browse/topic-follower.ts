/**
 * Follows a topic over all its partitions, for one reader outside who keeps its own position. Reads only when asked, so a slow
 * reader costs no memory; the store keeps what it has not read.
 *
 * Owns: one offset per partition, and whether something may have been appended since the last read.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import { allTypes, type Engine, type PartitionName } from '../../engine/index.ts';
import { PartitionLog } from '../consume/partition-log.ts';
import { readEvent } from '../consume/read-event.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { matchesPattern } from '../pattern/match-pattern.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { positionOf } from '../runtime/positions.ts';
import { parsePosition } from './parse-position.ts';

/** What to follow. */
export interface FollowOptions {
  /** `tip`, `oldest`, an instant, an offset of a topic with one partition, or a position that a follower told. Default `tip`. */
  readonly from?: string;
  /** Default: all. */
  readonly types?: readonly string[];
  /** Default: every event. */
  readonly filter?: Pattern;
}

/** An event, and where to go on after it. */
export interface FollowedEvent {
  readonly event: PublishedEvent;
  readonly position: string;
}

/** Between the offsets of a position; no date has it. */
const separator = '_';

/** See the top of the file. */
export class TopicFollower {
  readonly #topic: TopicSettings;
  readonly #options: FollowOptions;
  readonly #logs: readonly PartitionLog[];
  readonly #offsets: number[];
  readonly #stopListening: readonly (() => void)[];
  #mayHaveMore = true;
  #isClosed = false;
  #wake: (() => void) | null = null;

  private constructor(engine: Engine, topic: TopicSettings, options: FollowOptions, offsets: number[]) {
    this.#topic = topic;
    this.#options = options;
    this.#offsets = offsets;
    this.#logs = partitionsOf(topic).map((name) => new PartitionLog(engine.store, name));
    const changed = (): void => {
      this.#mayHaveMore = true;
      this.#wake?.();
    };
    this.#stopListening = [
      engine.onAppended((name) => name.topic === topic.name && changed()),
      engine.store.onForeignCommit(changed),
    ];
  }

  /** @throws TUTTI_OPTION_INVALID, TUTTI_OFFSET_OUT_OF_RANGE when what the position names was trimmed away or is not there yet. */
  static async open(engine: Engine, topic: TopicSettings, options: FollowOptions): Promise<TopicFollower> {
    const texts = positionTexts(topic, options.from ?? 'tip');
    const offsets = await Promise.all(
      partitionsOf(topic).map((name, index) =>
        positionOf(engine.store, name, parsePosition(texts[index] ?? '')),
      ),
    );
    return new TopicFollower(engine, topic, options, offsets);
  }

  /** Where to go on after everything read so far, passed-over events included. */
  get position(): string {
    return this.#offsets.join(separator);
  }

  /**
   * The next events, in order within each partition; empty if nothing new is there that is wanted. A record that cannot be
   * understood is passed over: it is in `readEvents`.
   */
  async read(): Promise<readonly FollowedEvent[]> {
    this.#mayHaveMore = false;
    const found: FollowedEvent[] = [];
    for (const [partition, log] of this.#logs.entries()) await this.#readPartition(partition, log, found);
    if (found.length > 0) this.#mayHaveMore = true;
    return found;
  }

  /** Resolves when there may be more to read; at once if something was appended since the last read began, or after `close`. */
  changed(): Promise<void> {
    if (this.#mayHaveMore || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const stop of this.#stopListening) stop();
    this.#wake?.();
  }

  async #readPartition(partition: number, log: PartitionLog, found: FollowedEvent[]): Promise<void> {
    const from = this.#offsets[partition] ?? 0;
    const read = await log.read(from, allTypes);
    for (const record of read.records) {
      this.#offsets[partition] = record.offset + 1;
      const event = this.#wanted(log.name, record);
      if (event !== null) found.push({ event, position: this.position });
    }
    const next = Math.max(read.next, this.#offsets[partition] ?? 0);
    if (next > from) this.#mayHaveMore = true;
    this.#offsets[partition] = next;
  }

  #wanted(name: PartitionName, record: Parameters<typeof readEvent>[0]): PublishedEvent | null {
    const { types, filter } = this.#options;
    if (types !== undefined && !types.includes(record.type)) return null;
    try {
      const event = readEvent(record, name, this.#topic);
      return filter === undefined || matchesPattern(filter, event) ? event : null;
    } catch {
      return null;
    }
  }
}

function partitionsOf(topic: TopicSettings): readonly PartitionName[] {
  return Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
}

function positionTexts(topic: TopicSettings, from: string): readonly string[] {
  const parts = from.split(separator);
  const isOffsets = parts.every((part) => /^\d+$/.test(part));
  if (!isOffsets) return partitionsOf(topic).map(() => from);
  if (parts.length === topic.partitions) return parts;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `Position ${from} has ${parts.length} offsets, and topic "${topic.name}" has ${topic.partitions} partitions; expected one each.`,
  );
}
