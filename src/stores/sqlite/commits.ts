import { TuttiError } from '../../base/tutti-error.ts';
import {
  isFinal,
  nobody,
  type CommitBatch,
  type CommitResult,
  type ConditionalEntry,
  type GuardedChange,
  type GuardedResult,
  type MessageSend,
  type RunChange,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type SendOutcome,
  type SendResult,
  type SlotChange,
  type SlotOutcome,
  type StartResult,
  type WorkerNumber,
} from '../../engine/index.ts';
import type { Cells } from './cells.ts';
import type { Connection } from './connection.ts';
import type { Counters } from './counters.ts';
import type { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { Topics } from './topics/topics.ts';
import type { Logs } from './logs.ts';
import type { RunGate, Runs } from './runs.ts';
import type { Grant, Slots } from './slots.ts';
import type { Waits } from './waits.ts';
import type { Workers } from './workers.ts';

/** The tables a commit writes. */
export interface CommitTables {
  readonly counters: Counters;
  readonly workers: Workers;
  readonly runs: Runs;
  readonly journal: Journal;
  readonly waits: Waits;
  readonly inbox: Inbox;
  readonly topics: Topics;
  readonly cells: Cells;
  readonly slots: Slots;
  readonly logs: Logs;
}

const refusals: Readonly<Record<Exclude<SendOutcome, 'accepted'>, SendResult>> = {
  finished: { outcome: 'finished', id: 0 },
  unknown: { outcome: 'unknown', id: 0 },
  closed: { outcome: 'closed', id: 0 },
};

const notApplied: GuardedResult = { applied: false, versions: [], starts: [], sends: [], appends: [] };

/** The body of `Store.commit`: one batch, in the order the port names, inside one write transaction. */
export class Commits {
  readonly #connection: Connection;
  readonly #tables: CommitTables;

  constructor(connection: Connection, tables: CommitTables) {
    this.#connection = connection;
    this.#tables = tables;
  }

  /** To be called inside a write transaction. @throws TUTTI_OWNER_LOST before anything was written. */
  write(batch: CommitBatch): CommitResult {
    const { counters, workers, journal, waits, inbox, topics } = this.#tables;
    const connection = this.#connection;
    counters.begin();
    topics.begin();
    if (batch.guarded !== undefined) checkGuarded(batch.guarded);
    if (batch.worker === null) checkClient(batch);
    else workers.assertAlive(batch.worker);
    connection.reached('fenced');
    const starts = batch.starts.map((start) => this.#start(start));
    connection.reached('starts-written');
    const sends = batch.sends.map((send) => this.#send(send));
    connection.reached('sends-written');
    const appends = (batch.appends ?? []).map((append) => topics.append(append));
    for (const cell of batch.cells ?? []) this.#tables.cells.write(cell);
    connection.reached('cells-written');
    const guarded = (batch.guarded ?? []).map((group) => this.#guard(group, batch.runs));
    connection.reached('guarded-written');
    topics.flush();
    connection.reached('topics-written');
    journal.append(batch.entries);
    connection.reached('entries-written');
    waits.put(batch.waits);
    waits.end(batch.endedWaits);
    connection.reached('waits-written');
    inbox.consume(batch.consumed);
    connection.reached('inbox-consumed');
    const slots = (batch.slots ?? []).map((change) => this.#changeSlots(change));
    connection.reached('slots-written');
    if (batch.logs !== undefined && batch.logs.length > 0) this.#tables.logs.append(batch.logs);
    connection.reached('logs-written');
    this.#changeRuns(batch.runs, batch.worker ?? nobody);
    counters.flush();
    connection.reached('runs-written');
    return { starts, sends, appends, guarded, slots };
  }

  #start(start: RunStart): StartResult {
    const existing = this.#tables.runs.byId(start.id);
    if (existing === null) return this.#create(start, 1);
    // The first try of this start was on disk before a crash.
    const ownChild = start.parent === null ? null : this.#tables.runs.childUnderId(start.id, start.parent);
    if (ownChild !== null) return this.#settleStart(start, { created: true, run: ownChild });
    if (mayRestart(existing, start)) return this.#create(start, existing.generation + 1);
    return this.#settleStart(start, { created: false, run: existing });
  }

  #create(start: RunStart, generation: number): StartResult {
    const { counters, runs, journal } = this.#tables;
    const run = runs.insert(start, counters.next('run'), generation);
    if (start.fork !== undefined) {
      this.#assertForkable(start.id, start.fork.run);
      journal.copy(start.fork, run.number);
    }
    return this.#settleStart(start, { created: true, run });
  }

  /** A source that was pruned must not give an empty copy, in which every finished step would run again. */
  #assertForkable(id: string, source: RunNumber): void {
    if (this.#tables.runs.gate(source) !== null) return;
    throw new TuttiError(
      'TUTTI_STORE_FAILED',
      `Run ${id} cannot begin with the journal of run number ${source}: there is no such run.`,
    );
  }

  #settleStart(start: RunStart, result: StartResult): StartResult {
    this.#journalOutcome(start.journal, result.created);
    return result;
  }

  #send(send: MessageSend): SendResult {
    const gate = this.#tables.runs.gate(send.run);
    const refusal = this.#refusal(send, gate === null ? null : gate.state);
    this.#journalOutcome(send.journal, refusal === null);
    return refusal ?? { outcome: 'accepted', id: this.#deliver(send, gate) };
  }

  /** Puts a message into the inbox of an open run and makes the run claimable. Returns the message's id. */
  #deliver(send: MessageSend, gate: RunGate | null): number {
    const { counters, runs, inbox } = this.#tables;
    const id = counters.next('message');
    inbox.insert(id, send);
    const isRelease = send.kind === 'resume' || send.kind === 'cancel';
    if (gate?.state === 'paused') {
      if (isRelease) runs.unpause(send.run, send.at);
    } else if (gate?.wakeAt !== 0 && (gate?.state !== 'pending' || isRelease)) {
      runs.wake(send.run);
    }
    return id;
  }

  #changeSlots(change: SlotChange): SlotOutcome {
    const { slots, inbox } = this.#tables;
    switch (change.kind) {
      case 'request':
        this.#assertOpen(change.run);
        return slots.request(change);
      case 'release':
        inbox.takeBackGrant(change.run, change.key);
        this.#tellGranted(slots.release(change.run, change.key, change.at), change.at);
        return 'done';
      default:
        this.#tellGranted(slots.setLimit(change), change.at);
        return 'done';
    }
  }

  /** @throws TUTTI_STORE_FAILED when there is no open run of this number. */
  #assertOpen(run: RunNumber): void {
    if (this.#isOpen(run)) return;
    throw new TuttiError('TUTTI_STORE_FAILED', `Run number ${run} asked for slots, but it is not open.`);
  }

  #tellGranted(grants: readonly Grant[], at: number): void {
    for (const { run, key } of grants) {
      const message: MessageSend = { run, kind: 'slot', name: key, at, payload: null };
      this.#deliver(message, this.#tables.runs.gate(run));
    }
  }

  #guard(group: GuardedChange, changes: readonly RunChange[]): GuardedResult {
    const { cells } = this.#tables;
    if (!group.when.every((condition) => cells.holds(condition))) return notApplied;
    if (group.whenOpen !== undefined && !this.#stayOpen(group.whenOpen, changes)) return notApplied;
    return {
      applied: true,
      versions: group.cells.map((cell) => cells.write(cell)),
      starts: group.starts.map((start) => this.#start(start)),
      sends: group.sends.map((send) => this.#send(send)),
      appends: (group.appends ?? []).map((append) => this.#tables.topics.append(append)),
    };
  }

  /** The changes are those of the batch, which come after its groups. */
  #stayOpen(runs: readonly RunNumber[], changes: readonly RunChange[]): boolean {
    const ending = new Set(changes.filter(({ state }) => isFinal(state)).map(({ run }) => run));
    return runs.every((run) => this.#isOpen(run) && !ending.has(run));
  }

  #isOpen(run: RunNumber): boolean {
    const gate = this.#tables.runs.gate(run);
    return gate !== null && !isFinal(gate.state);
  }

  #refusal(send: MessageSend, state: RunRecord['state'] | null): SendResult | null {
    if (state === null) return refusals.unknown;
    if (isFinal(state)) return refusals.finished;
    if (send.onlyIfWaiting === undefined) return null;
    const { waits, inbox } = this.#tables;
    const isOpen = waits.has(send.run, send.onlyIfWaiting) && !inbox.holds(send);
    return isOpen ? null : refusals.closed;
  }

  #journalOutcome(entry: ConditionalEntry | undefined, accepted: boolean): void {
    if (entry !== undefined) this.#tables.journal.append([accepted ? entry.accepted : entry.refused]);
  }

  #changeRuns(changes: readonly RunChange[], worker: WorkerNumber): void {
    const { counters, runs, waits, inbox, slots } = this.#tables;
    // One statement for all: most runs that end in a large commit leave nothing behind.
    const ended = changes.filter(({ state }) => isFinal(state)).map(({ run }) => run);
    const endedJson = ended.length === 0 ? null : JSON.stringify(ended);
    const withSlots = endedJson === null ? null : slots.runsWithSlots(endedJson);
    for (const change of changes) {
      runs.change(change, worker);
      if (!isFinal(change.state)) continue;
      if (withSlots?.has(change.run)) this.#tellGranted(slots.releaseRun(change.run, change.at), change.at);
      counters.add(change.state, 1);
    }
    if (endedJson === null) return;
    waits.endAll(endedJson);
    inbox.empty(endedJson);
  }
}

