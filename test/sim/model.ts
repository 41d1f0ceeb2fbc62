/**
 * What the store must hold, said by what was accepted there: an account kept beside the real store, in the order in which it
 * accepted things, and the judge of every single write.
 *
 * Owns: the account of workers, runs, journals and messages. Knows neither engine nor store code. In: accepted and refused calls.
 * Out: violations, and answers to the witness and the final checks.
 */
import { decodeValue } from '../../src/base/codec.ts';
import { isTuttiError } from '../../src/base/tutti-error.ts';
import {
  isFinal,
  nobody,
  operationKey,
  type AppendResult,
  type ClaimedRun,
  type CommitBatch,
  type CommitResult,
  type EntryKind,
  type EventPlace,
  type GuardedChange,
  type GuardedResult,
  type JournalAppend,
  type JournalEntry,
  type MessageSend,
  type RunChange,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type RunState,
  type SendResult,
  type StartResult,
  type TopicAppend,
  type WorkerNumber,
} from '../../src/engine/index.ts';
import type { World } from './world.ts';

export interface ModelWorker {
  readonly process: string;
  isAlive: boolean;
}

export interface ModelRun {
  /** As it was when it was started. */
  readonly first: RunRecord;
  readonly journal: JournalEntry[];
  /** How many entries it was given by a fork. */
  readonly forked: number;
  /** The commit that started it, by number. */
  readonly startedBy: number;
  state: RunState;
  owner: WorkerNumber;
}

export interface ModelMessage {
  readonly id: number;
  readonly send: MessageSend;
  /** `dropped`: its run ended before. */
  state: 'lies' | 'consumed' | 'dropped';
}

/** The kind of entry that a consumed message must leave in the same transaction. */
const traces: Readonly<Partial<Record<MessageSend['kind'], EntryKind>>> = {
  signal: 'signal',
  answer: 'approval',
  child: 'child',
  event: 'event',
};

export class Model {
  readonly workers: Map<WorkerNumber, ModelWorker> = new Map();
  readonly runs: Map<RunNumber, ModelRun> = new Map();
  readonly messages: Map<number, ModelMessage> = new Map();
  readonly #world: World;
  readonly #children = new Map<string, RunNumber>();
  /** By place in a topic: the commit that appended it, by number. */
  readonly #appends = new Map<string, number>();
  #commits = 0;

  constructor(world: World) {
    this.#world = world;
  }

  // --- questions ---

  /** The runs under an id, oldest generation first. */
  generations(id: string): readonly ModelRun[] {
    return [...this.runs.values()].filter((run) => run.first.id === id);
  }

  /** Whether the run belongs to a living registration of this process. */
  isHeldBy(number: RunNumber, process: string): boolean {
    const worker = this.workers.get(this.runs.get(number)?.owner ?? nobody);
    return worker !== undefined && worker.isAlive && worker.process === process;
  }

  /** Whether the record was appended before the run was started, whatever anybody's clock said. */
  wasAppendedBefore(place: EventPlace, number: RunNumber): boolean {
    const appendedBy = this.#appends.get(placeKey(place)) ?? Number.POSITIVE_INFINITY;
    return appendedBy < (this.runs.get(number)?.startedBy ?? 0);
  }

  /** The entry of an operation that ended. Children, starts and publishes are known by their scope, everything else by its name. */
  entry(number: RunNumber, kind: EntryKind, name: string): JournalEntry | undefined {
    const isIt =
      kind === 'child' || kind === 'start' || kind === 'publish'
        ? (entry: JournalEntry): boolean => entry.scope.endsWith(`/${name}#0`)
        : (entry: JournalEntry): boolean => entry.name === name;
    return this.runs.get(number)?.journal.find((entry) => entry.kind === kind && isIt(entry));
  }

  attempts(number: RunNumber, name: string): number {
    const journal = this.runs.get(number)?.journal ?? [];
    return journal.filter((entry) => entry.kind === 'attempt' && entry.name === name).length;
  }

