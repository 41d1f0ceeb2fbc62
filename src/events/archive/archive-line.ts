/**
 * One event as one line of an archive: a CloudEvent 1.0 in JSON, with extension attributes of our own for what CloudEvents
 * have no place for. Whoever knows CloudEvents can read it; `readArchiveLine` loses nothing.
 *
 * `tuttitopic`, `tuttipartition`, `tuttioffset`: where the event was. `tuttipriority`: how urgent, if it was.
 * `tuttiheaders`: its headers as the text of a JSON object, since names of attributes may hold lower-case letters and digits
 * alone. A line without `tuttioffset` is from elsewhere.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import type { PartitionName, TopicRecord } from '../../engine/index.ts';
import { fromCloudEvent, toCloudEvent } from '../cloud-events/cloud-event.ts';
import { readEvent } from '../consume/read-event.ts';
import type { NewEvent } from '../model/event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { unknownEvent } from '../model/unknown-event.ts';
import type { Origin } from '../publish/event-attributes.ts';

/** An event as its line tells it. */
export interface ArchivedEvent {
  /** In the version it was written in; its id and time are always there for a line of ours. */
  readonly event: NewEvent;
  /** Undefined: the topic's key. A line of ours always says: null for none. */
  readonly key: string | null | undefined;
  /** Undefined: the topic's. */
  readonly priority: number | undefined;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
  /** Null when the line says nothing of what led to the event. */
  readonly origin: Origin | null;
  /** Whether an export wrote the line: then its data is what a schema gave once, not what one was given. */
  readonly isExported: boolean;
}

/** Without declared events nothing is brought up to a newer version. */
const asWritten: Parameters<typeof readEvent>[2] = { events: new Map(), compatibility: 'none' };

/**
 * The line of a record, without its end: data and version as they were written.
 *
 * @throws TUTTI_EVENT_INVALID when the record cannot be understood.
 */
export function writeArchiveLine(record: TopicRecord, place: PartitionName): string {
  const event = readEvent(record, place, asWritten);
  const hasHeaders = Object.keys(event.headers).length > 0;
  return JSON.stringify({
    ...toCloudEvent(event),
    tuttitopic: place.topic,
    tuttipartition: place.partition,
    tuttioffset: record.offset,
    ...(event.priority === 0 ? {} : { tuttipriority: event.priority }),
    ...(hasHeaders ? { tuttiheaders: JSON.stringify(event.headers) } : {}),
  });
}

/**
 * Reads a line for a topic. The event's data is not checked here.
 *
 * @throws TUTTI_EVENT_INVALID, TUTTI_EVENT_UNKNOWN
 */
export function readArchiveLine(topic: TopicSettings, line: string): ArchivedEvent {
  const given = parse(line);
  if (given['tuttioffset'] === undefined) return { ...fromCloudEvent(topic, given), isExported: false };
  // The version is judged by what the archive may hold, not by what a publisher may send.
  const { dataversion, tuttiheaders, tuttipriority = 0, priority: _shown, ...rest } = given;
  const { event, key, expiresAt, origin } = fromCloudEvent(topic, rest);
  const { headers: _extensions, ...plain } = event;
  const headers = tuttiheaders === undefined ? undefined : parseHeaders(tuttiheaders);
  const version = versionOf(topic, event.type, dataversion);
  return {
    event: { ...plain, version, ...(headers === undefined ? {} : { headers }) },
    key: key ?? null,
    priority: Number(tuttipriority),
    expiresAt,
    origin,
    isExported: true,
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(`it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(`it is ${value === null ? 'null' : `a JSON ${typeof value}`}; expected a CloudEvent`);
}

function parseHeaders(text: unknown): Readonly<Record<string, string>> {
  try {
    const headers: unknown = JSON.parse(String(text));
    if (typeof headers === 'object' && headers !== null && !Array.isArray(headers)) {
      return headers as Readonly<Record<string, string>>;
    }
  } catch {
    // Told below like everything else that is no object.
  }
  throw invalid(`its tuttiheaders is ${JSON.stringify(text)}; expected the text of a JSON object`);
}

function versionOf(topic: TopicSettings, type: string, given: unknown): number {
  const declared = topic.events.get(type)?.version;
  if (declared === undefined) throw unknownEvent(topic, type);
  const version = given === undefined ? 1 : Number(given);
  if (Number.isSafeInteger(version) && version >= 1 && version <= declared) return version;
  throw invalid(
    `its dataversion is ${JSON.stringify(given)}; topic "${topic.name}" knows versions 1 to ${declared}`,
  );
}

function invalid(fault: string, cause?: unknown): TuttiError {
  return new TuttiError('TUTTI_EVENT_INVALID', `A line of an archive cannot be published: ${fault}.`, {
    ...(cause === undefined ? {} : { cause }),
  });
}
