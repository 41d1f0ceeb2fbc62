import { TuttiError } from '../../base/tutti-error.ts';
import type { TopicView } from '../browse/views.ts';
import type { ArchivePage, ArchiveQuery } from './archive-page.ts';

/** Where events are exported from: the client of an engine, in this process or another. */
export interface ArchiveSource {
  showTopic(topic: string): Promise<Pick<TopicView, 'partitions'>>;
  readArchive(topic: string, query?: ArchiveQuery): Promise<ArchivePage>;
}

/** What to export. */
export interface ExportOptions extends Pick<ArchiveQuery, 'from' | 'to' | 'types' | 'keys'> {
  /** Default: all. */
  readonly partition?: number;
}

/** What was exported of one partition. */
export interface ExportedPartition {
  readonly partition: number;
  /** The range that was looked at; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  readonly events: number;
}

/** What was exported so far. */
export interface ExportReport {
  readonly topic: string;
  readonly events: number;
  readonly partitions: readonly ExportedPartition[];
  /** Records that could not be understood: they are not in the archive. */
  readonly unreadable: readonly {
    readonly partition: number;
    readonly offset: number;
    readonly reason: string;
  }[];
}

interface Range {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Of records that cannot be understood so many are named. */
const unreadableMax = 1_000;

/**
 * Exports a range of a topic as text, page by page: one partition after the other, each in its order, so that events of one
 * key stay in order. Where the range ends is decided before the first page, for all partitions. Holds one page in memory.
 *
 * @throws TUTTI_TOPIC_NOT_FOUND, TUTTI_OFFSET_OUT_OF_RANGE also when retention took what was still to be read, TUTTI_OPTION_INVALID
 */
export class ArchiveExport {
  readonly #source: ArchiveSource;
  readonly #topic: string;
  readonly #options: ExportOptions;
  readonly #partitions: ExportedPartition[] = [];
  readonly #unreadable: { partition: number; offset: number; reason: string }[] = [];
  #events = 0;

  constructor(source: ArchiveSource, topic: string, options: ExportOptions = {}) {
    this.#source = source;
    this.#topic = topic;
    this.#options = options;
  }

  get report(): ExportReport {
    return {
      topic: this.#topic,
      events: this.#events,
      partitions: [...this.#partitions],
      unreadable: [...this.#unreadable],
    };
  }

  /** The text, in pieces that end with a line. To be called once. */
  async *text(): AsyncGenerator<string> {
    for (const range of await this.#ranges()) yield* this.#partition(range);
  }

  async *#partition({ partition, from, to }: Range): AsyncGenerator<string> {
    const { types, keys } = this.#options;
    const wanted = { ...(types === undefined ? {} : { types }), ...(keys === undefined ? {} : { keys }) };
    const before = this.#events;
    let next = from;
    while (next < to) {
      const query = { partition, from: String(next), to: String(to), ...wanted };
      const page = await this.#source.readArchive(this.#topic, query);
      this.#events += page.lines.length;
      const room = unreadableMax - this.#unreadable.length;
      for (const one of page.unreadable.slice(0, room)) this.#unreadable.push({ partition, ...one });
      if (page.lines.length > 0) yield `${page.lines.join('\n')}\n`;
      if (page.next <= next) break;
      ({ next } = page);
    }
    this.#partitions.push({ partition, from, to, events: this.#events - before });
  }

  async #ranges(): Promise<readonly Range[]> {
    const { partition: only, from, to } = this.#options;
    const { partitions } = await this.#source.showTopic(this.#topic);
    const numbers = only === undefined ? partitions.map(({ partition }) => partition) : [only];
    if (numbers.length > 1 && (isOffset(from) || isOffset(to))) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        `Topic "${this.#topic}" has ${numbers.length} partitions, each with offsets of its own; expected a time, or one partition.`,
      );
    }
    const bounds = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), limit: 0 };
    return Promise.all(
      numbers.map(async (partition) => {
        const { next, end } = await this.#source.readArchive(this.#topic, { partition, ...bounds });
        return { partition, from: next, to: Math.max(next, end) };
      }),
    );
  }
}

function isOffset(position: string | undefined): boolean {
  return position !== undefined && /^\d+$/.test(position);
}
