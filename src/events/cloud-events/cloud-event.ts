/** Events as CloudEvents 1.0, https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md, and back. */
import { parseJsonText } from '../../base/json-text.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { NewEvent, PublishedEvent } from '../model/event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import type { Origin } from '../publish/event-attributes.ts';

/** A CloudEvent in JSON: its attributes, its extensions, and `data`. */
export type CloudEvent = Readonly<Record<string, unknown>>;

/** A CloudEvent, checked and turned into what a topic takes. */
export interface ArrivedEvent {
  readonly event: NewEvent;
  /** Undefined: the topic's key. */
  readonly key: string | undefined;
  /** Undefined: the topic's priority. */
  readonly priority: number | undefined;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
  /** Null when the event says nothing of what led to it. */
  readonly origin: Origin | null;
}

/** Attributes that have a place of their own in an event; every other one becomes a header. */
const placed: ReadonlySet<string> = new Set([
  ...['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype', 'data', 'data_base64'],
  ...['partitionkey', 'expirytime', 'traceparent', 'correlationid', 'causationid', 'hops', 'dataversion'],
]);

const attributeName = /^[a-z0-9]+$/;

/**
 * Reads a CloudEvent for a topic. Extensions without a place of their own become headers, numbers and truth values as text.
 *
 * @throws TUTTI_EVENT_INVALID naming the attribute, what was expected and what was got.
 */
export function fromCloudEvent(topic: TopicSettings, given: unknown): ArrivedEvent {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid('it is no JSON object');
  const cloudEvent: CloudEvent = { ...given };
  const text = (name: string): string | undefined => textOf(cloudEvent, name);
  if (cloudEvent['specversion'] !== '1.0')
    throw invalid(`its specversion is ${shown(cloudEvent['specversion'])}; expected "1.0"`);
  const id = required(cloudEvent, 'id');
  const type = required(cloudEvent, 'type');
  const source = required(cloudEvent, 'source');
  const subject = text('subject');
  const time = instant(cloudEvent, 'time');
  const data = dataOf(cloudEvent);
  const headers = headersOf(cloudEvent, topic);
  return {
    event: {
      id,
      type,
      source,
      version: versionOf(topic, type, text('dataversion')),
      data,
      ...(subject === undefined ? {} : { subject }),
      ...(time === null ? {} : { time }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    },
    key: text('partitionkey'),
    priority: topic.priority === null ? undefined : priorityOf(text('priority')),
    expiresAt: instant(cloudEvent, 'expirytime'),
    origin: originOf(cloudEvent, id),
  };
}

/** The CloudEvent of an event. `sequence` is the one it came with, or else its offset, of a width that sorts. */
export function toCloudEvent(event: PublishedEvent): CloudEvent {
  const cloudEvent: Record<string, unknown> = {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    time: event.time,
    datacontenttype: 'application/json',
    ...optional('subject', event.subject),
    ...optional('partitionkey', event.key),
    ...optional('causationid', event.causationId),
    ...optional('traceparent', event.traceparent),
    ...optional('expirytime', event.expiresAt),
    correlationid: event.correlationId,
    ...(event.hops === 0 ? {} : { hops: event.hops }),
    ...(event.priority === 0 ? {} : { priority: event.priority }),
    ...(event.version === 1 ? {} : { dataversion: event.version }),
    sequence: String(event.offset).padStart(16, '0'),
  };
  const taken = new Set(Object.keys(cloudEvent).filter((name) => name !== 'sequence'));
  for (const [header, value] of Object.entries(event.headers)) {
    // CloudEvents allow no other characters in a name; a header of the publisher's own may have them.
    const name = header.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    if (name !== '' && name !== 'data' && !taken.has(name)) cloudEvent[name] = value;
  }
  return { ...cloudEvent, data: event.data };
}

function optional(name: string, value: string | null): Record<string, unknown> {
  return value === null ? {} : { [name]: value };
}

function textOf(cloudEvent: CloudEvent, name: string): string | undefined {
  const value = cloudEvent[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value;
  throw invalid(`its ${name} is ${shown(value)}; expected a text`);
}

function required(cloudEvent: CloudEvent, name: string): string {
  const value = cloudEvent[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`its ${name} is ${shown(value)}; expected a text that is not empty`);
}

/** RFC 3339, section 5.6. */
const timestamp = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function instant(cloudEvent: CloudEvent, name: string): number | null {
  const value = textOf(cloudEvent, name);
  if (value === undefined) return null;
  const time = timestamp.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw invalid(`its ${name} is ${shown(value)}; expected RFC 3339, such as "2026-12-01T09:00:00Z"`);
}

/** Events hold JSON: as `data`, or as the bytes of a JSON text in `data_base64`. */
function dataOf(cloudEvent: CloudEvent): unknown {
  const contentType = textOf(cloudEvent, 'datacontenttype') ?? 'application/json';
  if (!/^[\w.+-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType))
    throw invalid(`its datacontenttype is ${shown(contentType)}; expected application/json`);
  const bytes = textOf(cloudEvent, 'data_base64');
  if (bytes === undefined) return cloudEvent['data'] ?? null;
  if (cloudEvent['data'] !== undefined) throw invalid('it has data and data_base64; expected one of them');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(bytes))
    throw invalid('its data_base64 is no Base64 (RFC 4648, section 4)');
  return parseJsonText(Buffer.from(bytes, 'base64').toString('utf8'), 'The data_base64 of the CloudEvent');
}

function versionOf(topic: TopicSettings, type: string, given: string | undefined): number {
  const version = topic.events.get(type)?.version ?? 1;
  if (given === undefined) return version;
  if (/^[1-9]\d{0,8}$/.test(given) && Number(given) <= version) return Number(given);
  throw invalid(
    `its dataversion is ${shown(given)}; topic "${topic.name}" declares ${version}, and takes that or an older one`,
  );
}

/** Topics without priorities know the attribute as any other extension. */
function priorityOf(given: string | undefined): number | undefined {
  if (given === undefined || /^\d$/.test(given)) return given === undefined ? undefined : Number(given);
  throw invalid(`its priority is ${shown(given)}; expected a whole number from 0 to 9`);
}

function headersOf(cloudEvent: CloudEvent, { priority }: TopicSettings): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(cloudEvent)) {
    if (placed.has(name) || (name === 'priority' && priority !== null)) continue;
    if (!attributeName.test(name))
      throw invalid(`it has an attribute ${shown(name)}; expected lower-case letters and digits`);
    const value = textOf(cloudEvent, name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

function originOf(cloudEvent: CloudEvent, id: string): Origin | null {
  const [correlationId, causationId, traceparent, hops] = [
    textOf(cloudEvent, 'correlationid'),
    textOf(cloudEvent, 'causationid'),
    textOf(cloudEvent, 'traceparent'),
    textOf(cloudEvent, 'hops'),
  ];
  if (hops !== undefined && !/^\d{1,6}$/.test(hops))
    throw invalid(`its hops is ${shown(hops)}; expected a whole number`);
  if ([correlationId, causationId, traceparent, hops].every((part) => part === undefined)) return null;
  return {
    correlationId: correlationId ?? id,
    causationId: causationId ?? null,
    hops: Number(hops ?? 0),
    traceparent: traceparent ?? null,
  };
}

function shown(value: unknown): string {
  return value === undefined ? 'absent' : (JSON.stringify(value) ?? typeof value).slice(0, 100);
}

function invalid(fault: string): TuttiError {
  return new TuttiError('TUTTI_EVENT_INVALID', `The CloudEvent cannot be published: ${fault}.`);
}
