/** Records with every field filled in, so that a test names only what it is about. */
import {
  emptyBatch,
  type CellWrite,
  type GuardedChange,
  neverWakes,
  nobody,
  type CommitBatch,
  type JournalAppend,
  type LogLine,
  type MessageSend,
  type Payload,
  type RunChange,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type SlotRelease,
  type SlotRequest,
  type WaitRecord,
} from '../../engine/index.ts';

/** When everything in the kit begins, in milliseconds since the epoch. */
export const startTime = 1_700_000_000_000;

/** A batch that holds only what is given; without a worker unless one is given. */
export function batch(parts: Partial<CommitBatch>): CommitBatch {
  return { ...emptyBatch, ...parts };
}

/** A start of the definition `greet`, pending and claimable at once, refused if the id is taken. */
export function runStart(parts: Partial<RunStart> & { readonly id: string }): RunStart {
  return {
    kind: 'workflow',
    definition: 'greet',
    version: '1',
    input: '{"name":"Ada"}',
    seed: 42,
    at: startTime,
    owner: nobody,
    wakeAt: 0,
    deadlineAt: null,
    parent: null,
    onConflict: 'refuse',
    ...parts,
  };
}

/** A finished step named after its position. */
export function entry(run: RunNumber, seq: number, parts: Partial<JournalAppend> = {}): JournalAppend {
  return {
    run,
    seq,
    kind: 'step',
    scope: '',
    name: `step ${seq}`,
    occurrence: 0,
    attempt: 1,
    outcome: 'ok',
    startedAt: startTime + seq,
    at: startTime + seq + 1,
    payload: `${seq}`,
    ...parts,
  };
}

/** A signal named `go`. */
export function send(run: RunNumber, parts: Partial<MessageSend> = {}): MessageSend {
  return { run, kind: 'signal', name: 'go', at: startTime + 10, payload: null, ...parts };
}

/** A wait for a signal, without a deadline. */
export function wait(run: RunNumber, key: string, parts: Partial<WaitRecord> = {}): WaitRecord {
  return {
    run,
    key,
    kind: 'signal',
    name: 'go',
    since: startTime + 5,
    deadline: null,
    detail: null,
    ...parts,
  };
}

/** A write into the space `clock`. */
export function cell(key: string, value: Payload | null, space = 'clock'): CellWrite {
  return { space, key, value };
}

/** A guarded group that holds only what is given; always applied unless a condition is given. */
export function guarded(parts: Partial<GuardedChange>): GuardedChange {
  return { when: [], cells: [], starts: [], sends: [], ...parts };
}

/** A request for one slot of the pool `db`, which has two unless a limit was set. */
export function request(run: RunNumber, key: string, parts: Partial<SlotRequest> = {}): SlotRequest {
  return {
    kind: 'request',
    run,
    key,
    pool: 'db',
    slots: 1,
    priority: 0,
    at: startTime + 6,
    limit: 2,
    ...parts,
  };
}

/** Gives back what the operation with this key asked for. */
export function release(run: RunNumber, key: string, at: number = startTime + 8): SlotRelease {
  return { kind: 'release', run, key, at };
}

/** A line of the first attempt of the step `k`. */
export function line(run: RunNumber, text: string, parts: Partial<LogLine> = {}): LogLine {
  return { run, key: 'k', attempt: 1, at: startTime + 7, level: 'info', text, ...parts };
}

/** A change that keeps the run at work with its owner. */
export function change(run: RunRecord, parts: Partial<RunChange> = {}): RunChange {
  return {
    run: run.number,
    state: 'running',
    at: startTime + 20,
    owner: run.owner,
    wakeAt: 0,
    seenMessage: 0,
    ...parts,
  };
}

/** A change that puts the run to sleep and gives it away: nothing but a message wakes it unless a time is given. */
export function sleep(run: RunRecord, parts: Partial<RunChange> = {}): RunChange {
  return change(run, { state: 'waiting', owner: nobody, wakeAt: neverWakes, ...parts });
}

/** A change that pauses the run and gives it away. */
export function pause(run: RunRecord, parts: Partial<RunChange> = {}): RunChange {
  return sleep(run, { state: 'paused', ...parts });
}

/** A change that finishes the run, as `completed` unless another final state is given. */
export function finish(run: RunRecord, parts: Partial<RunChange> = {}): RunChange {
  return change(run, { state: 'completed', owner: nobody, wakeAt: null, result: '"done"', ...parts });
}
