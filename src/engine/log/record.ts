/**
 * One event on its way into a topic and out again, as bytes. Publishing encodes it once; batches carry those bytes
 * unchanged, whatever transaction they end up in, and reading does not parse the data before somebody needs it.
 *
 * Layout, little-endian:
 *   0  u32  length of what follows this field
 *   4  u32  offset minus the base offset of its batch; written when the batch is composed
 *   8  f64  time of the event, milliseconds since the epoch
 *  16  u16  bytes of the type        18  u16  bytes of the id
 *  20  i32  bytes of the key, -1 for none
 *  24  u32  bytes of the attributes
 *  28  type, id, key, attributes (JSON, may be empty), data (JSON) to the end
 */
import { TuttiError } from '../../base/tutti-error.ts';

/** The parts of a record. Texts are stored as UTF-8. */
export interface RecordParts {
  /** At most 65,535 bytes. */
  readonly type: string;
  /** At most 65,535 bytes. */
  readonly id: string;
  readonly key: string | null;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** What else is known of the event, as JSON; empty for nothing. */
  readonly attributes: string;
  /** The event's data, as JSON. Bytes are stored as they are. */
  readonly data: string | Uint8Array;
}

/** A record that was stored. */
export interface TopicRecord {
  readonly offset: number;
  readonly type: string;
  readonly id: string;
  readonly key: string | null;
  readonly time: number;
  readonly attributes: string;
  /** A view into the batch; copy it to keep it. */
  readonly data: Buffer;
}

/** Bytes before the texts. */
const headBytes = 28;

/** The bytes of a record, its offset not yet set. */
export function encodeRecord(parts: RecordParts): Buffer {
  const { type, id, key, time, attributes, data } = parts;
  const typeBytes = Buffer.byteLength(type);
  const idBytes = Buffer.byteLength(id);
  const keyBytes = key === null ? -1 : Buffer.byteLength(key);
  const attributesBytes = attributes === '' ? 0 : Buffer.byteLength(attributes);
  const dataBytes = typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
  const length = headBytes + typeBytes + idBytes + Math.max(0, keyBytes) + attributesBytes + dataBytes;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(length - 4, 0);
  bytes.writeUInt32LE(0, 4);
  bytes.writeDoubleLE(time, 8);
  bytes.writeUInt16LE(typeBytes, 16);
  bytes.writeUInt16LE(idBytes, 18);
  bytes.writeInt32LE(keyBytes, 20);
  bytes.writeUInt32LE(attributesBytes, 24);
  let end = headBytes;
  end += bytes.write(type, end);
  end += bytes.write(id, end);
  if (key !== null) end += bytes.write(key, end);
  if (attributesBytes > 0) end += bytes.write(attributes, end);
  if (typeof data === 'string') bytes.write(data, end);
  else bytes.set(data, end);
  return bytes;
}

/** Bytes of the record that starts at `start`, its length field included. */
export function recordLength(bytes: Buffer, start: number): number {
  return 4 + bytes.readUInt32LE(start);
}

/** Sets how far the record's offset lies behind the first one of its batch. */
export function setOffsetDelta(bytes: Uint8Array, start: number, delta: number): void {
  bytes[start + 4] = delta & 255;
  bytes[start + 5] = (delta >>> 8) & 255;
  bytes[start + 6] = (delta >>> 16) & 255;
  bytes[start + 7] = delta >>> 24;
}

/** How far the record's offset lies behind the first one of its batch. */
export function offsetDelta(bytes: Buffer, start: number): number {
  return bytes.readUInt32LE(start + 4);
}

/** The type of a record alone: enough to skip it. */
export function recordType(bytes: Buffer, start: number): string {
  return typeText(bytes, start + headBytes, start + headBytes + bytes.readUInt16LE(start + 16));
}

/** @throws TUTTI_STORE_FAILED when the lengths contradict each other. */
export function decodeRecord(bytes: Buffer, start: number, baseOffset: number): TopicRecord {
  const end = start + recordLength(bytes, start);
  const typeEnd = start + headBytes + bytes.readUInt16LE(start + 16);
  const idEnd = typeEnd + bytes.readUInt16LE(start + 18);
  const keyBytes = bytes.readInt32LE(start + 20);
  const keyEnd = idEnd + Math.max(0, keyBytes);
  const attributesEnd = keyEnd + bytes.readUInt32LE(start + 24);
  if (end > bytes.length || attributesEnd > end) {
    throw new TuttiError('TUTTI_STORE_FAILED', `A record behind offset ${baseOffset} is torn.`);
  }
  return {
    offset: baseOffset + offsetDelta(bytes, start),
    type: typeText(bytes, start + headBytes, typeEnd),
    id: bytes.toString('utf8', typeEnd, idEnd),
    key: keyBytes < 0 ? null : bytes.toString('utf8', idEnd, keyEnd),
    time: bytes.readDoubleLE(start + 8),
    attributes: keyEnd === attributesEnd ? '' : bytes.toString('utf8', keyEnd, attributesEnd),
    data: bytes.subarray(attributesEnd, end),
  };
}

/** What can be told of a record without making texts of all it has: for who passes most of them over. */
export interface RecordGlance {
  readonly offset: number;
  readonly key: string | null;
  /** Whether it says anything beside type, id, key, time and data. */
  readonly hasAttributes: boolean;
}

/** Looks at the record that begins at `start`. The batch's checksum was verified, so its lengths are those that were written. */
export function glanceAtRecord(bytes: Buffer, start: number, baseOffset: number): RecordGlance {
  const keyStart = start + headBytes + bytes.readUInt16LE(start + 16) + bytes.readUInt16LE(start + 18);
  const keyBytes = bytes.readInt32LE(start + 20);
  return {
    offset: baseOffset + offsetDelta(bytes, start),
    key: keyBytes < 0 ? null : bytes.toString('utf8', keyStart, keyStart + keyBytes),
    hasAttributes: bytes.readUInt32LE(start + 24) > 0,
  };
}

let lastType = '';
let lastTypeBytes: Uint8Array = Buffer.alloc(0);

/** Most records of a batch are of one type: comparing bytes costs a fraction of making a text of them. */
function typeText(bytes: Buffer, start: number, end: number): string {
  if (end - start !== lastTypeBytes.length || !isSame(bytes, start)) {
    lastType = bytes.toString('utf8', start, end);
    lastTypeBytes = Uint8Array.prototype.slice.call(bytes, start, end);
  }
  return lastType;
}

function isSame(bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < lastTypeBytes.length; i += 1) if (bytes[start + i] !== lastTypeBytes[i]) return false;
  return true;
}
