/** Records with every field filled in, so that a test or a child process names only what it is about. */
import {
  emptyBatch,
  nobody,
  type CommitBatch,
  type JournalAppend,
  type RunChange,
  type RunNumber,
  type RunStart,
  type Store,
  type WorkerNumber,
} from '../../src/engine/index.ts';

/** When everything begins, in milliseconds since the epoch. */
export const startTime = 1_700_000_000_000;

/** A batch that holds only what is given. */
export function batch(parts: Partial<CommitBatch>): CommitBatch {
  return { ...emptyBatch, ...parts };
}

/** A start that nobody owns, claimable at once. */
export function start(id: string, parts: Partial<RunStart> = {}): RunStart {
  return {
    id,
    kind: 'workflow',
    definition: 'greet',
    version: '1',
    input: '{}',
    seed: 1,
    at: startTime,
    owner: nobody,
    wakeAt: 0,
    deadlineAt: null,
    parent: null,
    onConflict: 'refuse',
    ...parts,
  };
}

/** A finished step. */
export function entry(run: RunNumber, seq: number): JournalAppend {
  const name = `step ${seq}`;
  const times = { startedAt: startTime, at: startTime + 1 };
  return {
    run,
    seq,
    kind: 'step',
    scope: '',
    name,
    occurrence: 0,
    attempt: 1,
    outcome: 'ok',
    ...times,
    payload: '1',
  };
}

/** A change that leaves the run waiting with nobody until a message comes. */
export function sleep(run: RunNumber, parts: Partial<RunChange> = {}): RunChange {
  const wakeAt = Number.MAX_SAFE_INTEGER;
  return { run, state: 'waiting', at: startTime + 5, owner: nobody, wakeAt, seenMessage: 0, ...parts };
}

/** A change that completes the run. */
export function complete(run: RunNumber): RunChange {
  return {
    run,
    state: 'completed',
    at: startTime + 9,
    owner: nobody,
    wakeAt: null,
    result: '"done"',
    seenMessage: 0,
  };
}

/** A living worker with the code of `greet`. */
export function registerWorker(store: Store, leaseUntil: number = startTime + 10_000): Promise<WorkerNumber> {
  return store.registerWorker({ name: 'host:1', now: startTime, leaseUntil, definitions: ['greet'] });
}
