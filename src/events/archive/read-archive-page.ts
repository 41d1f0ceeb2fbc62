import { allTypes, type PartitionName, type Store, type TopicRecord } from '../../engine/index.ts';
import { checkPartition } from '../browse/check-partition.ts';
import { parsePosition } from '../browse/parse-position.ts';
import { PartitionLog, type ReadRecords } from '../consume/partition-log.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { positionOf } from '../runtime/positions.ts';
import { writeArchiveLine } from './archive-line.ts';
import type { ArchivePage, ArchiveQuery } from './archive-page.ts';

const linesMax = 1_000;
/** Characters of lines after which a page ends, so that a page of large events fits into memory and a request. */
const charactersMax = 1 << 20;
/** Records looked at for one page: a filter that lets little through must not hold a request for a whole log. */
const recordsMax = 20_000;

interface GatheredPage {
  readonly place: PartitionName;
  readonly end: number;
  readonly linesWanted: number;
  readonly lines: string[];
  readonly unreadable: { readonly offset: number; readonly reason: string }[];
  characters: number;
  /** Records looked at. */
  seen: number;
  next: number;
}

/**
 * One page of a partition as lines of an archive. Reads the store; changes nothing.
 *
 * @throws TUTTI_OFFSET_OUT_OF_RANGE for a partition or position that is not there, also one that retention took meanwhile;
 *   TUTTI_OPTION_INVALID
 */
export async function readArchivePage(
  store: Store,
  topic: TopicSettings,
  query: ArchiveQuery,
): Promise<ArchivePage> {
  const { partition = 0, from = 'oldest', to = 'tip', limit = linesMax } = query;
  checkPartition(topic, partition);
  const place: PartitionName = { topic: topic.name, partition };
  const end = await positionOf(store, place, parsePosition(to));
  const next = await positionOf(store, place, parsePosition(from));
  const linesWanted = Math.min(limit, linesMax);
  const page: GatheredPage = {
    place,
    end,
    linesWanted,
    lines: [],
    unreadable: [],
    characters: 0,
    seen: 0,
    next,
  };
  const log = new PartitionLog(store, place);
  while (page.next < end && page.seen < recordsMax && hasRoom(page)) {
    const before = page.next;
    gather(page, await log.read(before, allTypes), query);
    // Compacted away up to the end, or nothing there yet.
    if (page.next === before) break;
  }
  return { lines: page.lines, unreadable: page.unreadable, next: page.next, end };
}

function gather(page: GatheredPage, { records, next }: ReadRecords, { types, keys }: ArchiveQuery): void {
  for (const record of records) {
    if (record.offset >= page.end || !hasRoom(page)) return;
    page.next = record.offset + 1;
    page.seen += 1;
    const { type, key } = record;
    const isWanted = types?.includes(type) !== false && (keys === undefined || isAmong(keys, key));
    if (isWanted) take(page, record);
  }
  page.next = Math.max(page.next, Math.min(next, page.end));
}

function isAmong(keys: readonly string[], key: string | null): boolean {
  return key !== null && keys.includes(key);
}

function hasRoom({ lines, linesWanted, characters }: GatheredPage): boolean {
  return lines.length < linesWanted && characters < charactersMax;
}

function take(page: GatheredPage, record: TopicRecord): void {
  try {
    const line = writeArchiveLine(record, page.place);
    page.lines.push(line);
    page.characters += line.length;
  } catch (error) {
    page.unreadable.push({ offset: record.offset, reason: String(error) });
  }
}
