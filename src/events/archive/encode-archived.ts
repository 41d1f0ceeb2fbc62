import { createHash } from 'node:crypto';
import { TuttiError } from '../../base/tutti-error.ts';
import { upcast } from '../model/bring-up-to-date.ts';
import type { NewEvent } from '../model/event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { unknownEvent } from '../model/unknown-event.ts';
import { checkData, encodeChecked, type EncodedEvent } from '../publish/encode-event.ts';
import type { ImportOptions } from './archive-chunk.ts';
import type { ArchivedEvent } from './archive-line.ts';

/** Where an archived event comes from, and when it is published. */
export interface ImportPlace {
  readonly archive: string;
  readonly line: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Checks and encodes an archived event. What an export wrote is checked as it would be read now, brought up to the declared
 * version, and stored as it is: it went through its schema when it was published first.
 *
 * @throws TUTTI_EVENT_*, TUTTI_INPUT_INVALID
 */
export async function encodeArchived(
  topic: TopicSettings,
  archived: ArchivedEvent,
  options: ImportOptions,
  place: ImportPlace,
): Promise<EncodedEvent> {
  const { key, priority, origin } = archived;
  const event = { ...archived.event, data: await checkedData(topic, archived, options) };
  const id = String(event.id);
  const { time, ...timeless } = event;
  const published: NewEvent = {
    ...timeless,
    ...(time === undefined || options.times === 'new' ? {} : { time }),
    ...(options.ids === 'new' ? { id: newIdOf(place) } : {}),
  };
  return encodeChecked(topic, published, {
    now: place.now,
    id,
    origin,
    ttlMs: ttlOf(topic, archived, options, place.now),
    ...(key === undefined ? {} : { key }),
    ...(priority === undefined ? {} : { priority }),
  });
}

async function checkedData(
  topic: TopicSettings,
  { event, isExported }: ArchivedEvent,
  { unchecked = false }: ImportOptions,
): Promise<unknown> {
  const { id, type, version, data } = event;
  const definition = topic.events.get(type);
  if (definition === undefined) throw unknownEvent(topic, type);
  const { schema } = definition;
  if (schema === undefined || unchecked) return data;
  const what = `the data of event "${id}"`;
  if (!isExported) {
    const checked = checkData(schema, data, what);
    return checked instanceof Promise ? checked : checked.data;
  }
  let current: unknown;
  try {
    current = upcast(data, version, definition);
  } catch (cause) {
    const fault = `Event "${id}" of version ${version} cannot be brought up to version ${definition.version}: ${String(cause)}`;
    throw new TuttiError('TUTTI_EVENT_INVALID', fault, { cause });
  }
  await checkData(schema, current, what);
  return data;
}

/** The same in every try, so that a repeated chunk is the same records. */
function newIdOf({ archive, line }: ImportPlace): string {
  return createHash('sha256').update(`${archive}/${line}`).digest('hex').slice(0, 32);
}

/** An event that kept its time keeps when it expires, also if that is past: nobody would have been given it either. */
function ttlOf(
  topic: TopicSettings,
  { expiresAt, isExported }: ArchivedEvent,
  { times = 'keep' }: ImportOptions,
  now: number,
): number | null {
  if (times === 'new') return topic.ttlMs;
  if (expiresAt !== null) return expiresAt - now;
  return isExported ? null : topic.ttlMs;
}
