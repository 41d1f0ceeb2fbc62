import {
  allTypes,
  asBuffer,
  decodeRecord,
  recordStarts,
  type Store,
  type TopicRecord,
} from '../src/engine/index.ts';

/** A record, where it lies, and when its batch was written. */
export type LoggedRecord = TopicRecord & { readonly partition: number; readonly appendedAt: number };

/** Everything a topic holds, partition by partition. */
export async function readTopicLog(store: Store, topic: string): Promise<readonly LoggedRecord[]> {
  const found: LoggedRecord[] = [];
  for (const { partition } of await store.listPartitions(topic)) {
    const read = { topic, partition, from: 0, bytesMax: 1e9, types: allTypes };
    for (const batch of (await store.readTopic(read)).batches) {
      const { baseOffset, appendedAt } = batch;
      const bytes = asBuffer(batch.bytes);
      for (const start of recordStarts(batch))
        found.push({ ...decodeRecord(bytes, start, baseOffset), partition, appendedAt });
    }
  }
  return found;
}
