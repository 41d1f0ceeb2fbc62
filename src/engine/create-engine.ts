/**
 * The engine of one process: composes the commit queue, the delivery rounds, the live runs, the worker's presence and the search
 * for work. Who owns what is said in each of those; this file only connects them.
 */
import { TuttiError } from '../base/tutti-error.ts';
import { CodeHandle } from './code-handle.ts';
import { CommitQueue } from './commit-queue.ts';
import type { Definition } from './definition.ts';
import { Delivery } from './delivery.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { LiveRun } from './live-run.ts';
import { Listeners } from './listeners.ts';
import { LiveRuns } from './live-runs.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import { nobody, type RunNumber, type RunRecord } from './model/run.ts';
import type { AppendResult, PartitionName, TopicAppend } from './model/topic.ts';
import type { WaitRecord } from './model/wait.ts';
import type { WorkerNumber } from './model/worker.ts';
import { ApprovalOperation } from './operations/approval.ts';
import type { RunServices } from './operations/run-services.ts';
import { afterThisTurn } from './outside.ts';
import { Payloads } from './payloads.ts';
import type { GuardedChange, GuardedResult, RunStart, StartResult } from './ports/store.ts';
import { ReplayCheck } from './replay-check.ts';
import { RestListeners, type RestListener } from './rest-listeners.ts';
import { RunIntake } from './run-intake.ts';
import type { Departure, RunOwner } from './run-owner.ts';
import { TimerQueue, type Alarm } from './timer-queue.ts';
import { WorkFinder } from './work-finder.ts';
import { WorkerPresence } from './worker-presence.ts';

