import type { PatternOf } from '../../engine/index.ts';

/** An event that a subscription gave up on. */
export interface DeadLetter {
  /** Names it in `redrive` and `discard`: partition and offset. */
  readonly id: string;
  readonly topic: string;
  readonly subscription: string;
  /** The replay that gave up on it. Absent: the live subscription did. */
  readonly replay?: string;
  readonly partition: number;
  readonly offset: number;
  readonly eventId: string;
  readonly type: string;
  readonly key: string | null;
  /** When it happened; milliseconds since the epoch. */
  readonly time: number;
  /** The event's attributes as they were stored. */
  readonly attributes: string;
  /** The data as it was stored: JSON, or base64 of bytes that are none. */
  readonly data: string;
  readonly isBinary: boolean;
  readonly attempts: number;
  /** Why: the same for events that failed alike. */
  readonly cause: string;
  readonly error: string;
  /** When it was given up on; milliseconds since the epoch. */
  readonly at: number;
  /** How often it was redriven before it failed again. Absent: never. */
  readonly redrives?: number;
  /** The job that redrove it last; null when none did. */
  readonly redrivenBy?: string | null;
}

/** Which dead letters; all conditions given must hold. */
export interface DeadLetterQuery {
  /**
   * Those of the replay of this name, which are redriven under its side cursor. Default: those of the live subscription. One
   * query never means both.
   */
  readonly replay?: string;
  readonly ids?: readonly string[];
  readonly cause?: string;
  /** A pattern over the event: `{type, key, data, …}`. */
  readonly filter?: PatternOf<unknown>;
  /** Default 100; for redrive and discard all. */
  readonly limit?: number;
}

/** Which dead letters to hand out again, and how. */
export interface RedriveOptions extends DeadLetterQuery {
  /** Only tell what would be done. Default false. */
  readonly dryRun?: boolean;
  /** Changes the data of each before it is handed out; the dead letter itself is a copy and goes. */
  readonly edit?: (data: unknown) => unknown;
  /**
   * Such as `50/s`: hands them out at this pace, by a durable job that the workers go on with. Default: all at once. Not
   * together with `edit`, which is code and cannot be stored.
   */
  readonly rate?: string;
  /** For a job: one that was redriven so often over its life is left where it is. Default 5. */
  readonly redrivesMax?: number;
  /** For a job: who asks, for the audit. */
  readonly by?: string;
}

/** What a redrive did, or would do. */
export interface RedriveReport {
  readonly matched: number;
  readonly redriven: number;
  /**
   * Left where they are, because what is stored of their events cannot be understood: attributes that are no JSON, or, where there
   * is a filter or `edit`, such data. None of them counts as matched.
   */
  readonly unreadable: number;
  /** How many there are of each cause. */
  readonly causes: Readonly<Record<string, number>>;
  /** The job that does it; null when it was done at once, or only told. */
  readonly job: string | null;
}
