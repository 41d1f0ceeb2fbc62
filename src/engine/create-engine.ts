/**
 * The engine of one process: composes the commit queue, the delivery rounds, the live runs and the loops.
 *
 * Owns: the registration of this process as a worker, and when it claims, listens, renews and cleans up.
 * Invariants:
 * E1  Nothing is written in the name of a number that this process no longer holds (I2): losing it drops every run first.
 * E2  There is no recovery: after a loss the process registers anew and claims, like any other (I5).
 */
import { TuttiError } from '../base/tutti-error.ts';
import { CodeHandle } from './code-handle.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Definition } from './definition.ts';
import { Delivery } from './delivery.ts';
import type { Engine, EngineOptions, ProgressListener } from './engine.ts';
import { LiveRun, type RunMaterial, type RunOwner } from './live-run.ts';
import { LiveRuns } from './live-runs.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import { nobody, type RunNumber } from './model/run.ts';
import type { WorkerNumber } from './model/worker.ts';
import { ApprovalOperation } from './operations/approval.ts';
import type { RunServices } from './operations/run-services.ts';
import { afterThisTurn } from './outside.ts';
import { Payloads } from './payloads.ts';
import type { ClaimedRun, GuardedChange, GuardedResult, RunStart, StartResult } from './ports/store.ts';
import { receiveMessage } from './received-message.ts';
import { rehearse } from './rehearsal.ts';
import { otherOperations } from './run-errors.ts';
import { claimedMaterial, freshMaterial } from './run-material.ts';
import { TimerQueue, type Alarm } from './timer-queue.ts';

/** Runs taken by one claim. */
const claimRunsMax = 500;
/** Messages read at a time. */
const messagesMax = 1_000;
/** How often the worker looks by itself, in case a wake-up was lost. Milliseconds. */
const tickMs = 1_000;
/** Since when a running step gets a row that says so. Milliseconds. */
const announceAfterMs = 1_000;
/** How long a stopping worker waits for the bodies of its steps. Milliseconds. */
const stopGraceMs = 5_000;
/** Finished runs deleted by one transaction. */
const pruneRunsMax = 1_000;

/** Makes the engine of a process. It can start runs and carry messages at once, and executes runs after `start`. */
export function createEngine(options: EngineOptions): Engine {
  return new DurableEngine(options);
}

