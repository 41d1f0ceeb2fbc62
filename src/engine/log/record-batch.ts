/**
 * A batch: the records of one partition that one transaction wrote, one row of the store. It is what is written, read,
 * cached, dropped and rewritten, never a part of it.
 *
 * Layout, little-endian, before the records:
 *   0  u16  0x5442    2  u8  version, 1    3  u8  0
 *   4  u32  how many records
 *   8  u32  CRC-32 of everything from byte 12 on
 *  12  u32  offset of the last record minus that of the first
 */
import { crc32 } from 'node:zlib';
import { TuttiError } from '../../base/tutti-error.ts';
import { offsetDelta, recordLength, recordType, setOffsetDelta } from './record.ts';

/** A batch as the store keeps it. Offsets inside are dense unless records were compacted away. */
export interface StoredBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** How many records it holds. */
  readonly count: number;
  /** The latest time at which one of its records was appended; milliseconds since the epoch. */
  readonly appendedAt: number;
  /** Bits of the types it holds, see {@link typeBit}. */
  readonly types: number;
  readonly bytes: Uint8Array;
}

const magic = 0x5442;
const version = 1;
const headBytes = 16;
const checkedFrom = 12;

/** A record to be put into a batch, and its offset. */
export interface PlacedRecord {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** The bytes of a batch. Records are copied, and their offsets set; at least one, offsets growing. */
export function encodeBatch(records: readonly PlacedRecord[]): Buffer {
  let length = headBytes;
  for (const record of records) length += record.bytes.length;
  const bytes = Buffer.allocUnsafe(length);
  const baseOffset = records[0]?.offset ?? 0;
  let position = headBytes;
  for (const record of records) {
    bytes.set(record.bytes, position);
    setOffsetDelta(bytes, position, record.offset - baseOffset);
    position += record.bytes.length;
  }
  bytes.writeUInt16LE(magic, 0);
  bytes.writeUInt8(version, 2);
  bytes.writeUInt8(0, 3);
  bytes.writeUInt32LE(records.length, 4);
  bytes.writeUInt32LE((records.at(-1)?.offset ?? 0) - baseOffset, 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(checkedFrom)), 8);
  return bytes;
}

/**
 * Where each record of a batch starts. Checks everything first: a batch that was changed on disk is never half read.
 *
 * @throws TUTTI_STORE_FAILED when the bytes are not those that were written.
 */
export function recordStarts(batch: StoredBatch): readonly number[] {
  const bytes = asBuffer(batch.bytes);
  if (bytes.length < headBytes || bytes.readUInt16LE(0) !== magic || bytes.readUInt8(2) !== version) {
    throw damaged(batch, 'it does not begin as a batch does');
  }
  if (bytes.readUInt32LE(8) !== crc32(bytes.subarray(checkedFrom)))
    throw damaged(batch, 'its checksum differs');
  const count = bytes.readUInt32LE(4);
  const starts: number[] = [];
  let position = headBytes;
  while (position < bytes.length) {
    starts.push(position);
    position += recordLength(bytes, position);
  }
  if (starts.length !== count || position !== bytes.length) throw damaged(batch, 'its records do not add up');
  return starts;
}

/** The records of a batch with their offsets, for writing them into another one. */
export function placedRecords(batch: StoredBatch): readonly PlacedRecord[] {
  const bytes = asBuffer(batch.bytes);
  return recordStarts(batch).map((start) => ({
    bytes: bytes.subarray(start, start + recordLength(bytes, start)),
    offset: batch.baseOffset + offsetDelta(bytes, start),
  }));
}

/** A view of the same bytes. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A batch of records that belong together; `appendedAt` as in {@link StoredBatch}. */
export function composeBatch(records: readonly PlacedRecord[], appendedAt: number): StoredBatch {
  let types = 0;
  for (const record of records) types |= typeBit(recordType(asBuffer(record.bytes), 0));
  return {
    baseOffset: records[0]?.offset ?? 0,
    lastOffset: records.at(-1)?.offset ?? 0,
    count: records.length,
    appendedAt,
    types,
    bytes: encodeBatch(records),
  };
}

const knownBits = new Map<string, number>();
/** Beyond this the memory of types is forgotten: they may come from outside. */
const knownBitsMax = 10_000;

/**
 * One of 31 bits for a type of event (by FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/). A batch carries the bits of
 * its types: a reader that wants other bits can leave it unread. Two types may share a bit; that costs a look, no event.
 */
export function typeBit(type: string): number {
  const known = knownBits.get(type);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let i = 0; i < type.length; i += 1) hash = Math.imul(hash ^ type.charCodeAt(i), 0x01000193);
  const bit = 1 << ((hash >>> 0) % 31);
  if (knownBits.size >= knownBitsMax) knownBits.clear();
  knownBits.set(type, bit);
  return bit;
}

/** The bits of all types: a reader that wants everything. */
export const allTypes = 0x7fffffff;

function damaged(batch: StoredBatch, how: string): TuttiError {
  return new TuttiError(
    'TUTTI_STORE_FAILED',
    `The batch at offset ${batch.baseOffset} is damaged: ${how}. Its events cannot be read.`,
    { details: { baseOffset: batch.baseOffset, lastOffset: batch.lastOffset } },
  );
}
