import type { StandardSchema } from '../../base/standard-schema.ts';
import { accepted } from '../../base/standard-schema.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeRecord, type RecordDraft } from '../../engine/index.ts';
import { upcast } from '../model/bring-up-to-date.ts';
import type { EventDefinition, NewEvent, PublishedEvent } from '../model/event.ts';
import { resolveInstant } from '../model/resolve-time.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { unknownEvent } from '../model/unknown-event.ts';
import { writeAttributes, type Origin } from './event-attributes.ts';
import { partitionOf } from './partition-of.ts';

/** An event ready to be appended. */
export interface EncodedEvent {
  readonly id: string;
  readonly key: string | null;
  readonly partition: number;
  readonly draft: RecordDraft;
}

/** What surrounds an event that is being published. */
export interface EncodingPlace {
  readonly now: number;
  /** Used if the event brings none. */
  readonly id: string;
  /** Null for a first cause. */
  readonly origin: Origin | null;
  /** Replaces the topic's key. */
  readonly key?: string | null;
  /** Replaces the topic's priority. */
  readonly priority?: number;
  /** Milliseconds; null for no end. */
  readonly ttlMs: number | null;
}

const defaultSource = 'tutti';

/**
 * Checks an event against its topic and encodes it. A promise only if the schema checks asynchronously.
 *
 * @throws TUTTI_EVENT_UNKNOWN, TUTTI_EVENT_TOO_NEW, TUTTI_INPUT_INVALID, TUTTI_EVENT_INVALID, TUTTI_EVENT_TOO_LARGE, TUTTI_EVENT_LOOP
 */
export function encodeEvent(
  topic: TopicSettings,
  given: NewEvent,
  place: EncodingPlace,
): EncodedEvent | Promise<EncodedEvent> {
  const definition = topic.events.get(given.type);
  if (definition === undefined) throw unknownEvent(topic, given.type);
  const event = given.version === definition.version ? given : ofDeclaredVersion(topic, given, definition);
  const { schema } = definition;
  if (schema === undefined) return encodeChecked(topic, event, place);
  const result = checkData(schema, event.data, `the data of event "${event.type}"`);
  if (result instanceof Promise)
    return result.then((data) => encodeChecked(topic, { ...event, data }, place));
  return encodeChecked(topic, { ...event, data: result.data }, place);
}

/** Publishers that are older than the topic's code are understood; what they publish is stored in the declared version. */
function ofDeclaredVersion(
  topic: TopicSettings,
  event: NewEvent,
  { version, upcasters }: EventDefinition,
): NewEvent {
  if (!(event.version <= version)) {
    throw new TuttiError(
      'TUTTI_EVENT_TOO_NEW',
      `Event "${event.type}" is of version ${event.version}; topic "${topic.name}" declares version ${version}.`,
    );
  }
  try {
    return { ...event, version, data: upcast(event.data, event.version, { version, upcasters }) };
  } catch (error) {
    throw invalid(topic, event, `its data of version ${event.version} cannot be upcast: ${String(error)}`);
  }
}

/** The checked data, at once if the schema can. @throws TUTTI_INPUT_INVALID */
export function checkData(
  schema: StandardSchema,
  data: unknown,
  what: string,
): { readonly data: unknown } | Promise<unknown> {
  const result = schema['~standard'].validate(data);
  if (result instanceof Promise) return result.then((answer) => accepted(answer, what));
  return { data: accepted(result, what) };
}

/**
 * Encodes an event whose type and data were checked.
 *
 * @throws TUTTI_EVENT_INVALID, TUTTI_EVENT_TOO_LARGE, TUTTI_EVENT_LOOP
 */
export function encodeChecked(topic: TopicSettings, event: NewEvent, place: EncodingPlace): EncodedEvent {
  const { type } = event;
  const id = event.id ?? place.id;
  const text = JSON.stringify(event.data);
  if (text === undefined) throw invalid(topic, event, 'its data is nothing that JSON can write');
  const time = event.time === undefined ? place.now : resolveInstant(event.time, `The time of event "${id}"`);
  refuseLoop(topic, event, place.origin);
  const key = place.key === undefined ? keyOf(topic, event, id) : place.key;
  const priority = priorityOf(topic, event, place, id);
  const isBare = priority === 0 && isPlain(event, place);
  const attributes = isBare ? '' : attributesText(topic, event, { ...place, priority }, id);
  const bytes = encodeRecord({ type, id, key, time, attributes, data: text });
  if (bytes.length > topic.eventBytesMax) {
    throw new TuttiError(
      'TUTTI_EVENT_TOO_LARGE',
      `Event "${id}" has ${bytes.length} bytes; topic "${topic.name}" takes at most ${topic.eventBytesMax}.`,
      { details: { topic: topic.name, id, bytes: bytes.length } },
    );
  }
  return {
    id,
    key,
    partition: partitionOf(key ?? id, topic.partitions),
    draft: { bytes, dedupe: nameOf(topic, event, id) },
  };
}