  accepted(fits: (message: ModelMessage) => boolean): readonly ModelMessage[] {
    return [...this.messages.values()].filter(fits);
  }

  // --- workers ---

  registered(number: WorkerNumber, process: string): void {
    if (this.workers.has(number)) this.#world.violate('I2', `worker number ${number} was given twice`);
    this.workers.set(number, { process, isAlive: true });
  }

  /** Declared dead, or retired. */
  left(number: WorkerNumber): void {
    const worker = this.workers.get(number);
    if (worker !== undefined) worker.isAlive = false;
  }

  claimed(worker: WorkerNumber, claimed: readonly ClaimedRun[]): void {
    if (claimed.length > 0 && this.workers.get(worker)?.isAlive !== true)
      this.#world.violate('I2', `worker ${worker} is not alive and was given runs`);
    for (const { run, journal } of claimed) {
      const known = this.#existing(run.number, 'a claim');
      if (known === undefined) continue;
      const owner = this.workers.get(known.owner);
      if (owner?.isAlive === true)
        this.#world.violate('I2', `run ${run.number} was given to ${worker} while ${known.owner} holds it`);
      if (isFinal(known.state) || known.state === 'paused')
        this.#world.violate('store', `run ${run.number} is ${known.state} and was claimed`);
      if (journal.length !== known.journal.length)
        this.#world.violate(
          'I1',
          `run ${run.number} was claimed with ${journal.length} of ${known.journal.length} entries`,
        );
      known.owner = worker;
      known.state = 'running';
    }
  }

  // --- commits ---

  committed(batch: CommitBatch, result: CommitResult): void {
    const { worker } = batch;
    this.#commits += 1;
    this.#appended(batch.appends ?? [], result.appends);
    if (worker !== null && this.workers.get(worker)?.isAlive !== true)
      this.#world.violate('I2', `a commit of worker ${worker} was accepted after it was declared dead`);
    const written = [...batch.entries];
    for (const [index, group] of (batch.guarded ?? []).entries())
      this.#changedTogether(group, result.guarded[index], written);
    batch.starts.forEach((start, index) => this.#started(start, result.starts[index], written));
    batch.sends.forEach((send, index) => this.#sent(send, result.sends[index], written));
    // A batch may list its entries in any order; only their positions count.
    for (const entry of written.toSorted((one, other) => one.seq - other.seq)) this.#append(entry, worker);
    for (const wait of batch.waits) this.#writes(wait.run, worker, 'a wait');
    for (const id of batch.consumed) this.#consumed(id, batch);
    for (const change of batch.runs) this.#changed(change, worker);
  }

  /** A living worker has no business being refused by the store itself: it sent what contradicts the store. */
  refused(batch: CommitBatch, error: unknown): void {
    const isAlive = batch.worker === null || this.workers.get(batch.worker)?.isAlive === true;
    const isFence = isTuttiError(error) && error.code === 'TUTTI_OWNER_LOST';
    if (isFence && !isAlive) return;
    this.#world.violate('store', `a batch of worker ${batch.worker} contradicts the store: ${String(error)}`);
  }

  /** Only a group that was applied did anything. */
  #changedTogether(group: GuardedChange, result: GuardedResult | undefined, written: JournalAppend[]): void {
    if (result?.applied !== true) return;
    group.starts.forEach((start, index) => this.#started(start, result.starts[index], written));
    group.sends.forEach((send, index) => this.#sent(send, result.sends[index], written));
    this.#appended(group.appends ?? [], result.appends);
  }

  #appended(appends: readonly TopicAppend[], results: readonly AppendResult[]): void {
    for (const [index, { topic, partition }] of appends.entries()) {
      for (const offset of results[index]?.offsets ?? [])
        this.#appends.set(placeKey({ topic, partition, offset }), this.#commits);
    }
  }

  #started(start: RunStart, result: StartResult | undefined, written: JournalAppend[]): void {
    if (result === undefined) return this.#world.violate('store', `start ${start.id} got no answer`);
    const { run, created } = result;
    if (created && !this.runs.has(run.number)) this.#create(start, run);
    else if (!created && !this.runs.has(run.number))
      this.#world.violate('store', `start ${start.id} was refused for an unknown run ${run.number}`);
    if (start.journal !== undefined) written.push(created ? start.journal.accepted : start.journal.refused);
  }

  #create(start: RunStart, run: RunRecord): void {
    if (start.parent !== null) {
      const link = `${start.parent.run}${start.parent.operation}`;
      const twin = this.#children.get(link);
      if (twin !== undefined)
        this.#world.violate('I4', `operation ${link} started two runs, ${twin} and ${run.number}`);
      this.#children.set(link, run.number);
    }
    const open = this.generations(run.id).find((other) => !isFinal(other.state));
    if (open !== undefined)
      this.#world.violate('I4', `two open runs ${open.first.number} and ${run.number} have the id ${run.id}`);
    const fork = start.fork;
    const source = fork === undefined ? [] : (this.runs.get(fork.run)?.journal ?? []);
    const journal = source
      .filter((entry) => fork?.drop.includes(entry.seq) !== true)
      .map((entry, seq) => ({ ...entry, seq }));
    this.runs.set(run.number, {
      first: run,
      journal,
      forked: journal.length,
      startedBy: this.#commits,
      state: run.state,
      owner: run.owner,
    });
  }

  #sent(send: MessageSend, result: SendResult | undefined, written: JournalAppend[]): void {
    if (result === undefined)
      return this.#world.violate('store', `a ${send.kind} for run ${send.run} got no answer`);
    const isAccepted = result.outcome === 'accepted';
    const run = this.runs.get(send.run);
    if (isAccepted && (run === undefined || isFinal(run.state)))
      this.#world.violate(
        'I1',
        `a ${send.kind} was accepted for run ${send.run}, which is ${run?.state ?? 'unknown'}`,
      );
    if (isAccepted) this.#arrived(send, result.id);
    if (send.journal !== undefined) written.push(isAccepted ? send.journal.accepted : send.journal.refused);
  }

  #arrived(send: MessageSend, id: number): void {
    const run = this.runs.get(send.run);
    if (send.kind === 'event' && this.#isAnswered(send))
      this.#world.violate('I4', `wait ${send.name} of run ${send.run} was answered twice`);
    if (this.messages.has(id)) this.#world.violate('store', `message ${id} was numbered twice`);
    this.messages.set(id, { id, send, state: 'lies' });
    if (run?.state === 'paused' && (send.kind === 'resume' || send.kind === 'cancel')) run.state = 'waiting';
  }

  /** Keys of waits are never used again, so that each is answered once. */
  #isAnswered({ run, kind, name }: MessageSend): boolean {
    return (
      this.accepted(({ send }) => send.run === run && send.kind === kind && send.name === name).length > 0
    );
  }

  #append(entry: JournalAppend, worker: WorkerNumber | null): void {
    const run = this.#writes(entry.run, worker, `entry ${entry.seq}`);
    if (run === undefined) return;
    const key = keyOf(entry);
    if (entry.seq !== run.journal.length)
      this.#world.violate(
        'store',
        `run ${entry.run} got entry ${entry.seq} at position ${run.journal.length}`,
      );
    if (entry.kind === 'attempt') this.#attempted(entry);
    else if (
      entry.kind !== 'cancel' &&
      run.journal.some((other) => other.kind !== 'attempt' && keyOf(other) === key)
    )
      this.#world.violate('I3', `${key} of run ${entry.run} ended twice`);
    if (entry.kind === 'step' && entry.attempt !== this.attempts(entry.run, entry.name) + 1)
      this.#world.violate(
        'I3',
        `${key} of run ${entry.run} ended in attempt ${entry.attempt} after ${this.attempts(entry.run, entry.name)} failed`,
      );
    run.journal.push(entry);
  }

  #attempted(entry: JournalAppend): void {
    const before = this.attempts(entry.run, entry.name);
    if (entry.attempt !== before + 1)
      this.#world.violate(
        'I3',
        `attempt ${entry.attempt} of ${entry.name} of run ${entry.run} follows ${before} failed ones`,
      );
    if (this.entry(entry.run, 'step', entry.name) !== undefined)
      this.#world.violate('I3', `${entry.name} of run ${entry.run} was tried again after its end`);
  }

  /** A message leaves the inbox only together with what it did. */
  #consumed(id: number, batch: CommitBatch): void {
    const message = this.messages.get(id);
    if (message === undefined)
      return this.#world.violate('I4', `message ${id}, which never was, was consumed`);
    const { kind, run, payload } = message.send;
    this.#writes(run, batch.worker, `the consumption of message ${id}`);
    if (message.state !== 'lies')
      this.#world.violate('I4', `message ${id} was consumed and is ${message.state}`);
    message.state = 'consumed';
    const trace = traces[kind];
    const entries = batch.entries.filter((entry) => entry.run === run);
    const hasEffect =
      trace === undefined
        ? this.#hasEffect(message, batch)
        : entries.some((entry) => entry.kind === trace && (kind === 'child' || entry.payload === payload));
    if (!hasEffect) this.#world.violate('I4', `${kind} ${id} of run ${run} was consumed without its effect`);
  }

  #hasEffect({ send }: ModelMessage, batch: CommitBatch): boolean {
    const run = this.runs.get(send.run);
    if (send.kind === 'resume') return true;
    if (send.kind === 'pause')
      return batch.runs.some((change) => change.run === send.run && change.state === 'paused');
    return (
      run?.journal.some((entry) => entry.kind === 'cancel') === true ||
      batch.entries.some((entry) => entry.run === send.run && entry.kind === 'cancel')
    );
  }

  #changed(change: RunChange, worker: WorkerNumber | null): void {
    const run = this.#writes(change.run, worker, `state ${change.state}`);
    if (run === undefined) return;
    run.state = change.state;
    run.owner = change.owner;
    const lying = this.accepted(({ state, send }) => state === 'lies' && send.run === change.run);
    if (isFinal(change.state)) for (const message of lying) message.state = 'dropped';
    const unseen = lying.filter(({ id }) => id > change.seenMessage);
    if (
      change.state === 'paused' &&
      unseen.some(({ send }) => send.kind === 'resume' || send.kind === 'cancel')
    )
      run.state = 'waiting';
  }

  /** I2: only the living owner of an open run writes to it. */
  #writes(number: RunNumber, worker: WorkerNumber | null, what: string): ModelRun | undefined {
    const run = this.#existing(number, what);
    if (run === undefined) return undefined;
    if (isFinal(run.state)) this.#world.violate('store', `run ${number} is ${run.state} and got ${what}`);
    else if (run.owner !== worker)
      this.#world.violate(
        'I2',
        `run ${number} belongs to ${run.owner} and got ${what} from worker ${worker}`,
      );
    return run;
  }

  #existing(number: RunNumber, what: string): ModelRun | undefined {
    const run = this.runs.get(number);
    if (run === undefined) this.#world.violate('store', `${what} names run ${number}, which does not exist`);
    return run;
  }
}

/** The value in an entry, or undefined if it lies in the payload store. */
export function inlineValue(entry: JournalEntry): { readonly value: unknown } | undefined {
  if (entry.payload === null) return { value: undefined };
  if (typeof entry.payload !== 'string' || entry.payload.startsWith('@')) return undefined;
  return { value: decodeValue(entry.payload) };
}

function placeKey({ topic, partition, offset }: EventPlace): string {
  return `${topic}/${partition}/${offset}`;
}

function keyOf({ scope, kind, name, occurrence }: JournalEntry): string {
  return operationKey(scope, kind, name, occurrence);
}
