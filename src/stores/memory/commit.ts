import {
  isFinal,
  type CommitBatch,
  type CommitResult,
  type GuardedChange,
  type GuardedResult,
  type MessageSend,
  type RunChange,
  type RunNumber,
  type RunRecord,
  type SendOutcome,
  type SendResult,
  type SlotChange,
  type SlotOutcome,
  type SlotRecord,
  type StartResult,
} from '../../engine/index.ts';
import { checkBatch } from './check-batch.ts';
import { copyPayload, copyRun } from './copies.ts';
import { planStarts, type StartPlan } from './starts.ts';
import type { Tables } from './tables.ts';

/**
 * Writes a batch: everything is decided and checked first, then applied in the order the port names.
 *
 * @throws TUTTI_OWNER_LOST, TUTTI_STORE_FAILED: nothing was written.
 */
export function commitBatch(tables: Tables, batch: CommitBatch): CommitResult {
  const plans = planStarts(tables.runs, batch.starts);
  checkBatch(tables, batch, plans);
  const starts = plans.map((plan) => applyStart(tables, plan));
  const sends = batch.sends.map((send) => applySend(tables, send));
  const appends = (batch.appends ?? []).map((append) => tables.topics.append(append));
  for (const cell of batch.cells ?? []) tables.cells.write(cell);
  const guarded = (batch.guarded ?? []).map((group) => applyGuarded(tables, group, batch.runs));
  for (const entry of batch.entries) tables.journals.append(entry);
  for (const wait of batch.waits) tables.waits.put(wait);
  for (const wait of batch.endedWaits) tables.waits.end(wait);
  for (const id of batch.consumed) tables.inboxes.consume(id);
  const slots = (batch.slots ?? []).map((change) => applySlots(tables, change));
  for (const line of batch.logs ?? []) tables.logs.append(line);
  for (const change of batch.runs) applyChange(tables, change);
  tables.topics.flush();
  return { starts, sends, appends, guarded, slots };
}

function applyStart(tables: Tables, plan: StartPlan): StartResult {
  const { start, run, created, isNew } = plan;
  if (isNew) tables.runs.insert(run);
  if (isNew && start.fork !== undefined) {
    tables.journals.fork(start.fork, run.number);
  }
  if (start.journal !== undefined) {
    tables.journals.append(created ? start.journal.accepted : start.journal.refused);
  }
  return { created, run: copyRun(run) };
}

/** Nothing in a group can contradict what is stored, so it is decided only when its turn comes. */
function applyGuarded(tables: Tables, group: GuardedChange, changes: readonly RunChange[]): GuardedResult {
  if (!group.when.every((condition) => tables.cells.holds(condition))) return notApplied;
  if (group.whenOpen !== undefined && !stayOpen(tables, group.whenOpen, changes)) return notApplied;
  return {
    applied: true,
    versions: group.cells.map((cell) => tables.cells.write(cell)),
    starts: planStarts(tables.runs, group.starts).map((plan) => applyStart(tables, plan)),
    sends: group.sends.map((send) => applySend(tables, send)),
    appends: (group.appends ?? []).map((append) => tables.topics.append(append)),
  };
}

/** The changes are those of the batch, which come after its groups. */
function stayOpen(tables: Tables, runs: readonly RunNumber[], changes: readonly RunChange[]): boolean {
  const ending = new Set(changes.filter(({ state }) => isFinal(state)).map(({ run }) => run));
  return runs.every((number) => {
    const run = tables.runs.get(number);
    return run !== undefined && !isFinal(run.state) && !ending.has(number);
  });
}

const notApplied: GuardedResult = { applied: false, versions: [], starts: [], sends: [], appends: [] };

function applySend(tables: Tables, send: MessageSend): SendResult {
  const outcome = judgeSend(tables, send);
  const isAccepted = outcome === 'accepted';
  const id = isAccepted ? tables.inboxes.add(send) : 0;
  if (isAccepted) wake(tables, send);
  if (send.journal !== undefined) {
    tables.journals.append(isAccepted ? send.journal.accepted : send.journal.refused);
  }
  return { outcome, id };
}

function applySlots(tables: Tables, change: SlotChange): SlotOutcome {
  switch (change.kind) {
    case 'request':
      return tables.slots.request(change);
    case 'release':
      tables.inboxes.takeBackGrant(change.run, change.key);
      tellGranted(tables, tables.slots.release(change.run, change.key, change.at), change.at);
      return 'done';
    default:
      tellGranted(tables, tables.slots.setLimit(change), change.at);
      return 'done';
  }
}

function tellGranted(tables: Tables, granted: readonly SlotRecord[], at: number): void {
  for (const { run, key } of granted) {
    applySend(tables, { run, kind: 'slot', name: key, at, payload: null });
  }
}

function judgeSend(tables: Tables, send: MessageSend): SendOutcome {
  const run = tables.runs.get(send.run);
  if (run === undefined) return 'unknown';
  if (isFinal(run.state)) return 'finished';
  if (send.onlyIfWaiting === undefined) return 'accepted';
  const isOpen = tables.waits.has({ run: send.run, key: send.onlyIfWaiting });
  return isOpen && !tables.inboxes.has(send.run, send.kind, send.name) ? 'accepted' : 'closed';
}

function wake(tables: Tables, send: MessageSend): void {
  const run = tables.runs.existing(send.run);
  if (run.state === 'paused') {
    if (endsPause(send)) tables.runs.replace({ ...run, state: 'waiting', wakeAt: 0, updatedAt: send.at });
  } else if (run.state !== 'pending' || endsPause(send)) {
    tables.runs.replace({ ...run, wakeAt: 0 });
  }
}

function endsPause(message: Pick<MessageSend, 'kind'>): boolean {
  return message.kind === 'resume' || message.kind === 'cancel';
}

function applyChange(tables: Tables, change: RunChange): void {
  const before = tables.runs.existing(change.run);
  const changed: RunRecord = {
    ...before,
    state: change.state,
    owner: change.owner,
    wakeAt: change.wakeAt,
    result: change.result === undefined ? before.result : copyPayload(change.result),
    status: change.status === undefined ? before.status : change.status,
    startedAt: before.startedAt ?? (change.state === 'running' ? change.at : null),
    updatedAt: change.at,
    endedAt: isFinal(change.state) ? change.at : null,
  };
  if (isFinal(change.state)) {
    tables.runs.replace(changed);
    tables.waits.deleteRun(change.run);
    tables.inboxes.deleteRun(change.run);
    tellGranted(tables, tables.slots.releaseRun(change.run, change.at), change.at);
    return;
  }
  tables.runs.replace({ ...changed, ...wokenByUnseen(tables, change) });
}

/**
 * S5: what a message that the owner had not seen does to the state it leaves the run in, as if it had been accepted
 * just after the change: it wakes the run, and a `resume` or `cancel` ends a pause.
 */
function wokenByUnseen(tables: Tables, change: RunChange): Partial<RunRecord> {
  const unseen = tables.inboxes.newerThan(change.run, change.seenMessage);
  if (unseen.length === 0) return {};
  if (change.state === 'paused' && unseen.some(endsPause)) return { state: 'waiting', wakeAt: 0 };
  return { wakeAt: 0 };
}