/** Whether there is nothing to say beside type, id, key, time and data, as of most events. */
function isPlain({ version, source, subject, headers }: NewEvent, { origin, ttlMs }: EncodingPlace): boolean {
  const isFirstCause = origin === null && ttlMs === null;
  return (
    isFirstCause && version === 1 && source === undefined && subject === undefined && headers === undefined
  );
}

function attributesText(topic: TopicSettings, event: NewEvent, place: EncodingPlace, id: string): string {
  const { version, source, subject, headers } = event;
  const { origin, now, ttlMs } = place;
  return writeAttributes({
    ...(source === undefined || source === defaultSource ? {} : { s: source }),
    ...(subject === undefined ? {} : { j: subject }),
    ...(version === 1 ? {} : { v: version }),
    ...(origin === null ? {} : originAttributes(origin, id)),
    ...(headers === undefined ? {} : { x: checkHeaders(topic, event, headers) }),
    ...(ttlMs === null ? {} : { e: now + ttlMs }),
    ...(place.priority === undefined || place.priority === 0 ? {} : { p: place.priority }),
  });
}

function originAttributes(origin: Origin, id: string): Record<string, unknown> {
  const { correlationId, causationId, hops, traceparent } = origin;
  return {
    ...(correlationId === id ? {} : { c: correlationId }),
    ...(causationId === null ? {} : { a: causationId }),
    ...(hops === 0 ? {} : { h: hops }),
    ...(traceparent === null ? {} : { t: traceparent }),
  };
}

function refuseLoop(topic: TopicSettings, event: NewEvent, origin: Origin | null): void {
  if (origin === null || origin.hops <= topic.hopsMax) return;
  throw new TuttiError(
    'TUTTI_EVENT_LOOP',
    `Event "${event.type}" for topic "${topic.name}" would be number ${origin.hops} in a chain of reactions that began with ` +
      `"${origin.correlationId}"; at most ${topic.hopsMax} are allowed.`,
    {
      details: {
        topic: topic.name,
        type: event.type,
        correlationId: origin.correlationId,
        hops: origin.hops,
      },
    },
  );
}

function keyOf(topic: TopicSettings, event: NewEvent, id: string): string | null {
  if (topic.key === null) return null;
  let key: unknown;
  try {
    key = topic.key({ ...event, id } as unknown as PublishedEvent);
  } catch (error) {
    throw invalid(topic, event, `its key cannot be computed: ${String(error)}`);
  }
  if (key === null || typeof key === 'string') return key;
  throw invalid(topic, event, `its key is ${JSON.stringify(key)}; expected a text, or null for none`);
}

/** The highest priority there is. */
const priorityMax = 9;

function priorityOf(topic: TopicSettings, event: NewEvent, place: EncodingPlace, id: string): number {
  if (topic.priority === null && place.priority === undefined) return 0;
  let priority: unknown = place.priority;
  try {
    priority ??= topic.priority?.({ ...event, id } as unknown as PublishedEvent);
  } catch (error) {
    throw invalid(topic, event, `its priority cannot be computed: ${String(error)}`);
  }
  if (Number.isInteger(priority) && Number(priority) >= 0 && Number(priority) <= priorityMax) {
    return Number(priority);
  }
  throw invalid(
    topic,
    event,
    `its priority is ${JSON.stringify(priority)}; expected a whole number from 0 to ${priorityMax}`,
  );
}

function nameOf(topic: TopicSettings, event: NewEvent, id: string): string | null {
  if (topic.dedupe === null) return null;
  return topic.dedupe.by === null ? id : topic.dedupe.by({ ...event, id } as unknown as PublishedEvent);
}

function checkHeaders(
  topic: TopicSettings,
  event: NewEvent,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const wrong = Object.entries(headers).find(([, value]) => typeof value !== 'string');
  if (wrong === undefined) return headers;
  throw invalid(topic, event, `its header "${wrong[0]}" is ${JSON.stringify(wrong[1])}; expected a text`);
}

function invalid(topic: TopicSettings, event: NewEvent, fault: string): TuttiError {
  return new TuttiError(
    'TUTTI_EVENT_INVALID',
    `Event "${event.type}" cannot be published to topic "${topic.name}": ${fault}.`,
    { details: { topic: topic.name, type: event.type } },
  );
}
