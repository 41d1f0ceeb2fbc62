/** What one can ask about topics, their readers and dead letters; part of {@link Client}. */
import type {
  ArchiveChunk,
  ArchiveLines,
  ArchivePage,
  ArchiveQuery,
  CheckedLines,
  Catalogue,
  CatalogueCheck,
  ConsumerView,
  DeadLetter,
  DeadLetterGroup,
  EventPage,
  EventQuery,
  Explanation,
  ImportedChunk,
  Published,
  RedriveReport,
  RedriveView,
  SeekReport,
  TopicView,
  TopologyView,
} from '../events/index.ts';

export type { ArchiveChunk, ArchiveLines, ArchiveQuery, Catalogue, EventQuery } from '../events/index.ts';

/** An event as a client publishes it. */
export interface EventRequest {
  readonly type: string;
  /** JSON; checked by the event's schema. */
  readonly data: unknown;
  /** Default: generated. */
  readonly id?: string;
  /** Replaces the topic's key. */
  readonly key?: string;
  /** Replaces the topic's priority, from 0 to 9. */
  readonly priority?: number;
  readonly source?: string;
  readonly subject?: string;
  /** Not delivered before this instant, RFC 3339. */
  readonly at?: string;
  /** After this long no longer delivered, such as `10m`. */
  readonly ttl?: string;
}

/** Which dead letters of a consumer; all conditions given must hold. */
export interface DeadLetterRequest {
  /** Those of the replay of this name, redriven under its side cursor. Default: those of the live subscription. */
  readonly replay?: string;
  readonly ids?: readonly string[];
  readonly cause?: string;
  /** A pattern over the event: `{type, key, data, …}`. */
  readonly filter?: unknown;
  /** Default: 100 are listed, and all redriven or discarded. */
  readonly limit?: number;
}

/** Which events to handle once more: from and to are an offset, `tip`, `oldest` or an instant. */
export interface ReplayRequest {
  readonly from: string;
  /** Default: the end as it is now. */
  readonly to?: string;
  /** Name of the side cursor. */
  readonly as: string;
}

/** How dead letters are handed out again; see `RedriveOptions`. */
export interface RedriveRequest extends DeadLetterRequest {
  readonly dryRun?: boolean;
  /** Such as `50/s`: by a durable job at this pace. Default: all at once. */
  readonly rate?: string;
  /** For a job: one that was redriven so often over its life is left where it is. Default 5. */
  readonly redrivesMax?: number;
  /** For a job: who asks, for the audit. */
  readonly by?: string;
}

/**
 * Topics are named by their name, consumers by `topic/subscription`, or by the subscription alone where only one topic has it.
 * Common errors: TUTTI_TOPIC_NOT_FOUND, TUTTI_SUBSCRIPTION_NOT_FOUND.
 */
export interface TopicClient {
  /** Publishes an event. @throws TUTTI_EVENT_*, TUTTI_INPUT_INVALID: nothing was published. */
  publishEvent(topic: string, event: EventRequest): Promise<Published>;
  /** Every topic this engine has the declaration of. */
  listTopics(): Promise<readonly TopicView[]>;
  showTopic(topic: string): Promise<TopicView>;
  /** Events of one partition in order. @throws TUTTI_OFFSET_OUT_OF_RANGE, TUTTI_OPTION_INVALID */
  readEvents(topic: string, query?: EventQuery): Promise<EventPage>;
  /**
   * Events of one partition in order, as lines of an archive: CloudEvents in JSON, data and version as they were written.
   * @throws TUTTI_OFFSET_OUT_OF_RANGE, TUTTI_OPTION_INVALID
   */
  readArchive(topic: string, query?: ArchiveQuery): Promise<ArchivePage>;
  /** Which lines of an archive could not be published, and why; nothing is. @throws TUTTI_OPTION_INVALID */
  checkArchive(topic: string, lines: ArchiveLines): Promise<CheckedLines>;
  /**
   * Publishes lines of an archive that were not published under its name before, all or none. After a crash the same call
   * finds out what is there. Without lines it tells which come next.
   * @throws TUTTI_OPTION_INVALID when lines before these are missing: nothing was published.
   */
  importArchive(topic: string, chunk: ArchiveChunk): Promise<ImportedChunk>;
  /** Which subscriptions an event would reach, and for the others the first clause that fails; nothing is published. */
  explainEvent(topic: string, event: EventRequest): Promise<Readonly<Record<string, Explanation>>>;
  listConsumers(): Promise<readonly ConsumerView[]>;
  showConsumer(consumer: string): Promise<ConsumerView>;
  /** No handler is begun any more, by any worker. */
  pauseConsumer(consumer: string): Promise<ConsumerView>;
  resumeConsumer(consumer: string): Promise<ConsumerView>;
  /** Moves the position: to an offset, `tip`, `oldest` or an instant. @throws TUTTI_OFFSET_OUT_OF_RANGE: nothing was moved. */
  seekConsumer(
    consumer: string,
    to: string,
    options?: { readonly dryRun?: boolean },
  ): Promise<readonly SeekReport[]>;
  /**
   * Handles a range once more under a side cursor of its own name; the live position is not touched.
   * @throws TUTTI_OFFSET_OUT_OF_RANGE, TUTTI_OPTION_INVALID, TUTTI_REQUEST_REFUSED while one of this name is there: nothing was begun.
   */
  replayConsumer(consumer: string, range: ReplayRequest): Promise<ConsumerView>;
  /** Dead letters of all consumers by cause. */
  groupDeadLetters(): Promise<readonly DeadLetterGroup[]>;
  /** Dead letters of one consumer, the oldest first. @throws TUTTI_PATTERN_INVALID */
  listDeadLetters(consumer: string, query?: DeadLetterRequest): Promise<readonly DeadLetter[]>;
  /** Hands dead letters to their consumer again. @throws TUTTI_PATTERN_INVALID, TUTTI_OPTION_INVALID: nothing was redriven. */
  redriveDeadLetters(consumer: string, request?: RedriveRequest): Promise<RedriveReport>;
  /** Redrives that go on by themselves, and the newest 100 that ended; the newest first. */
  listRedrives(): Promise<readonly RedriveView[]>;
  /** @throws TUTTI_REDRIVE_NOT_FOUND */
  showRedrive(id: string): Promise<RedriveView>;
  /** What it has redriven stays so. @throws TUTTI_REDRIVE_NOT_FOUND */
  stopRedrive(id: string): Promise<RedriveView>;
  /** Forgets dead letters. @throws TUTTI_PATTERN_INVALID: nothing was discarded. */
  discardDeadLetters(consumer: string, request?: DeadLetterRequest): Promise<{ readonly discarded: number }>;
  readTopology(): Promise<TopologyView>;
  /** What events look like that were deployed on this store: their versions, with JSON Schemas. */
  readCatalogue(): Promise<Catalogue>;
  /** Compares what somebody declares with what was deployed; nothing is entered. @throws TUTTI_INPUT_INVALID if it is no catalogue. */
  checkCatalogue(declared: Catalogue): Promise<CatalogueCheck>;
}
