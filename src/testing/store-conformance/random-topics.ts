import type { Store, TopicAppend } from '../../engine/index.ts';
import { allTypes, composeBatch, placedRecords, typeBit } from '../../engine/index.ts';
import type { ComparedStores } from './compared-stores.ts';
import type { Draw } from './draw.ts';
import { append, draft } from './topic-builders.ts';

const topics: readonly string[] = ['t', 'ü'];
const types: readonly string[] = ['made', 'sold'];
const ids: readonly string[] = ['a', 'b', 'c', 'd'];

/** Records for any partition: plain, named, numbered by a producer, or for later; few names, so that they often meet. */
export function randomAppend(draw: Draw, now: number): TopicAppend {
  const isNamed = draw.oneIn(3);
  const records = Array.from({ length: 1 + draw.below(3) }, () => {
    const id = draw.from(ids) ?? 'a';
    return draft(id, { type: draw.from(types) ?? 'made', ...(isNamed ? { dedupe: id } : {}) });
  });
  const place = { topic: draw.from(topics) ?? 't', partition: draw.below(2), at: now };
  const dedupe = isNamed ? { dedupeUntil: now + draw.below(20) } : {};
  if (draw.oneIn(4)) return append([], { ...place, ...dedupe, records, deliverAt: now + draw.below(20) });
  if (!draw.oneIn(4)) return append([], { ...place, ...dedupe, records });
  const producer = { producer: draw.from(ids) ?? 'a', epoch: draw.below(2), sequence: draw.below(4) };
  return append([], { ...place, records, producer });
}

/** A read, a trim, a release, an exchange: what is done with topics beside appending. */
export async function actOnTopics(stores: ComparedStores, draw: Draw, now: number): Promise<void> {
  const name = { topic: draw.from(topics) ?? 't', partition: draw.below(2) };
  const from = draw.below(12);
  const wanted = draw.oneIn(2) ? allTypes : typeBit(draw.from(types) ?? 'made');
  const limit = draw.below(4);
  const bytesMax = 1 + draw.below(300);
  const topic = draw.oneIn(2) ? name.topic : undefined;
  const calls: readonly ((store: Store) => Promise<unknown>)[] = [
    (store) => store.readTopic({ ...name, from, bytesMax, types: wanted }),
    (store) => store.listPartitions(topic),
    (store) => store.findOffset(name, now - limit),
    (store) => store.trimPartition(name, from),
    (store) => store.releaseDelayed(now, limit),
    (store) => store.nextDelayed(),
    (store) => store.forgetDuplicates(now, 100),
    (store) => repack(store, name, from),
  ];
  const which = draw.below(calls.length);
  await stores.ask(`topics: call ${which}`, (store) => calls[which]?.(store) ?? Promise.resolve());
}

/** Joins the first two batches from an offset on. */
async function repack(
  store: Store,
  name: { readonly topic: string; readonly partition: number },
  from: number,
): Promise<boolean> {
  const { batches } = await store.readTopic({ ...name, from, bytesMax: 1_000_000, types: allTypes });
  const [one, other] = batches;
  if (one === undefined || other === undefined) return false;
  const joined = [one, other].flatMap(placedRecords);
  const put = [composeBatch(joined, Math.max(one.appendedAt, other.appendedAt))];
  return store.replaceBatches({ ...name, remove: [one.baseOffset, other.baseOffset], put });
}
