/**
 * Random operations over the store port: clients, and several workers that start, claim, journal, wait, sleep, finish, lose
 * their lease and go on writing all the same.
 *
 * Every worker acts on what it believes to own, as the engine does: a worker that lives believes the truth, one that was
 * declared dead keeps its belief and must be refused (I2). So each stream is a story that the engine could have lived through.
 */
import {
  isFinal,
  neverWakes,
  nobody,
  type CommitBatch,
  type CommitResult,
  type FinalState,
  type RunNumber,
  type RunState,
  type Store,
  type WorkerNumber,
} from '../../engine/index.ts';
import { batch, change, entry, finish, pause, sleep, startTime } from './builders.ts';
import { ComparedStores, type Answer } from './compared-stores.ts';
import { Draw, type OperationCode } from './draw.ts';
import { dumpStore } from './dump-store.ts';
import { actOnTopics, randomAppend } from './random-topics.ts';
import {
  conditional,
  definitions,
  payloads,
  randomCell,
  randomGuarded,
  randomLimit,
  randomLines,
  randomMessage,
  randomSlots,
  randomStart,
  randomSteps,
  randomWait,
  runIds,
  shift,
  waitKeys,
  type OwnedRun,
  type Setting,
} from './random-records.ts';

const finalStates: readonly FinalState[] = ['completed', 'failed', 'canceled'];
const openStates: readonly RunState[] = ['pending', 'running', 'waiting', 'paused'];
const leaseMs = 40;
const workersMax = 4;

/**
 * Does the operations one after the other on all stores, and compares everything the stores hold at the end.
 *
 * Whenever two stores answer differently, or end in different states, `onDifference` is called with what was asked.
 */
export async function runRandomOperations(
  stores: readonly (readonly Store[])[],
  codes: readonly OperationCode[],
  onDifference: (what: string, answers: readonly Answer[]) => void,
): Promise<void> {
  const story = new Story(new ComparedStores(stores, onDifference));
  for (const code of codes) await story.act(new Draw(code));
  await story.compareAll();
}

class Story {
  readonly #stores: ComparedStores;
  readonly #beliefs = new Map<WorkerNumber, Map<RunNumber, OwnedRun>>();
  readonly #known: RunNumber[] = [];
  readonly #versions: number[] = [];
  #now: number = startTime;

  constructor(stores: ComparedStores) {
    this.#stores = stores;
  }

  /** One operation; the first draw says which. Those that carry the story stand more often in the list. */
  async act(draw: Draw): Promise<void> {
    this.#now += draw.below(4);
    const operations = [
      () => this.#startByClient(draw),
      () => this.#sendByClient(draw),
      () => this.#claim(draw),
      () => this.#work(draw),
      () => this.#work(draw),
      () => this.#sleep(draw),
      () => this.#startByClient(draw),
      () => this.#sendByClient(draw),
      () => this.#claim(draw),
      () => this.#work(draw),
      () => this.#startByWorker(draw),
      () => this.#hear(draw),
      () => this.#change(draw),
      () => this.#changeSlots(draw),
      () => this.#changeSlots(draw),
      () => this.#finish(draw),
      () => this.#pause(draw),
      () => this.#repeatPosition(draw),
      () => this.#changeWorkers(draw),
      () => this.#read(draw),
      () => this.#prune(draw),
      () => this.#append(draw),
      () => actOnTopics(this.#stores, draw, this.#now),
    ];
    await draw.from(operations)?.();
  }

  get #setting(): Setting {
    return { known: this.#known, versions: this.#versions, now: this.#now };
  }

  async compareAll(): Promise<void> {
    await this.#stores.ask('everything', dumpStore);
  }

  async #startByClient(draw: Draw): Promise<void> {
    await this.#commit('start by a client', { starts: [randomStart(draw, this.#setting, nobody)] });
  }

