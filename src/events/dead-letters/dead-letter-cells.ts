import { toErrorRecord } from '../../base/error-record.ts';
import type { CellWrite, TopicRecord, PartitionName } from '../../engine/index.ts';
import { cursorNameOf, replayOf } from '../consume/cursor-name.ts';
import { readAttributes } from '../publish/event-attributes.ts';
import type { DeadLetter } from './dead-letter.ts';

/** Whose dead letters: a subscription's, or those of one of its replays. */
export interface DeadLetterOwner {
  readonly topic: string;
  readonly subscription: string;
  /** Name of the side cursor. Default: the live subscription. */
  readonly replay?: string | undefined;
}

/** The space of somebody's dead letters. */
export function deadLetterSpace({ topic, subscription, replay }: DeadLetterOwner): string {
  return `dead:${topic}/${cursorNameOf(subscription, replay)}`;
}

/** What is known of an event that is given up on. */
export interface Verdict {
  readonly place: PartitionName;
  readonly subscription: string;
  /** Names the cursor that gave up: the subscription, or one of its replays. */
  readonly cursorName: string;
  readonly record: TopicRecord;
  readonly error: unknown;
  readonly attempts: number;
  readonly at: number;
}

/** The longest error text kept. */
const errorTextMax = 4_000;

/** The cell of a new dead letter: with it the event is kept however long its topic keeps it. */
export function deadLetterCell(verdict: Verdict): CellWrite {
  const { subscription, record, attempts, at } = verdict;
  const { name, code, message } = toErrorRecord(verdict.error);
  const text = record.data.toString();
  const isBinary = !Buffer.from(text).equals(record.data);
  const [topic, partition, offset] = originOf(verdict);
  const id = `${partition}-${String(offset).padStart(12, '0')}`;
  const replay = replayOf(verdict.cursorName);
  const letter: DeadLetter = {
    id,
    topic,
    subscription,
    ...(replay === null ? {} : { replay }),
    partition,
    offset,
    eventId: record.id,
    type: record.type,
    key: record.key,
    time: record.time,
    attributes: record.attributes,
    data: isBinary ? record.data.toString('base64') : text,
    isBinary,
    attempts,
    cause: code ?? `${name}: ${withoutNumbers(message)}`,
    error: `${name}: ${message}`.slice(0, errorTextMax),
    at,
    ...redrivesOf(record),
  };
  return { space: deadLetterSpace(letter), key: id, value: JSON.stringify(letter) };
}

/** Where the event was first: one that was redriven and failed again is the dead letter it was before. */
function originOf({ place, record }: Verdict): readonly [topic: string, partition: number, offset: number] {
  const here = [place.topic, place.partition, record.offset] as const;
  try {
    return readAttributes(record).o ?? here;
  } catch {
    return here;
  }
}

function redrivesOf(record: TopicRecord): Pick<DeadLetter, 'redrives' | 'redrivenBy'> {
  try {
    const { r } = readAttributes(record);
    return r === undefined ? {} : { redrives: r[0], redrivenBy: r[1] };
  } catch {
    return {};
  }
}

/** Messages differ in ids and numbers; what failed alike should be found together. */
function withoutNumbers(message: string): string {
  return message
    .replaceAll(/"[^"]*"|'[^']*'/g, '…')
    .replaceAll(/\d+/g, 'N')
    .slice(0, 120);
}
