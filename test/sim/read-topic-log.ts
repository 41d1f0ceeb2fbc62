import {
  allTypes,
  asBuffer,
  decodeRecord,
  recordStarts,
  type Store,
  type TopicRecord,
} from '../../src/engine/index.ts';

export interface LoggedRecord {
  readonly partition: number;
  /** Of its batch. */
  readonly appendedAt: number;
  readonly record: TopicRecord;
}

/** Everything a topic holds, partition by partition. */
export async function readTopicLog(store: Store, topic: string): Promise<readonly LoggedRecord[]> {
  const found: LoggedRecord[] = [];
  for (const { partition } of await store.listPartitions(topic)) {
    const read = { topic, partition, from: 0, bytesMax: 1e9, types: allTypes };
    for (const batch of (await store.readTopic(read)).batches) {
      const bytes = asBuffer(batch.bytes);
      for (const start of recordStarts(batch)) {
        const record = decodeRecord(bytes, start, batch.baseOffset);
        found.push({ partition, appendedAt: batch.appendedAt, record });
      }
    }
  }
  return found;
}
