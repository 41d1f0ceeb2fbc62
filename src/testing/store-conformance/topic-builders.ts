import {
  asBuffer,
  decodeRecord,
  encodeRecord,
  recordStarts,
  type RecordDraft,
  type StoredBatch,
  type TopicAppend,
} from '../../engine/index.ts';
import { startTime } from './builders.ts';

/** A record with this id as its data. */
export function draft(
  id: string,
  parts: { readonly type?: string; readonly dedupe?: string } = {},
): RecordDraft {
  const { type = 'made', dedupe = null } = parts;
  const data = JSON.stringify(id);
  return { bytes: encodeRecord({ type, id, key: 'k', time: startTime, attributes: '', data }), dedupe };
}

/** Records to append to partition 0 of topic `t`. */
export function append(ids: readonly string[], parts: Partial<TopicAppend> = {}): TopicAppend {
  return { topic: 't', partition: 0, at: startTime, records: ids.map((id) => draft(id)), ...parts };
}

/** What a batch holds, as text: `offset=id`. */
export function contentOf(batch: StoredBatch): readonly string[] {
  return recordStarts(batch).map((start) => {
    const record = decodeRecord(asBuffer(batch.bytes), start, batch.baseOffset);
    return `${record.offset}=${record.id}`;
  });
}
