/** Workers with schedules under one virtual clock, on any store. */
import { onTestFinished } from 'vitest';
import type { Clock, TimerHandle } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  createEngine,
  defaultPayloadLimits,
  noTelemetry,
  type Definition,
  type Engine,
  type PayloadStore,
  type RunHandle,
  type RunRecord,
  type Schedule,
  type Store,
} from '../../src/engine/index.ts';
import { CellPruner } from '../../src/pipelines/index.ts';
import { AssetNotices, Scheduler, withAssets } from '../../src/schedules/index.ts';
import { createMemoryPayloadStore } from '../../src/stores/memory/index.ts';
import { definition, place, step, type Code } from './engine-scene.ts';

interface Timer {
  readonly at: number;
  call: (() => void) | null;
}

/** A clock that leaps: whatever is due at the new time fires there, once, however much time was left out. */
export class LeapingClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, call: () => void): TimerHandle {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), call };
    this.#timers.push(timer);
    return {
      cancel: () => {
        timer.call = null;
      },
    };
  }

  leapTo(instant: number): void {
    this.#now = Math.max(this.#now, instant);
    const due = this.#timers.filter(({ at }) => at <= this.#now).toSorted((a, b) => a.at - b.at);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const timer of due) timer.call?.();
  }
}

/** One worker. */
export interface Worker {
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  readonly pruner: CellPruner;
  stop(): Promise<void>;
}

/** Workers on one store and clock. */
export class ScheduleScene {
  readonly clock: LeapingClock;
  readonly store: Store;
  readonly #payloads: PayloadStore = createMemoryPayloadStore();
  readonly workers: Worker[] = [];
  /** How long workers keep ended runs. */
  runRetentionMs: number | null = null;
  /** How long workers keep ended backfills. */
  retentionMs: number | null = null;

  constructor(store: Store, start: string) {
    this.store = store;
    this.clock = new LeapingClock(start);
    onTestFinished(async () => {
      for (const worker of [...this.workers]) await worker.stop();
    });
  }

  /** A worker that fires these definitions' schedules. */
  async work(definitions: readonly Definition[]): Promise<Worker> {
    const worker = this.open(definitions);
    await worker.engine.start();
    worker.scheduler.start();
    worker.pruner.start();
    this.workers.push(worker);
    await this.settled();
    return worker;
  }

  /** An engine and scheduler that only accept. */
  open(definitions: readonly Definition[]): Worker {
    const notices = new AssetNotices();
    const engine = createEngine({
      store: this.store,
      payloadStore: this.#payloads,
      definitions: definitions.map((each) => withAssets(each, notices)),
      clock: this.clock,
      random: seededRandom(this.workers.length),
      logger: silentLogger,
      telemetry: noTelemetry,
      codec: null,
      limits: defaultPayloadLimits,
      name: 'test',
      // Whole years are left out between two looks at the clock; nobody is dead because of that.
      leaseMs: 100 * 366 * 86_400_000,
      liveRunsMax: 1_000,
      idleMs: 60_000,
      retentionMs: this.runRetentionMs,
      verifyReplay: false,
    });
    const pruner = new CellPruner(engine, silentLogger);
    const scheduler = new Scheduler(engine, silentLogger, notices, { retentionMs: this.retentionMs });
    const worker: Worker = {
      engine,
      scheduler,
      pruner,
      stop: async () => {
        const index = this.workers.indexOf(worker);
        if (index >= 0) this.workers.splice(index, 1);
        await pruner.stop();
        await scheduler.stop();
        await engine.stop();
      },
    };
    return worker;
  }

  /** Leaps to an instant and lets everything that is due there happen. */
  async at(instant: string): Promise<void> {
    this.clock.leapTo(Date.parse(instant));
    await this.settled();
    // Other workers are told of commits; they gather for a moment before they look.
    this.clock.leapTo(this.clock.now() + 300);
    await this.settled();
  }

  async settled(): Promise<void> {
    for (let round = 0; round < 6; round += 1) {
      for (const { engine, scheduler, pruner } of this.workers) {
        await pruner.settled();
        await scheduler.settled();
        await engine.settled();
      }
    }
  }

  /** Ids of all runs in the order of their starts. */
  async runIds(): Promise<readonly string[]> {
    return (await this.runs()).map(({ id }) => id);
  }

  async runs(): Promise<readonly RunRecord[]> {
    return (await this.store.listRuns({ limit: 1_000 })).toReversed();
  }
}

/** Starts a run of a definition and lets everything that follows from it happen. */
export async function runByHand(
  world: ScheduleScene,
  { engine }: Worker,
  name: string,
  id: string = `${name}:${Math.trunc(world.clock.now())}`,
): Promise<void> {
  const definitionOf = engine.findDefinition(name);
  await engine.startRun({
    id,
    kind: definitionOf?.kind ?? 'workflow',
    definition: name,
    version: '1',
    input: 'null',
    seed: 1,
    at: engine.clock.now(),
    owner: 0,
    wakeAt: 0,
    deadlineAt: null,
    parent: null,
    onConflict: 'refuse',
  });
  await world.settled();
  world.clock.leapTo(world.clock.now() + 1_000);
  await world.settled();
}

/** A definition with schedules; its runs do one step. */
export function scheduled(name: string, schedules: readonly Schedule[], code: Code = oneStep): Definition {
  return { ...definition(name, code), schedules };
}

/** A definition whose runs wait for the signal `go`. */
export function waiting(name: string, schedules: readonly Schedule[]): Definition {
  return scheduled(name, schedules, (run) => run.signal({ place: place(run), name: 'go', timeoutMs: null }));
}

/** Sends the signal `go`. */
export async function letFinish(worker: Worker, id: string): Promise<void> {
  const run = await worker.engine.store.findRun(id);
  const at = worker.engine.clock.now();
  await worker.engine.send({ run: run?.number ?? 0, kind: 'signal', name: 'go', at, payload: 'null' });
}

async function oneStep(run: RunHandle): Promise<unknown> {
  return step(run, 'work', () => run.trigger?.interval ?? null);
}
