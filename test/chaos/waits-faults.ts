/** Faults that the waits case must find; they stand in for bugs of the search for events and of the stores. */
import type { CommitBatch, GuardedChange, Store } from '../../src/engine/index.ts';
import { withMethods } from './mortal-store.ts';

/**
 * `lost answer`: every third event found for a wait is not sent. `late position`: a wait begins where it is registered, so what was
 * published before is not found. `another answer`: now and then a wait is given the event of another one.
 */
export type WaitFault = 'lost answer' | 'late position' | 'another answer';

type Send = GuardedChange['sends'][number];

/** The store with the fault in it. */
export function plantWaitFault(store: Store, fault: WaitFault | null): Store {
  if (fault === 'late position') {
    return withMethods(store, { findOffset: async ({ topic, partition }) => endOf(store, topic, partition) });
  }
  if (fault === null) return store;
  let count = 0;
  let last: Send | null = null;
  const change = (sends: readonly Send[]): readonly Send[] =>
    sends.flatMap((send) => {
      if (send.kind !== 'event') return [send];
      count += 1;
      const former: Send | null = last;
      last = send;
      if (count % 3 !== 0) return [send];
      if (fault === 'lost answer') return [];
      return former === null ? [send] : [{ ...send, payload: former.payload }];
    });
  const commit = (batch: CommitBatch): ReturnType<Store['commit']> => {
    const guarded = batch.guarded?.map((group) => ({ ...group, sends: change(group.sends) }));
    return store.commit(guarded === undefined ? batch : { ...batch, guarded });
  };
  return withMethods(store, { commit });
}

async function endOf(store: Store, topic: string, partition: number): Promise<number> {
  const partitions = await store.listPartitions(topic);
  return partitions.find((one) => one.partition === partition)?.nextOffset ?? 0;
}