function mayRestart(existing: RunRecord, start: RunStart): boolean {
  if (start.onConflict === 'restart') return isFinal(existing.state);
  if (start.onConflict === 'restartFailed')
    return existing.state === 'failed' || existing.state === 'canceled';
  return false;
}

/**
 * A group that is not applied must leave nothing behind, so it may hold no part that the rest of the batch relies on.
 *
 * @throws TUTTI_STORE_FAILED when one writes to a journal or forks one.
 */
function checkGuarded(groups: readonly GuardedChange[]): void {
  for (const part of groups.flatMap((group) => [...group.starts, ...group.sends])) {
    if (!('journal' in part) && !('fork' in part)) continue;
    throw new TuttiError('TUTTI_STORE_FAILED', 'A guarded group writes to a journal or forks one.');
  }
}

/** @throws TUTTI_STORE_FAILED when a batch without a worker writes to a run. */
function checkClient(batch: CommitBatch): void {
  const writes = batch.entries.length + batch.waits.length + batch.endedWaits.length;
  const changes = batch.consumed.length + batch.runs.length + (batch.logs?.length ?? 0);
  const guardedStarts = (batch.guarded ?? []).flatMap((group) => group.starts);
  const isOwning = [...batch.starts, ...guardedStarts].some((start) => start.owner !== nobody);
  const isJournaling = [...batch.starts, ...batch.sends].some((part) => part.journal !== undefined);
  const isUsingSlots = (batch.slots ?? []).some((change) => change.kind !== 'limit');
  if (writes + changes === 0 && !isUsingSlots && !isOwning && !isJournaling) return;
  throw new TuttiError(
    'TUTTI_STORE_FAILED',
    'A batch without a worker may only start runs that nobody owns, send messages, write cells and set limits of pools.',
  );
}