  /** A start by a run, with its journal entry in the same batch (I4). */
  async #startByWorker(draw: Draw): Promise<void> {
    const worker = this.#worker(draw);
    if (worker === undefined) return;
    const starter = draw.from(this.#ownedBy(worker));
    const start = randomStart(draw, this.#setting, draw.oneIn(2) ? worker : nobody);
    const parts = starter === undefined ? {} : { journal: conditional(starter) };
    await this.#commit('start by a worker', { worker, starts: [{ ...start, ...parts }] });
  }

  async #sendByClient(draw: Draw): Promise<void> {
    const count = 1 + draw.below(3);
    const sends = Array.from({ length: count }, () => randomMessage(draw, this.#setting));
    await this.#commit('send by a client', { sends });
  }

  async #append(draw: Draw): Promise<void> {
    const appends = Array.from({ length: 1 + draw.below(2) }, () => randomAppend(draw, this.#now));
    await this.#commit('append', { appends });
  }

  /** Cells and guarded groups, by a client or a worker. */
  async #change(draw: Draw): Promise<void> {
    const worker = draw.oneIn(2) ? (this.#worker(draw) ?? null) : null;
    const owner = worker !== null && draw.oneIn(2) ? worker : nobody;
    const cells = Array.from({ length: draw.below(3) }, () => randomCell(draw));
    const groups = Array.from({ length: draw.below(3) }, () => randomGuarded(draw, this.#setting, owner));
    await this.#commit('cells', { worker, cells, guarded: groups });
    for (const { space, key } of cells) {
      const cell = await this.#stores.ask('a cell', (store) => store.getCell(space, key));
      if (cell !== null) this.#versions.push(cell.version);
    }
  }

  /** Several runs of a worker ask and give back at once; now and then somebody sets a limit. */
  async #changeSlots(draw: Draw): Promise<void> {
    const worker = this.#worker(draw);
    if (worker === undefined || draw.oneIn(6)) {
      await this.#commit('a limit', { slots: [randomLimit(draw, this.#now)] });
      return;
    }
    const owned = this.#ownedBy(worker);
    const slots = owned.flatMap((one) =>
      Array.from({ length: draw.below(3) }, () => randomSlots(draw, one.run.number, this.#now)),
    );
    await this.#commit('slots', { worker, slots });
  }

  async #claim(draw: Draw): Promise<void> {
    const worker = this.#worker(draw) ?? (await this.#register(draw));
    const request = {
      worker,
      now: this.#now,
      runsMax: 1 + draw.below(3),
      definitions: draw.oneIn(3) ? ['greet'] : definitions,
    };
    const claimed = await this.#stores.ask('claim', (store) => store.claim(request));
    for (const { run, journal, inbox } of claimed ?? []) {
      const ids = inbox.map((message) => message.id);
      this.#believe(worker, { run, nextSeq: journal.length, seen: Math.max(0, ...ids), inbox: ids });
    }
  }

  /** A worker journals for several of its runs at once, as a group commit does. */
  async #work(draw: Draw): Promise<void> {
    const worker = this.#worker(draw);
    if (worker === undefined) return;
    const owned = this.#ownedBy(worker).filter(() => !draw.oneIn(3));
    const entries = owned.flatMap((one) => randomSteps(draw, one, this.#now));
    const sender = draw.from(owned);
    const isSending = sender !== undefined && draw.oneIn(3);
    const sends = isSending ? [{ ...randomMessage(draw, this.#setting), journal: conditional(sender) }] : [];
    const shifted = isSending ? entries.map((one) => shift(one, sender)) : entries;
    await this.#commit('work', {
      worker,
      sends,
      entries: shifted,
      waits: owned.map((one) => randomWait(draw, one.run.number, this.#now)),
      endedWaits: owned.map((one) => ({ run: one.run.number, key: draw.from(waitKeys) ?? 'k' })),
      logs: owned.flatMap((one) => randomLines(draw, one.run.number, this.#now)),
      consumed: owned.flatMap((one) => one.inbox.filter(() => draw.oneIn(2))),
      runs: owned.map((one) => change(one.run, { at: this.#now, owner: worker, status: `at ${this.#now}` })),
    });
  }

  async #sleep(draw: Draw): Promise<void> {
    const found = this.#ownedRun(draw);
    if (found === null) return;
    const { worker, owned } = found;
    const owner = draw.oneIn(3) ? worker : nobody;
    const wakeAt = draw.oneIn(2) ? neverWakes : this.#now + draw.below(30);
    const asleep = sleep(owned.run, { at: this.#now, owner, wakeAt, seenMessage: owned.seen });
    await this.#commit('sleep', { worker, consumed: owned.inbox, runs: [asleep] });
  }

  async #pause(draw: Draw): Promise<void> {
    const found = this.#ownedRun(draw);
    if (found === null) return;
    const { worker, owned } = found;
    const paused = pause(owned.run, { at: this.#now, result: '"why"', seenMessage: owned.seen });
    await this.#commit('pause', { worker, runs: [paused] });
  }

  async #finish(draw: Draw): Promise<void> {
    const found = this.#ownedRun(draw);
    if (found === null) return;
    const { worker, owned } = found;
    const state = draw.from(finalStates) ?? 'completed';
    const finished = finish(owned.run, { at: this.#now, state, result: draw.from(payloads) ?? null });
    const sends = draw.oneIn(2) ? [randomMessage(draw, this.#setting)] : [];
    await this.#commit('finish', { worker, sends, runs: [finished] });
  }

  /** A batch whose last entry takes a position that is taken: none of it may be written (I3). */
  async #repeatPosition(draw: Draw): Promise<void> {
    const found = this.#ownedRun(draw);
    if (found === null || found.owned.nextSeq === 0) return;
    const { worker, owned } = found;
    const entries = [entry(owned.run.number, owned.nextSeq), entry(owned.run.number, 0)];
    const starts = [randomStart(draw, this.#setting, nobody)];
    await this.#commit('a repeated position', {
      worker,
      starts,
      sends: [randomMessage(draw, this.#setting)],
      entries,
    });
  }

  /** Its own messages reach a worker while its runs are at work. */
  async #hear(draw: Draw): Promise<void> {
    const worker = this.#worker(draw);
    if (worker === undefined || !this.#stores.isAlive(worker)) return;
    const after = draw.below(5);
    const heard = await this.#stores.ask('new messages', (store) => store.newMessages(worker, after, 10));
    for (const message of heard ?? []) {
      const owned = this.#beliefs.get(worker)?.get(message.run);
      if (owned === undefined || message.id <= owned.seen) continue;
      owned.seen = message.id;
      owned.inbox = [...owned.inbox, message.id];
    }
  }

  async #changeWorkers(draw: Draw): Promise<void> {
    const worker = this.#worker(draw);
    const leaseUntil = this.#now + leaseMs;
    switch (draw.below(4)) {
      case 0:
        await this.#register(draw);
        return;
      case 1:
        if (worker !== undefined)
          await this.#stores.ask('renew', (store) => store.renewLease(worker, leaseUntil));
        return;
      case 2:
        if (worker === undefined) return;
        await this.#stores.ask('retire', (store) => store.retireWorker(worker));
        this.#stores.noteGone(worker);
        return;
      default:
        await this.#declareDead(draw);
    }
  }

  async #declareDead(draw: Draw): Promise<void> {
    this.#now += draw.below(2 * leaseMs);
    const dead = await this.#stores.ask('declare dead', (store) => store.declareDead(this.#now));
    for (const worker of dead ?? []) this.#stores.noteGone(worker);
  }

  async #register(draw: Draw): Promise<WorkerNumber> {
    const registration = {
      name: `worker ${draw.below(10)}`,
      now: this.#now,
      leaseUntil: this.#now + leaseMs,
      definitions,
    };
    const worker =
      (await this.#stores.ask('register', (store) => store.registerWorker(registration))) ?? nobody;
    this.#stores.noteAlive(worker);
    this.#beliefs.set(worker, new Map());
    return worker;
  }

  async #prune(draw: Draw): Promise<void> {
    const request = { endedBefore: this.#now - draw.below(20), runsMax: draw.below(3) };
    await this.#stores.ask('prune', (store) => store.prune(request));
  }

  async #read(draw: Draw): Promise<void> {
    const run = draw.from(this.#known) ?? 1;
    const id = draw.from(runIds) ?? 'a';
    const limit = draw.below(5);
    const reads: readonly ((store: Store) => Promise<unknown>)[] = [
      (store) => store.nextWake(definitions),
      (store) => store.nextWake(['greet']),
      (store) => store.countRuns(),
      (store) => store.findRun(id),
      (store) => store.findRun(id, limit),
      (store) => store.listRuns({ idPrefix: id, limit }),
      (store) => store.listRuns({ states: openStates, before: run }),
      (store) => store.listRuns({ parent: run, definition: 'greet' }),
      (store) => store.listWaits({ limit }),
      (store) => store.listWaits({ run, kind: 'timer' }),
      (store) => store.newEventWaits(limit, 3),
      (store) => store.readJournal(run, limit, 2),
      (store) => store.listInbox(run),
      (store) => store.listCells('clock', { prefix: 'k', limit }),
      (store) => store.listCells('ü', { after: 'k' }),
      (store) => store.listPools({ limit }),
      (store) => store.readLogs(run, { after: 1, key: '', limit }),
      (store) => store.listSlots({ pool: 'db', limit }),
      dumpStore,
    ];
    const read = draw.from(reads);
    if (read !== undefined) await this.#stores.ask('a read', read);
  }

  /** Commits on all stores and brings the beliefs up to date. */
  async #commit(what: string, parts: Partial<CommitBatch>): Promise<void> {
    const whole = batch(parts);
    const result = await this.#stores.ask(what, (store) => store.commit(whole));
    if (result === null) return;
    await this.#noteStarts(whole, result);
    if (whole.worker === null) return;
    const owned = this.#beliefs.get(whole.worker);
    const written = [
      ...whole.entries,
      ...[...whole.starts, ...whole.sends].flatMap((part) => part.journal?.accepted ?? []),
    ];
    for (const { run, seq } of written) {
      const known = owned?.get(run);
      if (known !== undefined) known.nextSeq = Math.max(known.nextSeq, seq + 1);
    }
    for (const known of owned?.values() ?? []) {
      known.inbox = known.inbox.filter((id) => !whole.consumed.includes(id));
    }
    for (const { run, state, owner } of whole.runs) {
      if (owner !== whole.worker || isFinal(state)) owned?.delete(run);
    }
  }

  async #noteStarts(whole: CommitBatch, result: CommitResult): Promise<void> {
    const groups = (whole.guarded ?? []).filter((_, index) => result.guarded[index]?.applied === true);
    const starts = [...whole.starts, ...groups.flatMap((group) => group.starts)];
    const results = [...result.starts, ...result.guarded.flatMap((group) => group.starts)];
    this.#versions.push(...result.guarded.flatMap((group) => group.versions));
    for (const [index, { run, created }] of results.entries()) {
      if (!this.#known.includes(run.number)) this.#known.push(run.number);
      const worker = whole.worker;
      const isNewlyOwned =
        created && worker !== null && starts[index]?.owner === worker && run.owner === worker;
      if (!isNewlyOwned || isFinal(run.state) || this.#beliefs.get(worker)?.has(run.number)) continue;
      const journal = await this.#stores.ask('the journal of a start', (store) =>
        store.readJournal(run.number, 0, 1e6),
      );
      this.#believe(worker, { run, nextSeq: journal?.length ?? 0, seen: 0, inbox: [] });
    }
  }

  #believe(worker: WorkerNumber, owned: OwnedRun): void {
    this.#beliefs.get(worker)?.set(owned.run.number, owned);
  }

  #ownedBy(worker: WorkerNumber): readonly OwnedRun[] {
    return [...(this.#beliefs.get(worker)?.values() ?? [])];
  }

  /** One of the latest workers, dead or alive. */
  #worker(draw: Draw): WorkerNumber | undefined {
    return draw.from([...this.#beliefs.keys()].slice(-workersMax));
  }

  #ownedRun(draw: Draw): { readonly worker: WorkerNumber; readonly owned: OwnedRun } | null {
    const all = [...this.#beliefs]
      .slice(-workersMax)
      .flatMap(([worker, runs]) => [...runs.values()].map((owned) => ({ worker, owned })));
    return draw.from(all) ?? null;
  }
}
