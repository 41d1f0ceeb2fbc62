import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { systemClock, type Clock } from '../base/clock.ts';
import { silentLogger, type Logger } from '../base/logger.ts';
import { systemRandom, type Random } from '../base/random.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import {
  createEngine,
  type Definition,
  type EngineOptions,
  defaultPayloadLimits,
  noTelemetry,
  type Engine,
  type PayloadCodec,
  type PayloadLimits,
  type PayloadStore,
  type Store,
  type Telemetry,
} from '../engine/index.ts';
import {
  EventsRuntime,
  roleOf,
  subscriptionsOf,
  topicRole,
  type IncomingWebhook,
  type Topic,
} from '../events/index.ts';
import { CellPruner } from '../pipelines/index.ts';
import { AssetNotices, Scheduler } from '../schedules/index.ts';
import { installGuard } from '../workflows/index.ts';
import type { Client } from './client.ts';
import { localEventGateway, type EventGateway } from './event-gateway.ts';
import { createLocalClient } from './local-client.ts';
import { openStore, type OpenedStore } from './open-store.ts';
import { toDefinitions, topicsOf, webhooksOf, type AnyDefinition } from './registry.ts';

/** What {@link createTutti} is told. Everything has a default. */
export interface TuttiOptions {
  /** Path of the database file, `:memory:`, or a store of your own (which you close). Default `.tutti/tutti.db`. */
  readonly store?: string | Store;
  /** Where large payloads lie. Default: the directory `payloads` beside the database file; in memory with a store in memory. */
  readonly payloadStore?: PayloadStore;
  /** The code to execute. Default none: such an engine reads and accepts, and executes nothing. */
  readonly definitions?: readonly AnyDefinition[];
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: the operating system's randomness. */
  readonly random?: Random;
  /** Default: silence. `console` fits. */
  readonly logger?: Logger;
  /** Default: none. */
  readonly telemetry?: Telemetry;
  /** Compresses or encrypts payloads. Default: none. */
  readonly codec?: PayloadCodec;
  /** Sizes of payloads in characters. Default: inline up to 16,384, at most 64 Mi. */
  readonly limits?: Partial<PayloadLimits>;
  /**
   * For development and tests: replays every run at every rest and compares; warns of schemas that are not compatible instead of
   * refusing them. Default false.
   */
  readonly dev?: boolean;
  /** For people: who this process is. Default: host name and process id. */
  readonly name?: string;
  /** How long others must believe that this process lives without a sign of it. Milliseconds, default 10,000. */
  readonly leaseMs?: number;
  /** How long a resting run stays in memory. Milliseconds, default 2,000. */
  readonly idleMs?: number;
  /** How many runs may be in memory. Default 10,000. */
  readonly liveRunsMax?: number;
  /** How long finished runs are kept. Milliseconds; default: for ever. */
  readonly retentionMs?: number;
  /** Module file by definition name, for people. Default: unknown. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** Tutti in this process. */
export interface Tutti {
  /** Works before `start` too: what it accepts is on disk and executed by whichever process starts. */
  readonly client: Client;
  readonly engine: Engine;
  /** Publishing and consuming; topics reach it by themselves. */
  readonly events: EventsRuntime;
  /** CloudEvents, webhooks and AsyncAPI, for an HTTP server to serve. */
  readonly gateway: EventGateway;
  /**
   * Enters the events in the catalogue, and begins to execute runs and to consume.
   * @throws TUTTI_EVENT_INCOMPATIBLE, TUTTI_STORE_*, TUTTI_ENGINE_STOPPED after `stop`: nothing is executed.
   */
  start(): Promise<void>;
  /** Releases all runs, which go on with the next engine, and closes the store opened here. May be called twice. */
  stop(): Promise<void>;
  /**
   * Exchanges the code while runs go on.
   * @throws TUTTI_DEFINITION_DUPLICATE, TUTTI_SCHEDULE_INVALID, TUTTI_EVENT_INCOMPATIBLE: the old code stays.
   */
  replaceDefinitions(definitions: readonly AnyDefinition[]): Promise<void>;
}

const knownOptions: readonly string[] = [
  'store',
  'payloadStore',
  'definitions',
  'clock',
  'random',
  'logger',
  'telemetry',
  'codec',
  'limits',
  'dev',
  'name',
  'leaseMs',
  'idleMs',
  'liveRunsMax',
  'retentionMs',
  'sources',
];

/**
 * Opens the store and puts an engine on it. Nothing is executed before `start`.
 *
 * @example
 * const tutti = await createTutti({ definitions: [greet] });
 * await tutti.start();
 * const { id } = await tutti.client.startRun('greet', 'Ada');
 * console.log((await tutti.client.waitForRun(id)).output);
 * await tutti.stop();
 * @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DEFINITION_DUPLICATE, TUTTI_DEFINITION_INVALID,
 *   TUTTI_SCHEDULE_INVALID, TUTTI_STORE_*: nothing is left open.
 */
export async function createTutti(options: TuttiOptions = {}): Promise<Tutti> {
  refuseUnknownOptions(options, knownOptions, 'createTutti');
  refuseUnknownOptions(options.limits ?? {}, ['inlineMax', 'payloadMax'], 'limits of createTutti');
  const logger = options.logger ?? silentLogger;
  const clock = options.clock ?? systemClock;
  const notices = new AssetNotices();
  // Before the store is opened: a mistake in the code must not create a database.
  const definitions = toDefinitions(options.definitions ?? [], logger, notices);
  const topics = { current: topicsOf(options.definitions ?? []) };
  const webhooks = webhooksOf(options.definitions ?? []);
  const opened = await openStore(options.store ?? '.tutti/tutti.db', options.payloadStore, clock);
  try {
    const engine = createEngine({
      ...engineOptions(options, { opened, definitions, clock, logger }),
      roles: () => [...topics.current.map(topicRole), ...subscriptionsOf(topics.current).map(roleOf)],
    });
    const sources = options.sources ?? new Map<string, string>();
    const retentionMs = options.retentionMs ?? null;
    const isDev = options.dev === true;
    return new LocalTutti({ engine, topics, webhooks, opened, logger, notices, sources, retentionMs, isDev });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function engineOptions(
  options: TuttiOptions,
  made: {
    readonly opened: OpenedStore;
    readonly definitions: readonly Definition[];
    readonly clock: Clock;
    readonly logger: Logger;
  },
): EngineOptions {
  return {
    ...engineDefaults(),
    ...given(options, ['random', 'telemetry', 'codec', 'name', 'leaseMs', 'liveRunsMax', 'idleMs']),
    store: made.opened.store,
    payloadStore: made.opened.payloadStore,
    definitions: made.definitions,
    clock: made.clock,
    logger: made.logger,
    limits: { ...defaultPayloadLimits, ...options.limits },
    retentionMs: options.retentionMs ?? null,
    verifyReplay: options.dev === true,
  };
}

type DefaultedOption = 'random' | 'telemetry' | 'codec' | 'name' | 'leaseMs' | 'liveRunsMax' | 'idleMs';

function engineDefaults(): Pick<EngineOptions, DefaultedOption> {
  return {
    random: systemRandom,
    telemetry: noTelemetry,
    codec: null,
    name: `${hostname()}:${process.pid}`,
    leaseMs: 10_000,
    liveRunsMax: 10_000,
    idleMs: 2_000,
  };
}

/** The options that were given; one given as undefined counts as not given. */
function given(
  options: TuttiOptions,
  names: readonly DefaultedOption[],
): Partial<Pick<EngineOptions, DefaultedOption>> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

interface Parts {
  readonly engine: Engine;
  /** Exchanged together with the definitions; the engine's registration looks here. */
  readonly topics: { current: readonly Topic[] };
  readonly webhooks: readonly IncomingWebhook[];
  readonly opened: OpenedStore;
  readonly logger: Logger;
  readonly notices: AssetNotices;
  readonly sources: ReadonlyMap<string, string>;
  readonly retentionMs: number | null;
  readonly isDev: boolean;
}

class LocalTutti implements Tutti {
  readonly client: Client;
  readonly gateway: EventGateway;
  readonly engine: Engine;
  readonly #opened: OpenedStore;
  readonly #logger: Logger;
  readonly #notices: AssetNotices;
  readonly #scheduler: Scheduler;
  readonly #isDev: boolean;
  readonly #pruner: CellPruner;
  readonly #topics: Parts['topics'];
  #events: EventsRuntime;
  #webhooks: readonly IncomingWebhook[];
  #uninstallGuard: (() => void) | null = null;
  #stopping: Promise<void> | null = null;

  constructor(parts: Parts) {
    const { engine, topics, opened, logger, notices, sources, retentionMs } = parts;
    this.engine = engine;
    this.#isDev = parts.isDev;
    this.#topics = topics;
    this.#events = new EventsRuntime({ engine, topics: topics.current, logger });
    this.#webhooks = parts.webhooks;
    this.gateway = localEventGateway({
      engine,
      events: () => this.#events,
      webhooks: () => this.#webhooks,
    });
    this.#opened = opened;
    this.#logger = logger;
    this.#notices = notices;
    this.#scheduler = new Scheduler(engine, logger, notices, { retentionMs });
    this.#pruner = new CellPruner(engine, logger);
    this.client = createLocalClient({
      engine,
      scheduler: this.#scheduler,
      events: () => this.#events,
      isStarted: () => this.#uninstallGuard !== null,
      sources,
      version: packageVersion(),
      storeInfo: opened.info,
    });
  }

  async start(): Promise<void> {
    if (this.#stopping !== null) {
      throw new TuttiError(
        'TUTTI_ENGINE_STOPPED',
        'This engine was stopped; make a new one with createTutti.',
      );
    }
    if (this.#uninstallGuard !== null) return;
    this.#uninstallGuard = installGuard();
    try {
      await this.#register(this.#topics.current);
      await this.engine.start();
      this.#scheduler.start();
      this.#pruner.start();
      await this.#events.start();
    } catch (error) {
      this.#removeGuard();
      throw error;
    }
  }

  get events(): EventsRuntime {
    return this.#events;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async replaceDefinitions(definitions: readonly AnyDefinition[]): Promise<void> {
    const next = toDefinitions(definitions, this.#logger, this.#notices);
    const topics = topicsOf(definitions);
    const webhooks = webhooksOf(definitions);
    if (this.#uninstallGuard !== null) await this.#register(topics);
    const before = this.#events;
    await before.stop();
    this.#topics.current = topics;
    this.#webhooks = webhooks;
    // Runs of the old code publish until it is gone, and runs of the new code from then on: each topic has one runtime throughout.
    before.unbind(topics);
    this.#events = new EventsRuntime({ engine: this.engine, topics, logger: this.#logger });
    await this.engine.replaceDefinitions(next);
    before.unbind();
    this.#scheduler.replace(next);
    if (this.#uninstallGuard !== null) await this.#events.start();
  }

  async #register(topics: readonly Topic[]): Promise<void> {
    const settings = topics.map((topic) => topic.settings);
    await this.#events.registry.register(settings, this.#isDev ? 'warn' : 'refuse');
  }

  async #stop(): Promise<void> {
    try {
      await this.#pruner.stop();
      await this.#scheduler.stop();
      await this.#events.stop();
      await this.engine.stop();
    } finally {
      this.#events.unbind();
      this.#removeGuard();
      await this.#opened.close();
    }
  }

  #removeGuard(): void {
    this.#uninstallGuard?.();
    this.#uninstallGuard = null;
  }
}

/** From src/app and from dist/app the package's root is two levels up. */
function packageVersion(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}
