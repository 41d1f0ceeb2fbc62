import { createLocalClient, type Client } from '../app/index.ts';
import type { Clock } from '../base/clock.ts';
import { createEngine, type Definition, type Engine, type EngineOptions } from '../engine/index.ts';
import type { Random } from '../base/random.ts';
import { EventsRuntime, roleOf, subscriptionsOf, topicRole, type Topic } from '../events/index.ts';
import { Scheduler, type AssetNotices } from '../schedules/index.ts';
import { interceptDefinition } from './intercepted-definition.ts';
import { interceptTopic } from './intercepted-topic.ts';
import { ProcessClock } from './process-clock.ts';
import { RunningBodies } from './running-bodies.ts';
import type { StoreDoors, StoreDoor, WriteWatch } from './store-doors.ts';
import type { Mocks } from './mocks.ts';

/** A thousand years in milliseconds: nobody renews it, because the engine's look-around would be a timer that time stops at. */
const leaseMs = 365_250 * 86_400_000;

/** What a {@link TestProcess} is made of. */
export interface TestProcessOptions {
  readonly doors: StoreDoors;
  readonly clock: Clock;
  readonly definitions: readonly Definition[];
  readonly topics: readonly Topic[];
  /** What the ids of events are drawn from. Default: the engine's randomness. */
  readonly eventIds?: Random;
  readonly mocks: Mocks;
  readonly watch?: WriteWatch;
  /** Told by the definitions when they update assets. */
  readonly notices: AssetNotices;
  /** Whether schedules fire. */
  readonly schedules: boolean;
  readonly engine: Pick<
    EngineOptions,
    'payloadStore' | 'random' | 'logger' | 'telemetry' | 'codec' | 'limits' | 'verifyReplay'
  >;
}

/** An engine with its client, as a process of its own would have them: it can be killed from one moment to the next. */
export class TestProcess {
  readonly engine: Engine;
  readonly client: Client;
  readonly events: EventsRuntime;
  readonly bodies: RunningBodies = new RunningBodies();
  readonly door: StoreDoor;
  readonly #doors: StoreDoors;
  readonly #clock: ProcessClock;
  readonly #scheduler: Scheduler;
  readonly #firesSchedules: boolean;
  readonly #killed = Promise.withResolvers<void>();
  /** Handlers that are in their own code. */
  #handlersRunning = 0;

  constructor(options: TestProcessOptions) {
    const { doors, clock, definitions, topics, mocks, watch, engine } = options;
    this.#doors = doors;
    this.#clock = new ProcessClock(clock);
    this.door = doors.open(watch);
    this.door.killed.addEventListener('abort', () => {
      this.#clock.kill();
      this.events.unbind();
      this.bodies.changed();
      this.#killed.resolve();
    });
    const around = { mocks, bodies: this.bodies, clock: this.#clock, isDead: () => this.isKilled };
    this.engine = createEngine({
      ...engine,
      store: this.door.store,
      definitions: definitions.map((definition) => interceptDefinition(definition, around)),
      clock: this.#clock,
      name: 'test',
      leaseMs,
      tickMs: null,
      liveRunsMax: 10_000,
      idleMs: leaseMs,
      roles: () => [...topics.map(topicRole), ...subscriptionsOf(topics).map(roleOf)],
    });
    this.#firesSchedules = options.schedules;
    this.#scheduler = new Scheduler(this.engine, engine.logger, options.notices, {
      retentionMs: null,
      // A look every so often would be a timer that time stops at.
      safetyMs: null,
    });
    this.events = new EventsRuntime({
      engine: this.engine,
      topics: topics.map((topic) =>
        interceptTopic(topic, { ...around, handlerBegan: () => this.#handlerBegan() }),
      ),
      logger: engine.logger,
      // Not before it starts: until then the topics belong to the process before, which may be at work with them.
      isBound: false,
      tickMs: null,
      ...(options.eventIds === undefined ? {} : { idRandom: options.eventIds }),
    });
    this.client = createLocalClient({
      engine: this.engine,
      events: () => this.events,
      scheduler: this.#scheduler,
      isStarted: () => true,
      sources: new Map(),
      version: 'test',
      storeInfo: { kind: 'test', location: '' },
    });
  }

  get isKilled(): boolean {
    return this.door.isShut;
  }

  /**
   * Enters the events of its code in the catalogue, as every process does before it starts. Resolves too when it is killed meanwhile.
   * @throws TUTTI_EVENT_INCOMPATIBLE: nothing was entered.
   */
  async register(): Promise<void> {
    const settings = this.events.topics.map((topic) => topic.settings);
    await Promise.race([this.events.registry.register(settings, 'refuse'), this.#killed.promise]);
  }

  /** Begins to execute runs and to consume; without it the process is a mere client. Resolves too when it is killed meanwhile. */
  async start(): Promise<void> {
    if (this.isKilled) return;
    this.events.bind();
    await Promise.race([this.#start(), this.#killed.promise]);
  }

  async #start(): Promise<void> {
    await this.engine.start();
    await this.events.start();
    // Only if asked: time moves from one timer to the next, and a schedule always has a next one.
    if (this.#firesSchedules) this.#scheduler.start();
  }

  /** Resolves when nothing moves here by itself, or the process is killed. */
  async settled(): Promise<void> {
    // What one of them does makes the others move (what a run publishes, what a handler or a tick starts), and all of it is
    // written: after a round in which nothing was, everybody has come to rest.
    let written;
    do {
      written = this.door.writes;
      await this.engine.settled(this.door.killed);
      await this.events.rested({ signal: this.door.killed, handlersRunning: () => this.#handlersRunning });
      if (this.#firesSchedules) await this.#schedulerSettled();
    } while (this.door.writes !== written && !this.isKilled);
  }

  #handlerBegan(): () => void {
    this.#handlersRunning += 1;
    return () => {
      this.#handlersRunning -= 1;
    };
  }

  /** A killed process is not waited for: its store never answers. */
  async #schedulerSettled(): Promise<void> {
    await Promise.race([this.#scheduler.settled(), this.#killed.promise]);
  }

  /**
   * Kills the process: nothing it does from now on has an effect on the store or on time, and its worker is known to be dead.
   * What was not on disk is lost. Bodies that are running cannot be stopped in midst of it; what they still do outside
   * happens, and their results go nowhere.
   */
  async kill(): Promise<void> {
    this.door.kill();
    await this.#doors.declareDead(this.door, this.#clock.now());
  }
}
