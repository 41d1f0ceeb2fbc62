/** Bugs of topics to be found; see planted-bugs.ts. */
import type { CommitBatch, CommitResult, GuardedResult, Store } from '../../src/engine/index.ts';
import { overriding } from './overriding.ts';
import type { BugToFind } from './planted-bugs.ts';

export const topicBugsToFind: readonly BugToFind[] = [
  {
    name: 'the position of a subscription is advanced by a former owner',
    caughtBy: ['I4'],
    plant: () => ({ wrapStore: withoutGuard }),
  },
  {
    name: 'a reader passes over an event that was not handed out',
    caughtBy: ['I5'],
    plant: () => ({ wrapProcessStore: skippingBatches }),
  },
  {
    name: 'what a handler did commits apart from its position',
    caughtBy: ['I4', 'I5'],
    plant: () => ({ wrapProcessStore: apart }),
  },
  {
    name: 'a publish is acknowledged and not written',
    caughtBy: ['I1', 'I4', 'I5'],
    plant: () => ({ wrapStore: losingPublishes }),
  },
];

/** Conditions of guarded groups always hold. */
function withoutGuard(store: Store): Store {
  return overriding(store, {
    commit: (batch) =>
      store.commit(
        batch.guarded === undefined
          ? batch
          : { ...batch, guarded: batch.guarded.map((group) => ({ ...group, when: [] })) },
      ),
  });
}

/** Every fifth read of several batches leaves out the first of them. */
function skippingBatches(store: Store): Store {
  let reads = 0;
  return overriding(store, {
    readTopic: async (read) => {
      const slice = await store.readTopic(read);
      if (read.topic !== 'input' || slice.batches.length === 0) return slice;
      reads += 1;
      return reads % 5 === 0 ? { ...slice, batches: slice.batches.slice(1) } : slice;
    },
  });
}

/** The position first, what was published in a second commit. */
function apart(store: Store): Store {
  return overriding(store, {
    commit: async (batch) => {
      const groups = batch.guarded ?? [];
      const appends = groups.flatMap((group) => group.appends ?? []);
      if (appends.length === 0) return store.commit(batch);
      const first = await store.commit({
        ...batch,
        guarded: groups.map((group) => ({ ...group, appends: [] })),
      });
      const second = await store.commit({ ...nothing, worker: null, appends });
      return withAppends(
        first,
        groups.map((group) => group.appends?.length ?? 0),
        second,
      );
    },
  });
}

function withAppends(first: CommitResult, counts: readonly number[], second: CommitResult): CommitResult {
  const results = [...second.appends];
  const guarded = first.guarded.map((group, index): GuardedResult => ({
    ...group,
    appends: results.splice(0, counts[index] ?? 0),
  }));
  return { ...first, guarded };
}

/** Every seventh publish of a client alone is told where it would be, and dropped. */
function losingPublishes(store: Store): Store {
  let publishes = 0;
  return overriding(store, {
    commit: async (batch) => {
      if ((batch.appends?.length ?? 0) !== 1 || batch.runs.length + batch.entries.length > 0) {
        return store.commit(batch);
      }
      publishes += 1;
      if (publishes % 7 !== 0) return store.commit(batch);
      const { appends: _, ...rest } = batch;
      const result = await store.commit(rest);
      return {
        ...result,
        appends: [{ outcome: 'appended', offsets: [9_000 + publishes], duplicates: [], expected: -1 }],
      };
    },
  });
}

const nothing: Omit<CommitBatch, 'worker'> = {
  starts: [],
  sends: [],
  entries: [],
  waits: [],
  endedWaits: [],
  consumed: [],
  runs: [],
};
