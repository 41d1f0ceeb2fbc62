import { TuttiError } from '../../base/tutti-error.ts';
import type { TopicRecord, PartitionName } from '../../engine/index.ts';
import type { EventDefinition, PublishedEvent } from '../model/event.ts';
import { readAttributes } from '../publish/event-attributes.ts';

/**
 * The event of a record, its data parsed and brought up to the version that the code declares.
 *
 * @throws TUTTI_EVENT_INVALID when the record cannot be understood; its bytes are still there.
 */
export function readEvent(
  record: TopicRecord,
  place: PartitionName,
  definition: EventDefinition | undefined,
): PublishedEvent {
  try {
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
      data: upcast(JSON.parse(record.data.toString()), written, definition),
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
    throw new TuttiError(
      'TUTTI_EVENT_INVALID',
      `Event "${record.id}" of type "${record.type}" at offset ${record.offset} of topic "${place.topic}" cannot be read: ${String(error)}`,
      { cause: error },
    );
  }
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

/** Data of the version it was written in, brought up to the declared one. Throws what an upcaster throws. */
export function upcast(data: unknown, written: number, definition: EventDefinition | undefined): unknown {
  if (definition === undefined) return data;
  let current = data;
  for (let version = written; version < definition.version; version += 1) {
    const step = definition.upcasters[version];
    // Without upcasters the versions are compatible as they are; the registry's check has said so.
    if (step !== undefined) current = step(current);
  }
  return current;
}
