import {
  allTypes,
  asBuffer,
  decodeRecord,
  recordStarts,
  type Store,
  type TopicRecord,
} from '../../src/engine/index.ts';

/** A record, and the partition it lies in. */
export type PlacedRecord = TopicRecord & { readonly partition: number };

/** Everything that a topic holds, partition by partition. */
export async function readLog(store: Store, topic: string): Promise<readonly PlacedRecord[]> {
  const records: PlacedRecord[] = [];
  for (const { partition } of await store.listPartitions(topic)) {
    const { batches } = await store.readTopic({ topic, partition, from: 0, bytesMax: 1e9, types: allTypes });
    for (const batch of batches) {
      const bytes = asBuffer(batch.bytes);
      for (const start of recordStarts(batch))
        records.push({ ...decodeRecord(bytes, start, batch.baseOffset), partition });
    }
  }
  return records;
}