class DurableEngine implements Engine {
  readonly store: EngineOptions['store'];
  readonly payloads: Payloads;
  readonly clock: EngineOptions['clock'];
  readonly random: EngineOptions['random'];
  readonly #options: EngineOptions;
  readonly #queue: CommitQueue;
  readonly #delivery = new Delivery();
  readonly #timers: TimerQueue;
  readonly #live = new LiveRuns();
  readonly #owner: RunOwner;
  readonly #listeners = new Set<ProgressListener>();
  #definitions = new Map<string, Definition>();
  #worker: WorkerNumber | null = null;
  #isWorking = false;
  #lastMessage = 0;
  #isLooking = false;
  #mustLookAgain = false;
  #isLookScheduled = false;
  #nextClaim: Alarm | null = null;
  #tick: Alarm | null = null;
  #stopListening: (() => void) | null = null;
  #isComingBack = false;
  #lastRenewal = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.store = options.store;
    this.clock = options.clock;
    this.random = options.random;
    this.payloads = new Payloads(options.payloadStore, options.codec, options.limits);
    this.#timers = new TimerQueue(options.clock);
    this.#setDefinitions(options.definitions);
    const { store, clock, random, payloads } = this;
    const { telemetry } = options;
    this.#queue = new CommitQueue({
      store,
      clock,
      telemetry,
      worker: () => this.#worker,
      onLost: (error) => this.#lost(error),
    });
    const services: RunServices = {
      store,
      queue: this.#queue,
      clock,
      random,
      timers: this.#timers,
      payloads,
      telemetry,
      findDefinition: (name) => this.findDefinition(name),
      nudge: () => this.#look(),
    };
    this.#owner = {
      services,
      handle: (run) => new CodeHandle(run),
      deliver: (run) => this.#delivery.add(run),
      workerNumber: () => this.#worker ?? nobody,
      left: (run, how) => this.#left(run, how),
      rested: (run) => this.#rested(run),
    };
  }

  get definitions(): readonly Definition[] {
    return [...this.#definitions.values()];
  }

  findDefinition(name: string): Definition | undefined {
    return this.#definitions.get(name);
  }

  async replaceDefinitions(definitions: readonly Definition[]): Promise<void> {
    const wasWorking = this.#isWorking;
    if (wasWorking) await this.stop();
    this.#setDefinitions(definitions);
    if (wasWorking) await this.start();
  }

  startRun(start: RunStart): Promise<StartResult> {
    const definition = this.#definitions.get(start.definition);
    const isTaken =
      this.#isWorking &&
      this.#worker !== null &&
      definition !== undefined &&
      start.wakeAt <= this.clock.now() &&
      this.#live.size < this.#options.liveRunsMax;
    const change = { ...start, owner: isTaken && this.#worker !== null ? this.#worker : nobody };
    return new Promise((resolve, reject) => {
      const done = (result: StartResult): void => {
        if (result.created && result.run.owner !== nobody && result.run.owner === this.#worker)
          this.#adopt(result, definition);
        else if (result.created) this.#look();
        resolve(result);
      };
      this.#queue.start(change, done, reject);
    });
  }

  send(send: MessageSend): Promise<SendResult> {
    return new Promise((resolve, reject) => {
      const done = (result: SendResult): void => {
        this.#look();
        resolve(result);
      };
      this.#queue.send(send, done, reject);
    });
  }

  change(group: GuardedChange): Promise<GuardedResult> {
    const starts = group.starts.map((start) => ({ ...start, owner: nobody }));
    return new Promise((resolve, reject) => {
      const done = (result: GuardedResult): void => {
        if (result.applied) this.#look();
        resolve(result);
      };
      this.#queue.guarded({ ...group, starts }, done, reject);
    });
  }

  async acceptAnswer(run: RunNumber, key: string, answer: unknown): Promise<unknown> {
    const operation = this.#live.get(run)?.operation(key) ?? (await this.#rehearsed(run))?.operation(key);
    return operation instanceof ApprovalOperation ? operation.acceptAnswer(answer) : answer;
  }

  onProgress(listener: ProgressListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    await this.#register();
    this.#stopListening = this.store.onForeignCommit(() => {
      this.#look();
      this.#announceProgress(null);
    });
    this.#scheduleTick();
    this.#look();
  }

  async stop(): Promise<void> {
    if (!this.#isWorking) return;
    this.#isWorking = false;
    this.#stopListening?.();
    this.#tick?.cancel();
    this.#nextClaim?.cancel();
    await this.#bodiesEnded();
    await this.#queue.settled();
    this.#live.abandon(
      new TuttiError('TUTTI_ENGINE_STOPPED', 'This engine stopped; the run goes on where one works.'),
    );
    this.#queue.dropRuns();
    await this.#queue.settled();
    this.#timers.clear();
    const worker = this.#worker;
    this.#worker = null;
    if (worker !== null) await this.store.retireWorker(worker);
  }

  // --- being a worker ---

  async #register(): Promise<void> {
    const now = this.clock.now();
    const { name, leaseMs } = this.#options;
    const definitions = [...this.#definitions.keys()];
    this.#lastMessage = 0;
    this.#worker = await this.store.registerWorker({ name, now, leaseUntil: now + leaseMs, definitions });
  }

  /** This process may not write any more (E1): forget the runs, then come back under a new number (E2). */
  #lost(error: unknown): void {
    this.#worker = null;
    this.#live.abandon(error instanceof Error ? error : new Error(String(error)));
    this.#queue.dropRuns();
    const { telemetry, logger } = this.#options;
    telemetry.emit({ name: 'worker.lost', at: this.clock.now(), fields: {} });
    if (!this.#isWorking) return;
    logger.warn('This worker lost its runs and registers anew.', { reason: String(error) });
    if (this.#isComingBack) return;
    this.#isComingBack = true;
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    while (this.#isWorking && this.#worker === null) {
      try {
        await this.#register();
      } catch (error) {
        this.#options.logger.error('This worker could not register; it tries again.', {
          reason: String(error),
        });
        await new Promise<void>((resolve) => this.clock.setTimer(tickMs, resolve));
      }
    }
    this.#isComingBack = false;
    this.#look();
  }

  #scheduleTick(): void {
    if (!this.#isWorking) return;
    const everyMs = Math.min(tickMs, this.#options.leaseMs / 3);
    this.#tick = this.#timers.at(this.clock.now() + everyMs, () => {
      void this.#housekeeping().finally(() => this.#scheduleTick());
    });
  }

  async #housekeeping(): Promise<void> {
    const now = this.clock.now();
    const { leaseMs, liveRunsMax, idleMs, logger } = this.#options;
    for (const run of this.#live.all) run.announceStepsOlderThan(now - announceAfterMs);
    this.#live.releaseResting(now - idleMs, this.#live.size - liveRunsMax / 2);
    try {
      if (this.#worker !== null && now - this.#lastRenewal >= leaseMs / 3) {
        this.#lastRenewal = now;
        const isAlive = await this.store.renewLease(this.#worker, now + leaseMs);
        if (!isAlive && this.#isWorking)
          this.#lost(new TuttiError('TUTTI_OWNER_LOST', 'This worker was declared dead.'));
      }
      await this.store.declareDead(now);
      await this.#prune(now);
    } catch (error) {
      logger.warn('Housekeeping failed; it is tried again.', { reason: String(error) });
    }
    this.#look();
  }

  async #prune(now: number): Promise<void> {
    const retentionMs = this.#options.retentionMs ?? null;
    if (retentionMs === null) return;
    const pruned = await this.store.prune({ endedBefore: now - retentionMs, runsMax: pruneRunsMax });
    const gone: string[] = [];
    for (const { id } of pruned) if ((await this.store.findRun(id)) === null) gone.push(id);
    if (gone.length > 0) await this.payloads.deleteRuns(gone);
  }

  // --- finding work ---

  /** Looks for due runs and new messages, soon; many calls make one look. */
  #look(): void {
    if (!this.#isWorking || this.#isLookScheduled) return;
    if (this.#isLooking) {
      this.#mustLookAgain = true;
      return;
    }
    this.#isLookScheduled = true;
    afterThisTurn(() => {
      this.#isLookScheduled = false;
      void this.#lookNow();
    });
  }

  async #lookNow(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#mustLookAgain = false;
    try {
      if (this.#worker !== null) await this.#readMessages(this.#worker);
      if (this.#worker !== null && this.#isWorking) await this.#claim(this.#worker);
    } catch (error) {
      if (error instanceof TuttiError && error.code === 'TUTTI_OWNER_LOST') this.#lost(error);
      else
        this.#options.logger.warn('Looking for work failed; it is tried again.', { reason: String(error) });
    }
    this.#isLooking = false;
    if (this.#mustLookAgain) this.#look();
  }

  async #readMessages(worker: WorkerNumber): Promise<void> {
    for (;;) {
      const messages = await this.store.newMessages(worker, this.#lastMessage, messagesMax);
      for (const message of messages) {
        if (message.id > this.#lastMessage) this.#lastMessage = message.id;
        if (this.#live.keepFor(message.run, message)) continue;
        if (this.#live.get(message.run) === undefined) continue;
        const received = await receiveMessage(message, this.store, this.payloads);
        this.#live.get(message.run)?.receive(received);
      }
      if (messages.length < messagesMax || this.#worker !== worker) return;
    }
  }

  async #claim(worker: WorkerNumber): Promise<void> {
    const definitions = [...this.#definitions.keys()];
    if (definitions.length === 0) return;
    const { liveRunsMax } = this.#options;
    if (this.#live.size >= liveRunsMax) {
      this.#live.releaseResting(this.clock.now(), this.#live.size - liveRunsMax / 2);
      return;
    }
    const now = this.clock.now();
    const runsMax = Math.min(claimRunsMax, liveRunsMax - this.#live.size);
    const claimed = await this.store.claim({ worker, now, runsMax, definitions });
    for (const run of claimed) this.#live.expect(run.run.number);
    for (const run of claimed) await this.#takeIn(run);
    if (claimed.length === runsMax) this.#mustLookAgain = true;
    else await this.#sleepUntilNextWake(definitions);
  }

  async #sleepUntilNextWake(definitions: readonly string[]): Promise<void> {
    const next = await this.store.nextWake(definitions);
    this.#nextClaim?.cancel();
    this.#nextClaim = next === null || !this.#isWorking ? null : this.#timers.at(next, () => this.#look());
  }

  async #takeIn(claimed: ClaimedRun): Promise<void> {
    const definition = this.#definitions.get(claimed.run.definition);
    if (definition === undefined) return;
    const material = await claimedMaterial(claimed, definition, this.store, this.payloads);
    if (!this.#live.isExpected(claimed.run.number)) return;
    this.#options.telemetry.emit({
      name: 'run.claimed',
      at: this.clock.now(),
      fields: { run: claimed.run.id },
    });
    await this.#begin(material);
  }

  #adopt(result: StartResult, definition: Definition | undefined): void {
    const { run } = result;
    if (definition === undefined) return;
    const input = this.payloads.textNow(run.input);
    this.#live.expect(run.number);
    if (input !== null) return void this.#begin(freshMaterial(run, definition, input));
    void this.payloads.text(run.input).then((text) => {
      if (this.#live.isExpected(run.number)) void this.#begin(freshMaterial(run, definition, text));
    });
  }

  async #begin(material: RunMaterial): Promise<void> {
    const run = new LiveRun(this.#owner, material);
    const missed = this.#live.add(run);
    this.#delivery.add(run);
    for (const message of missed) run.receive(await receiveMessage(message, this.store, this.payloads));
  }

  // --- what runs report ---

  #left(run: LiveRun, how: 'finished' | 'paused' | 'released'): void {
    this.#live.remove(run);
    const { telemetry } = this.#options;
    if (telemetry.isOn && how !== 'released') {
      telemetry.emit({
        name: how === 'paused' ? 'run.paused' : 'run.finished',
        at: this.clock.now(),
        fields: { run: run.record.id },
      });
    }
    if (how !== 'released') this.#announceProgress(run.record.number);
    else this.#look();
  }

  #rested(run: LiveRun): void {
    this.#live.rested(run, this.clock.now());
    if (this.#live.size > this.#options.liveRunsMax / 2) {
      this.#live.releaseResting(Number.NEGATIVE_INFINITY, this.#live.size - this.#options.liveRunsMax / 2);
    }
    if (this.#options.verifyReplay) void this.#verify(run);
  }

  /** Replays the run from the store and compares what it comes to. */
  async #verify(run: LiveRun): Promise<void> {
    const first = run.pendingKeys();
    const { number } = run.record;
    const journal = await this.store.readJournal(number, 0, Number.MAX_SAFE_INTEGER);
    const inbox: ClaimedRun['inbox'] = [];
    const claimed = { run: run.record, journal, inbox, waits: [] };
    const { replayed, mismatch } = await rehearse(
      await claimedMaterial(claimed, run.definition, this.store, this.payloads),
      this.#owner,
    );
    if (!run.isResting || run.pendingKeys().join() !== first.join()) return;
    const second = replayed.pendingKeys();
    if (mismatch !== null) run.pauseBecause(mismatch);
    else if (first.join() !== second.join()) run.pauseBecause(otherOperations(run.record, first, second));
  }

  async #rehearsed(number: RunNumber): Promise<LiveRun | null> {
    const record = await this.store.getRun(number);
    const definition = record === null ? undefined : this.#definitions.get(record.definition);
    if (record === null || definition === undefined) return null;
    const journal = await this.store.readJournal(number, 0, Number.MAX_SAFE_INTEGER);
    const claimed = { run: record, journal, inbox: [], waits: [] };
    const material = await claimedMaterial(claimed, definition, this.store, this.payloads);
    return (await rehearse(material, this.#owner)).replayed;
  }

  #announceProgress(run: RunNumber | null): void {
    for (const listener of this.#listeners) listener(run);
  }

  #setDefinitions(definitions: readonly Definition[]): void {
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  /** Resolves when no step's body runs here any more, or after the grace period. */
  async #bodiesEnded(): Promise<void> {
    const until = this.clock.now() + stopGraceMs;
    while (this.clock.now() < until && [...this.#live.all].some((run) => run.isWorking)) {
      await new Promise<void>((resolve) => this.clock.setTimer(20, resolve));
    }
  }
}
