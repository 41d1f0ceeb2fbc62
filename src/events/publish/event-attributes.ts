import type { TopicRecord } from '../../engine/index.ts';

/** What an event's cause hands on to it. */
export interface Origin {
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly hops: number;
  readonly traceparent: string | null;
}

/** What a record says of its event beside type, id, key, time and data. Short names: every record carries them. */
export interface EventAttributesRecord {
  /** source */
  readonly s?: string;
  /** subject */
  readonly j?: string;
  /** schema version of the data, if not 1 */
  readonly v?: number;
  /** correlation id, if not the event's own id */
  readonly c?: string;
  /** causation id */
  readonly a?: string;
  /** hops, if not 0 */
  readonly h?: number;
  /** traceparent */
  readonly t?: string;
  /** headers */
  readonly x?: Readonly<Record<string, string>>;
  /** priority, if not 0 */
  readonly p?: number;
  /** when it expires, milliseconds since the epoch */
  readonly e?: number;
  /** where it was first, if it was put here again: topic, partition, offset */
  readonly o?: readonly [topic: string, partition: number, offset: number];
  /** how often it was redriven, and by which job last */
  readonly r?: readonly [redrives: number, job: string | null];
}

const nothing: EventAttributesRecord = {};

/** The attributes of a record; empty for most. @throws SyntaxError when they are no JSON. */
export function readAttributes(record: TopicRecord): EventAttributesRecord {
  return record.attributes === '' ? nothing : (JSON.parse(record.attributes) as EventAttributesRecord);
}

/** The text for a record. */
export function writeAttributes(attributes: EventAttributesRecord): string {
  for (const _ in attributes) return JSON.stringify(attributes);
  return '';
}
