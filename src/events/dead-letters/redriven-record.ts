import { encodeRecord } from '../../engine/index.ts';
import type { EventAttributesRecord } from '../publish/event-attributes.ts';
import type { DeadLetter, RedriveOptions } from './dead-letter.ts';

/**
 * Whether a dead letter can be handed out again: its attributes must be understood, since the record is written with more of them,
 * and its data if it is to be edited. Data that is only handed on may be any bytes: newer code may understand them.
 */
export function canRedrive(letter: DeadLetter, edit?: RedriveOptions['edit']): boolean {
  if (letter.attributes !== '' && !isJson(letter.attributes)) return false;
  return edit === undefined || (!letter.isBinary && isJson(letter.data));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The record of a dead letter that is handed out again. The event keeps its identity: handlers see where it was first, and
 * the same idempotency key. The record also counts how often that was done, and names the job that did it. To be asked for
 * only if `canRedrive`.
 */
export function redrivenRecord(
  letter: DeadLetter,
  job: string | null,
  edit?: RedriveOptions['edit'],
): Uint8Array {
  const kept = letter.isBinary ? Buffer.from(letter.data, 'base64') : letter.data;
  const data = edit === undefined ? kept : JSON.stringify(edit(JSON.parse(String(kept))));
  const stored = letter.attributes === '' ? {} : (JSON.parse(letter.attributes) as EventAttributesRecord);
  const attributes: EventAttributesRecord = {
    ...stored,
    o: [letter.topic, letter.partition, letter.offset],
    r: [(letter.redrives ?? 0) + 1, job],
  };
  return encodeRecord({
    type: letter.type,
    id: letter.eventId,
    key: letter.key,
    time: letter.time,
    attributes: JSON.stringify(attributes),
    data,
  });
}
