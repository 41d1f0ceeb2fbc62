/**
 * Faults that the lane must find, one for each thing it claims to check. They stand in for bugs of the engine and its
 * stores; nothing outside of test/chaos can switch them on.
 */
import { DatabaseSync } from 'node:sqlite';
import { isTuttiError } from '../../src/base/tutti-error.ts';
import type { CommitBatch, CommitResult, Store } from '../../src/engine/index.ts';
import { withMethods } from './mortal-store.ts';

const plantedFaults = [
  /** The body of a step does its work twice. */
  'effect twice',
  /** A step whose result came from the journal does its work again. */
  'finished step again',
  /** The idempotency key differs after a crash. */
  'new key',
  /** A commit resolves before it is on disk. */
  'early acknowledgement',
  /** A refused commit resolves. */
  'swallowed refusal',
  /** A worker that was declared dead writes on, under a new number. */
  'no fence',
  /** A finished run keeps a wait. */
  'leftover wait',
  /** An entry of a finished run's journal is gone. */
  'lost entry',
] as const;

export type PlantedFault = (typeof plantedFaults)[number];

/** How long a planted early acknowledgement is ahead of its commit. Milliseconds; the ledger is told meanwhile. */
const aheadMs = 25;

/** The store with the fault in it. */
export function plantInStore(store: Store, fault: PlantedFault | null): Store {
  if (fault === 'early acknowledgement') return withMethods(store, { commit: acknowledgeEarly(store) });
  if (fault === 'swallowed refusal') return withMethods(store, { commit: swallowRefusals(store) });
  if (fault === 'no fence') {
    return withMethods(store, { commit: ignoreFence(store), renewLease: () => Promise.resolve(true) });
  }
  return store;
}

/** Damages what lies in the file, after all runs are over. */
export function plantInFile(file: string, fault: PlantedFault | null): void {
  if (fault !== 'leftover wait' && fault !== 'lost entry') return;
  const db = new DatabaseSync(file);
  if (fault === 'leftover wait') {
    db.exec("insert into wait (run, key, kind, name, since) values (1, 'left', 'signal', 'left', 0)");
  } else {
    db.exec(
      "delete from journal where rowid = (select max(rowid) from journal where run = 1 and kind = 'step')",
    );
  }
  db.close();
}

/** What the workloads never ask for. */
const nothing = { appends: [], guarded: [], slots: [] };

type Commit = (batch: CommitBatch) => Promise<CommitResult>;

function acknowledgeEarly(store: Store): Commit {
  let last: Promise<unknown> = Promise.resolve();
  return (batch) => {
    const isAnswerless = batch.starts.length === 0 && batch.sends.length === 0;
    const written = last
      .then(() => (isAnswerless ? new Promise((resolve) => setTimeout(resolve, aheadMs)) : undefined))
      .then(() => store.commit(batch));
    last = written.catch(() => undefined);
    return isAnswerless ? Promise.resolve({ ...nothing, starts: [], sends: [] }) : written;
  };
}

function swallowRefusals(store: Store): Commit {
  return async (batch) => {
    try {
      return await store.commit(batch);
    } catch (error) {
      if (!isTuttiError(error) || error.code === 'TUTTI_OWNER_LOST') throw error;
      const runs = await store.listRuns({ limit: 1 });
      const starts = batch.starts.map((start) => ({
        created: true,
        run: { ...runs[0]!, id: start.id, owner: 0 },
      }));
      return { ...nothing, starts, sends: batch.sends.map(() => ({ outcome: 'accepted', id: 1 })) };
    }
  };
}

function ignoreFence(store: Store): Commit {
  return async (batch) => {
    try {
      return await store.commit(batch);
    } catch (error) {
      if (!isTuttiError(error) || error.code !== 'TUTTI_OWNER_LOST') throw error;
      const now = Date.now();
      const name = 'another';
      const worker = await store.registerWorker({ name, now, leaseUntil: now + 60_000, definitions: [] });
      const entries = await appended(store, batch);
      const waits: CommitBatch['waits'] = [];
      return store.commit({ ...batch, worker, entries, waits, runs: [], starts: [], sends: [] });
    }
  };
}

/** The entries behind whatever the journals hold by now. */
async function appended(store: Store, batch: CommitBatch): Promise<CommitBatch['entries']> {
  const entries: CommitBatch['entries'][number][] = [];
  for (const entry of batch.entries) {
    const { length } = await store.readJournal(entry.run, 0, 1_000);
    entries.push({ ...entry, seq: length + entries.filter(({ run }) => run === entry.run).length });
  }
  return entries;
}
