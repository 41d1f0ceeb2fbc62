/**
 * Idempotent publishing, as every store judges it: a producer numbers its records in each partition, and a request that
 * was stored before is recognised by its number. After Kafka's idempotent producer (KIP-98), which also keeps the last few
 * requests, so that one that was repeated while later ones were under way is still answered with its offset.
 */
import { crc32 } from 'node:zlib';
import type { AppendOutcome, AppendResult, RecordDraft, TopicAppend } from '../engine/index.ts';

/** Requests of one producer that a partition remembers. */
const requestsKept = 16;

/** One request that was stored. */
interface StoredRequest {
  readonly sequence: number;
  readonly count: number;
  readonly offset: number;
  /** Of the records' bytes, so that another request under the same number is not taken for a repetition. */
  readonly checksum: number;
}

/** What a partition knows of a producer. */
export interface ProducerState {
  readonly epoch: number;
  /** The newest last. */
  readonly requests: readonly StoredRequest[];
}

/** What is to be done with a request. */
export interface ProducerVerdict {
  readonly outcome: AppendOutcome;
  /** Where a duplicate's first record is. */
  readonly offset: number;
  readonly expected: number;
  /** To be stored when the records are appended: needs the offset they get. */
  readonly next: (offset: number) => ProducerState;
}

/** Judges a request that carries a stamp. `known` is null for a producer that the partition has not met. */
export function judgeProducer(append: TopicAppend, known: ProducerState | null): ProducerVerdict {
  const { epoch, sequence } = append.producer ?? { epoch: 0, sequence: 0 };
  const requests = known !== null && known.epoch === epoch ? known.requests : [];
  const last = requests.at(-1);
  const expected = last === undefined ? 0 : last.sequence + last.count;
  const checksum = checksumOf(append.records);
  const count = append.records.length;
  const next = (offset: number): ProducerState => ({
    epoch,
    requests: [...requests, { sequence, count, offset, checksum }].slice(-requestsKept),
  });
  const verdict = (outcome: AppendOutcome, offset = -1, told = expected): ProducerVerdict => ({
    outcome,
    offset,
    expected: told,
    next,
  });
  if (known !== null && epoch < known.epoch) return verdict('fenced', -1, known.epoch);
  if (sequence === expected) return verdict('appended');
  if (sequence > expected) return verdict('gap');
  const same = requests.find((request) => request.sequence === sequence && request.count === count);
  return same?.checksum === checksum ? verdict('duplicate', same.offset) : verdict('conflict');
}

/** The offset inside a record is not the producer's: it is written when a batch is composed. */
function checksumOf(records: readonly RecordDraft[]): number {
  let checksum = 0;
  for (const { bytes } of records) checksum = crc32(bytes.subarray(8), checksum);
  return checksum;
}

/** The result of a request that is not appended: where it is if it was stored before, else nothing. */
export function withoutAppending(verdict: ProducerVerdict, append: TopicAppend): AppendResult {
  const isDuplicate = verdict.outcome === 'duplicate';
  return {
    outcome: verdict.outcome,
    offsets: isDuplicate ? append.records.map((_, index) => verdict.offset + index) : [],
    duplicates: isDuplicate ? append.records.map((_, index) => index) : [],
    expected: verdict.expected,
  };
}
