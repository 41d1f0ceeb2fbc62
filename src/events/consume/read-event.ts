import { isTuttiError, TuttiError } from '../../base/tutti-error.ts';
import type { TopicRecord, PartitionName } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import { bringUpToDate } from '../model/bring-up-to-date.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { readAttributes } from '../publish/event-attributes.ts';

/**
 * The event of a record, its data parsed and brought up to the version that the code declares.
 *
 * @throws TUTTI_EVENT_INVALID when the record cannot be understood, TUTTI_EVENT_TOO_NEW when newer code wrote it; its bytes are
 *   still there.
 */
export function readEvent(
  record: TopicRecord,
  place: PartitionName,
  settings: Pick<TopicSettings, 'events' | 'compatibility'>,
): PublishedEvent {
  try {
    const definition = settings.events.get(record.type);
    const attributes = readAttributes(record);
    const [topic, partition, offset] = attributes.o ?? [place.topic, place.partition, record.offset];
    const written = attributes.v ?? 1;
    return {
      id: record.id,
      type: record.type,
      source: attributes.s ?? 'tutti',
      subject: attributes.j ?? null,
      time: instantText(record.time),
      key: record.key,
      version: Math.max(written, definition?.version ?? written),
      data: bringUpToDate(JSON.parse(record.data.toString()), written, { definition, settings }),
      headers: attributes.x ?? noHeaders,
      topic,
      partition,
      offset,
      correlationId: attributes.c ?? record.id,
      causationId: attributes.a ?? null,
      hops: attributes.h ?? 0,
      traceparent: attributes.t ?? null,
      expiresAt: attributes.e === undefined ? null : new Date(attributes.e).toISOString(),
      priority: attributes.p ?? 0,
    };
  } catch (error) {
    throw unreadable(record, place, error);
  }
}

function unreadable(record: TopicRecord, place: PartitionName, error: unknown): TuttiError {
  const reason = isTuttiError(error) ? error.message : String(error);
  const isTooNew = isTuttiError(error) && error.code === 'TUTTI_EVENT_TOO_NEW';
  return new TuttiError(
    isTooNew ? 'TUTTI_EVENT_TOO_NEW' : 'TUTTI_EVENT_INVALID',
    `Event "${record.id}" of type "${record.type}" at offset ${record.offset} of topic "${place.topic}" cannot be read: ${reason}`,
    { cause: error },
  );
}

let lastTime = Number.NaN;
let lastText = '';

/** Events that lie together were often made in one millisecond; writing the date costs as much as all the rest. */
function instantText(time: number): string {
  if (time !== lastTime) {
    lastText = new Date(time).toISOString();
    lastTime = time;
  }
  return lastText;
}

const noHeaders: Readonly<Record<string, string>> = {};
