/** Bugs of topics to be found; see planted-bugs.ts. */
import {
  readEventWait,
  type CommitBatch,
  type CommitResult,
  type GuardedChange,
  type GuardedResult,
  type MessageSend,
  type Store,
} from '../../src/engine/index.ts';
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
    plant: () => ({ wrapProcessStore: (store) => skippingBatches(store, 'input', 5) }),
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
  {
    name: 'a wait misses what was published between the start of its run and its own beginning',
    caughtBy: ['I5'],
    plant: () => ({ wrapProcessStore: startingAtTheTip }),
  },
  {
    name: 'who searches for waits passes over an event',
    caughtBy: ['I5'],
    plant: () => ({ wrapProcessStore: (store) => skippingBatches(store, 'facts', 2) }),
  },
  {
    name: 'an event is given to two successive waits of the same kind',
    caughtBy: ['I4'],
    plant: () => ({ wrapProcessStore: givingAgain }),
  },
  {
    name: 'a wait is answered twice',
    caughtBy: ['I4'],
    plant: () => ({ wrapStore: answeringAgain }),
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

/** Every nth read leaves out the first of its batches. */
function skippingBatches(store: Store, topic: string, every: number): Store {
  let reads = 0;
  return overriding(store, {
    readTopic: async (read) => {
      const slice = await store.readTopic(read);
      if (read.topic !== topic || slice.batches.length === 0) return slice;
      reads += 1;
      return reads % every === 0 ? { ...slice, batches: slice.batches.slice(1) } : slice;
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

/** Where a run started is taken to be the end of the log. */
function startingAtTheTip(store: Store): Store {
  return overriding(store, {
    findOffset: async (name) => {
      const partitions = await store.listPartitions(name.topic);
      return partitions.find(({ partition }) => partition === name.partition)?.nextOffset ?? 0;
    },
  });
}

/** What a run was given for a wait it is given again for its next wait for the same. */
function givingAgain(store: Store): Store {
  const given = new Map<string, MessageSend['payload']>();
  return overriding(store, {
    commit: async (batch) => {
      const groups = batch.guarded ?? [];
      if (!groups.some(({ sends }) => sends.some(({ kind }) => kind === 'event'))) return store.commit(batch);
      const waits = await store.listWaits({ kind: 'event' });
      const again = (send: GuardedChange['sends'][number]): GuardedChange['sends'][number] => {
        const wait = waits.find(({ run, key }) => run === send.run && key === send.onlyIfWaiting);
        if (wait === undefined) return send;
        const what = `${send.run} ${JSON.stringify(readEventWait(String(wait.detail)).where)}`;
        const before = given.get(what);
        if (before === undefined) given.set(what, send.payload);
        return { ...send, payload: before ?? send.payload };
      };
      const guarded = groups.map((group) => ({ ...group, sends: group.sends.map(again) }));
      return store.commit({ ...batch, guarded });
    },
  });
}

/** An answer is accepted whether or not its wait is open. */
function answeringAgain(store: Store): Store {
  return overriding(store, {
    commit: (batch) =>
      store.commit({
        ...batch,
        guarded: (batch.guarded ?? []).map((group) => ({
          ...group,
          sends: group.sends.map((send) => {
            const { onlyIfWaiting: _, ...rest } = send;
            return rest;
          }),
        })),
      }),
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
