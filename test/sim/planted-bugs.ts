/**
 * Bugs to be found, each put between the parts from outside; nothing in `src/` can be switched to behave like this.
 * `caughtBy` names the invariants whose violation counts as having found it.
 */
import { isTuttiError } from '../../src/index.ts';
import {
  emptyBatch,
  isFinal,
  type ClaimedRun,
  type JournalEntry,
  type Store,
} from '../../src/engine/index.ts';
import { overlay } from '../../src/testing/overlay.ts';
import type { PlantedBug } from './simulation.ts';
import type { Invariant } from './world.ts';

export interface BugToFind {
  readonly name: string;
  readonly caughtBy: readonly Invariant[];
  /** Made anew for each simulation, because some remember. */
  readonly plant: () => PlantedBug;
}

export const bugsToFind: readonly BugToFind[] = [
  {
    name: 'a finished step runs again after a crash',
    caughtBy: ['I3'],
    plant: () => ({ wrapProcessStore: (store) => claiming(store, withoutLastStep) }),
  },
  {
    name: 'the commit of a zombie is accepted',
    caughtBy: ['I2'],
    plant: () => ({ wrapStore: withoutFence }),
  },
  {
    name: 'a message that arrives while its run falls asleep does not wake it',
    caughtBy: ['I5'],
    plant: () => ({ wrapStore: withoutWakeUp }),
  },
  {
    name: 'a message leaves the inbox before its effect is written',
    caughtBy: ['I4'],
    plant: () => ({ wrapProcessStore: consumingFirst }),
  },
  {
    name: 'code goes on before its step is on disk',
    caughtBy: ['I1', 'I3'],
    plant: () => ({ wrapProcessStore: answeringTooEarly }),
  },
  {
    name: 'a child is started twice',
    caughtBy: ['I4'],
    plant: () => ({ wrapStore: startingTwice }),
  },
  {
    name: 'a crash makes a step forget its failed attempts',
    caughtBy: ['I3'],
    plant: () => ({ wrapProcessStore: (store) => claiming(store, withoutAttempts) }),
  },
  {
    name: 'a signal is acknowledged and not written',
    caughtBy: ['I1', 'I5'],
    plant: () => ({ wrapStore: losingSignals }),
  },
  {
    name: 'a run is given to two workers',
    caughtBy: ['I1', 'I2'],
    plant: () => ({ wrapStore: givingTwice }),
  },
  {
    name: 'a replay tells completions in another order',
    caughtBy: ['I3', 'outcome'],
    plant: () => ({ wrapProcessStore: (store) => claiming(store, swapped) }),
  },
  {
    name: 'a finished run is opened again',
    caughtBy: ['store'],
    plant: () => ({ wrapStore: reopening }),
  },
];

/** Draws from the machine's randomness, so that no two simulations of one seed are alike. */
export const dice: PlantedBug = {
  wrapProcessStore: (store) =>
    overlay(store, {
      nextWake: async (definitions) => {
        const next = await store.nextWake(definitions);
        return Math.random() < 0.5 ? null : next;
      },
    }),
};

/** A store that shows a claiming worker another journal than the one it holds. */
function claiming(
  store: Store,
  change: (journal: readonly JournalEntry[]) => readonly JournalEntry[],
): Store {
  return overlay(store, {
    claim: async (request) => {
      const claimed = await store.claim(request);
      return claimed.map((run): ClaimedRun => ({ ...run, journal: change(run.journal) }));
    },
  });
}

function withoutLastStep(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  return journal.at(-1)?.kind === 'step' ? journal.slice(0, -1) : journal;
}

function withoutAttempts(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  return journal.map((entry) => (entry.kind === 'attempt' ? { ...entry, kind: 'record' as const } : entry));
}

function swapped(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  const changed = [...journal];
  for (let i = 0; i + 1 < changed.length; i += 1) {
    const [one, other] = [changed[i]!, changed[i + 1]!];
    if (one.kind !== 'step' || other.kind !== 'step') continue;
    changed[i] = { ...other, seq: one.seq };
    changed[i + 1] = { ...one, seq: other.seq };
    return changed;
  }
  return changed;
}

function withoutFence(store: Store): Store {
  return overlay(store, {
    commit: async (batch) => {
      try {
        return await store.commit(batch);
      } catch (error) {
        if (!isTuttiError(error) || error.code !== 'TUTTI_OWNER_LOST') throw error;
        const worker = await store.registerWorker({ name: 'ghost', now: 0, leaseUntil: 0, definitions: [] });
        const starts = batch.starts.map((start) => ({ ...start, owner: 0 }));
        return store.commit({ ...batch, worker, starts }).catch(() => Promise.reject(error as Error));
      }
    },
  });
}

function withoutWakeUp(store: Store): Store {
  return overlay(store, {
    commit: (batch) =>
      store.commit({
        ...batch,
        runs: batch.runs.map((change) => ({ ...change, seenMessage: Number.MAX_SAFE_INTEGER })),
      }),
  });
}

function consumingFirst(store: Store): Store {
  return overlay(store, {
    commit: async (batch) => {
      if (batch.consumed.length === 0) return store.commit(batch);
      await store.commit({ ...emptyBatch, worker: batch.worker, consumed: batch.consumed });
      return store.commit({ ...batch, consumed: [] });
    },
  });
}

function answeringTooEarly(store: Store): Store {
  return overlay(store, {
    commit: (batch) => {
      const written = store.commit(batch);
      const asked = [batch.starts, batch.sends, batch.appends ?? [], batch.guarded ?? []];
      if (asked.some((changes) => changes.length > 0)) return written;
      written.catch(() => undefined);
      return Promise.resolve({ starts: [], sends: [], appends: [], guarded: [], slots: [] });
    },
  });
}

function startingTwice(store: Store): Store {
  let count = 0;
  return overlay(store, {
    commit: (batch) =>
      store.commit({
        ...batch,
        starts: batch.starts.map((start) => {
          if (start.parent === null) return start;
          count += 1;
          return { ...start, id: `${start.id}~${count}` };
        }),
      }),
  });
}

function losingSignals(store: Store): Store {
  let count = 0;
  return overlay(store, {
    commit: async (batch) => {
      const isSignalAlone =
        batch.worker === null && batch.sends.length === 1 && batch.sends[0]?.kind === 'signal';
      if (!isSignalAlone) return store.commit(batch);
      count += 1;
      return {
        starts: [],
        sends: [{ outcome: 'accepted', id: 1_000_000 + count }],
        appends: [],
        guarded: [],
        slots: [],
      };
    },
  });
}

function givingTwice(store: Store): Store {
  let last: readonly ClaimedRun[] = [];
  return overlay(store, {
    claim: async (request) => {
      const before = last;
      const claimed = await store.claim(request);
      if (claimed.length > 0) last = claimed;
      return claimed.length === 0 ? claimed : [...claimed, ...before];
    },
  });
}

function reopening(store: Store): Store {
  return overlay(store, {
    commit: (batch) =>
      store.commit({
        ...batch,
        runs: batch.runs.map((change) =>
          isFinal(change.state) ? { ...change, state: 'waiting', wakeAt: 0 } : change,
        ),
      }),
  });
}