/** How often the worker looks by itself unless told otherwise, in case a wake-up was lost. Milliseconds. */
const tickDefaultMs = 1_000;
/** Since when a running step gets a row that says so. Milliseconds. */
const announceAfterMs = 1_000;
/** How long a stopping worker waits for the bodies of its steps. Milliseconds. */
const stopGraceMs = 5_000;
/** How often a stopping worker looks whether they have ended. Milliseconds. */
const stopPollMs = 20;

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
  readonly #owner: RunOwner<LiveRun>;
  readonly #presence: WorkerPresence;
  readonly #intake: RunIntake;
  readonly #finder: WorkFinder;
  readonly #replayCheck: ReplayCheck;
  readonly #appendListeners = new Listeners<PartitionName>();
  readonly #eventWaitListeners = new Listeners<WaitRecord>();
  readonly #goneListeners = new Listeners<readonly string[]>();
  readonly #restListeners = new RestListeners();
  readonly onAppended: Engine['onAppended'] = (listener) => this.#appendListeners.add(listener);
  readonly onEventWait: Engine['onEventWait'] = (listener) => this.#eventWaitListeners.add(listener);
  readonly onRunsGone: Engine['onRunsGone'] = (listener) => this.#goneListeners.add(listener);
  #definitions = new Map<string, Definition>();
  #isWorking = false;
  #tick: Alarm | null = null;
  #stopListening: (() => void) | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { store, clock, random, telemetry } = options;
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.payloads = new Payloads(options.payloadStore, options.codec, options.limits);
    this.#timers = new TimerQueue(clock);
    this.#setDefinitions(options.definitions);
    this.#queue = new CommitQueue({
      store,
      clock,
      telemetry,
      worker: () => this.#presence.number,
      onLost: (error) => this.#presence.lost(error),
      onAppended: (name) => this.#appendListeners.tell(name),
      onEventWait: (wait) => this.#eventWaitListeners.tell(wait),
    });
    this.#owner = this.#makeOwner();
    this.#presence = this.#makePresence();
    this.#intake = this.#makeIntake();
    this.#finder = this.#makeFinder();
    this.#replayCheck = new ReplayCheck(store, this.payloads, this.#owner);
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
    const worker = this.#presence.number;
    const isTaken =
      this.#isWorking &&
      worker !== null &&
      definition !== undefined &&
      // A run that begins with a copied journal must be replayed over it, so it is claimed together with it.
      start.fork === undefined &&
      start.wakeAt <= this.clock.now() &&
      this.#live.size < this.#options.liveRunsMax;
    const change = { ...start, owner: isTaken ? worker : nobody };
    return new Promise((resolve, reject) => {
      const done = (result: StartResult): void => {
        const isOurs = result.run.owner !== nobody && result.run.owner === this.#presence.number;
        if (result.created && isOurs && definition !== undefined) this.#intake.adopt(result.run, definition);
        else if (result.created) this.#finder.look();
        resolve(result);
      };
      this.#queue.start(change, done, reject);
    });
  }

  send(send: MessageSend): Promise<SendResult> {
    const { promise, resolve, reject } = Promise.withResolvers<SendResult>();
    this.#queue.send(send, resolve, reject);
    return promise.finally(() => this.#finder.look());
  }

  append(append: TopicAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => this.#queue.append(append, resolve, reject));
  }

  change(group: GuardedChange): Promise<GuardedResult> {
    const starts = group.starts.map((start) => ({ ...start, owner: nobody }));
    return new Promise((resolve, reject) => {
      // Most groups advance a cursor and concern no run: they come thousands of times a second.
      const concernsRuns = starts.length > 0 || group.sends.length > 0;
      const done = (result: GuardedResult): void => {
        if (result.applied && concernsRuns) this.#finder.look();
        resolve(result);
      };
      this.#queue.guarded({ ...group, starts }, done, reject);
    });
  }

  async setPoolLimit(pool: string, limit: number | null): Promise<void> {
    if (limit !== null && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        `Pool "${pool}" cannot have ${limit} slots; expected 0 or more.`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#queue.slots({ kind: 'limit', pool, limit, at: this.clock.now() }, resolve, reject);
    await promise;
    this.#finder.look();
  }

  async acceptAnswer(run: RunNumber, key: string, answer: unknown): Promise<unknown> {
    const here = this.#live.get(run)?.operation(key);
    const operation = here ?? (await this.#replayCheck.rehearse(run))?.replayed.operation(key);
    return operation instanceof ApprovalOperation ? operation.acceptAnswer(answer) : answer;
  }

  async fits(run: RunNumber, drop: readonly number[]): Promise<boolean> {
    return (await this.#replayCheck.rehearse(run, drop))?.mismatch === null;
  }

  get restsTold(): number {
    return this.#restListeners.told;
  }

  findHere(id: string): RunRecord | undefined {
    return this.#live.find(id)?.record;
  }

  onRest(run: RunNumber, listener: RestListener): () => void {
    return this.#restListeners.add(run, listener);
  }

  async start(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    await this.#presence.begin();
    this.#finder.forget();
    this.#stopListening = this.store.onForeignCommit(() => {
      this.#finder.look();
      this.#restListeners.tellAll();
    });
    this.#scheduleTick();
    this.#finder.start();
  }

  async stop(): Promise<void> {
    if (!this.#isWorking) return;
    this.#isWorking = false;
    this.#presence.leave();
    this.#finder.stop();
    this.#stopListening?.();
    this.#tick?.cancel();
    await this.#bodiesEnded();
    await this.#queue.settled();
    this.#dropRuns(
      new TuttiError('TUTTI_ENGINE_STOPPED', 'This engine stopped; the run goes on where one works.'),
    );
    await this.#queue.settled();
    this.#timers.clear();
    await this.#presence.end();
  }

  get worker(): WorkerNumber | null {
    return this.#presence.number;
  }

  get bodiesRunning(): number {
    let count = 0;
    for (const run of this.#live.all) if (run.isWorking) count += 1;
    return count;
  }

  async settled(signal?: AbortSignal): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => afterThisTurn(resolve));
      if (signal?.aborted === true || !this.#isBusy()) return;
    }
  }

  #isBusy(): boolean {
    if (this.#finder.isBusy || this.#delivery.isBusy || this.#replayCheck.isBusy) return true;
    if (this.#presence.isComingBack || this.#queue.isBusy || this.#live.isExpectingAny) return true;
    if (this.#queue.isRetrying) return false;
    for (const run of this.#live.all) if (!run.isQuiet) return true;
    return false;
  }

  // --- being a worker ---

  #scheduleTick(): void {
    const { tickMs = tickDefaultMs, leaseMs } = this.#options;
    if (!this.#isWorking || tickMs === null) return;
    const everyMs = Math.min(tickMs, leaseMs / 3);
    this.#tick = this.#timers.at(this.clock.now() + everyMs, () => {
      void this.#housekeeping().finally(() => this.#scheduleTick());
    });
  }

  async #housekeeping(): Promise<void> {
    const now = this.clock.now();
    const { liveRunsMax, idleMs, logger } = this.#options;
    for (const run of this.#live.all) run.announceStepsOlderThan(now - announceAfterMs);
    this.#live.releaseResting(now - idleMs, this.#live.size - liveRunsMax / 2);
    try {
      await this.#presence.keep();
    } catch (error) {
      logger.warn('Housekeeping failed; it is tried again.', { reason: String(error) });
    }
    this.#finder.look();
  }

  #dropRuns(reason: Error): void {
    this.#live.abandon(reason);
    this.#queue.dropRuns();
  }

  // --- runs ---

  #left(run: LiveRun, how: Departure): void {
    this.#live.remove(run);
    const { telemetry } = this.#options;
    if (telemetry.isOn && how !== 'released') {
      telemetry.emit({
        name: how === 'paused' ? 'run.paused' : 'run.finished',
        at: this.clock.now(),
        fields: { run: run.record.id },
      });
    }
    if (how !== 'released') this.#restListeners.tell(run.record.number, run.ended);
    else this.#finder.look();
  }

  #rested(run: LiveRun): void {
    this.#live.rested(run, this.clock.now());
    const excess = this.#live.size - this.#options.liveRunsMax / 2;
    if (excess > 0) this.#live.releaseResting(Number.NEGATIVE_INFINITY, excess);
    if (this.#options.verifyReplay) void this.#replayCheck.verify(run);
  }

  #setDefinitions(definitions: readonly Definition[]): void {
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  /** Resolves when no step's body runs here any more, or after the grace period. */
  async #bodiesEnded(): Promise<void> {
    const until = this.clock.now() + stopGraceMs;
    while (this.clock.now() < until && this.bodiesRunning > 0) {
      await new Promise<void>((resolve) => this.clock.setTimer(stopPollMs, resolve));
    }
  }

  // --- composition ---

  #makeOwner(): RunOwner<LiveRun> {
    const { store, clock, random, payloads } = this;
    const services: RunServices = {
      store,
      queue: this.#queue,
      clock,
      random,
      timers: this.#timers,
      payloads,
      telemetry: this.#options.telemetry,
      findDefinition: (name) => this.findDefinition(name),
      rests: this.#restListeners,
      nudge: () => this.#finder.look(),
    };
    return {
      services,
      handle: (run) => new CodeHandle(run),
      deliver: (run) => this.#delivery.add(run),
      workerNumber: () => this.#presence.number ?? nobody,
      left: (run, how) => this.#left(run, how),
      rested: (run) => this.#rested(run),
    };
  }

  #makePresence(): WorkerPresence {
    const { store, clock, payloads } = this;
    const { logger, telemetry, name, leaseMs, retentionMs } = this.#options;
    return new WorkerPresence({
      store,
      clock,
      logger,
      telemetry,
      payloads,
      name,
      leaseMs,
      retentionMs: retentionMs ?? null,
      definitionNames: () => [...this.#definitions.keys(), ...(this.#options.roles?.() ?? [])],
      dropRuns: (reason) => this.#dropRuns(reason),
      runsGone: (ids) => this.#goneListeners.tell(ids),
      cameBack: () => {
        this.#finder.forget();
        this.#finder.look();
      },
    });
  }

  #makeIntake(): RunIntake {
    const { store, payloads, clock } = this;
    return new RunIntake({
      store,
      payloads,
      clock,
      logger: this.#options.logger,
      queue: this.#queue,
      delivery: this.#delivery,
      live: this.#live,
      owner: this.#owner,
      worker: () => this.#presence.number,
    });
  }

  #makeFinder(): WorkFinder {
    const { store, clock, payloads } = this;
    const { logger, telemetry, liveRunsMax } = this.#options;
    return new WorkFinder({
      store,
      clock,
      logger,
      timers: this.#timers,
      payloads,
      live: this.#live,
      liveRunsMax,
      worker: () => this.#presence.number,
      definitions: () => this.#definitions,
      lost: (error) => this.#presence.lost(error),
      handBack: (run, error) => this.#intake.handBack(run, error),
      begin: async (material) => {
        const fields = { run: material.record.id };
        telemetry.emit({ name: 'run.claimed', at: clock.now(), fields });
        await this.#intake.begin(material);
      },
    });
  }
}
