import { toDefinitions, topicsOf, type AnyDefinition } from '../app/index.ts';
import { silentLogger, type Logger } from '../base/logger.ts';
import { seededRandom, type Random } from '../base/random.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { defaultPayloadLimits, noTelemetry, type Store } from '../engine/index.ts';
import { AssetNotices } from '../schedules/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../stores/memory/index.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import { installGuard } from '../workflows/index.ts';
import { Mocks } from './mocks.ts';
import { StoreDoors, type WriteWatch } from './store-doors.ts';
import { TestProcess, type TestProcessOptions } from './test-process.ts';
import type { TestTutti, TestTuttiOptions } from './test-tutti.ts';
import { TestEnvironment } from './test-environment.ts';
import { VirtualClock } from './virtual-clock.ts';

const knownOptions: readonly (keyof TestTuttiOptions)[] = [
  'definitions',
  'start',
  'seed',
  'store',
  'schedules',
  'dev',
  'logger',
  'telemetry',
  'codec',
  'limits',
  'bodyGraceMs',
  'timersMax',
];

const bodyGraceDefaultMs = 500;
const timersMaxDefault = 100_000;

/**
 * A test environment: the real engine under a virtual clock, started. Use it with `await using`, or call `close`.
 *
 * @example
 * await using env = await createTestTutti({ definitions: [onboarding] });
 * const run = await env.start(onboarding, { name: 'Ada' });
 * env.signalAfter('2d', run, approved, { by: 'grace' });
 * console.log(await run.result()); // thirty days later, in milliseconds
 * @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DEFINITION_DUPLICATE, TUTTI_DEFINITION_INVALID; TUTTI_EVENT_INCOMPATIBLE
 *   for events that may not be deployed beside those of a store that was given: nothing is left open.
 */
export async function createTestTutti(options: TestTuttiOptions): Promise<TestTutti> {
  refuseUnknownOptions(options, knownOptions, 'createTestTutti');
  return createTestEnvironment(options);
}

/** What the crash test needs beside the options of everybody. */
export interface CrashableOptions {
  /** Sees every write of the processes at work, and may kill them there. */
  readonly watch: WriteWatch;
  /** The code of one more process, as a fresh process would load it. */
  readonly load: () => Promise<readonly AnyDefinition[]>;
  readonly random: Random;
  /** What one more process draws the ids of its events from. */
  readonly eventIds: () => Random;
}

/** See {@link createTestTutti}. With `crashable`, test and client speak from a process of their own, which no kill reaches. */
export async function createTestEnvironment(
  options: TestTuttiOptions,
  crashable?: CrashableOptions,
): Promise<TestEnvironment> {
  const clock = new VirtualClock(startOf(options.start));
  const logger = options.logger ?? silentLogger;
  const definitions = toDefinitions(options.definitions, logger);
  const topics = topicsOf(options.definitions);
  const { store, close } = await openTestStore(options.store ?? 'memory');
  const common = {
    doors: new StoreDoors(store),
    clock,
    mocks: new Mocks(),
    definitions,
    topics,
    notices: new AssetNotices(),
    schedules: options.schedules === true,
    engine: engineOptions(options, logger, crashable?.random ?? seededRandom(options.seed ?? 'tutti')),
  };
  let code = options.definitions;
  const newProcess = async (deployed?: readonly AnyDefinition[]): Promise<TestProcess> => {
    const loaded = deployed ?? (await crashable?.load()) ?? code;
    const notices = new AssetNotices();
    const process = new TestProcess({
      ...common,
      notices,
      definitions: toDefinitions(loaded, logger, notices),
      topics: topicsOf(loaded),
      ...(crashable === undefined ? {} : { watch: crashable.watch, eventIds: crashable.eventIds() }),
    });
    code = loaded;
    return process;
  };
  const environment = new TestEnvironment({
    clock,
    mocks: common.mocks,
    definitionNames: definitions.map((definition) => definition.name),
    bodyGraceMs: options.bodyGraceMs ?? bodyGraceDefaultMs,
    timersMax: options.timersMax ?? timersMaxDefault,
    process: await newProcess(),
    ...(crashable === undefined
      ? {}
      : { clientProcess: new TestProcess({ ...common, eventIds: crashable.eventIds() }) }),
    newProcess,
    uninstallGuard: installGuard(),
    closeStore: close,
  });
  try {
    await environment.begin();
  } catch (error) {
    await environment.close();
    throw error;
  }
  return environment;
}

function engineOptions(
  options: TestTuttiOptions,
  logger: Logger,
  random: Random,
): TestProcessOptions['engine'] {
  return {
    payloadStore: createMemoryPayloadStore(),
    random,
    logger,
    telemetry: options.telemetry ?? noTelemetry,
    codec: options.codec ?? null,
    limits: { ...defaultPayloadLimits, ...options.limits },
    verifyReplay: options.dev !== false,
  };
}

function startOf(start: TestTuttiOptions['start']): number | undefined {
  if (start === undefined) return undefined;
  const instant = new Date(start).getTime();
  if (Number.isFinite(instant)) return instant;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `start of createTestTutti is "${String(start)}"; expected a date, such as "2026-01-01".`,
  );
}

async function openTestStore(
  given: 'memory' | 'sqlite' | Store,
): Promise<{ readonly store: Store; readonly close: () => Promise<void> }> {
  if (given === 'memory') {
    const store = createMemoryStore();
    return { store, close: () => store.close() };
  }
  if (given === 'sqlite') {
    // On the machine's clock: its look-around for other processes would be a timer that virtual time stops at.
    const store = await createSqliteStore({ file: ':memory:' });
    return { store, close: () => store.close() };
  }
  if (typeof given === 'object') return { store: given, close: async () => undefined };
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `store of createTestTutti is "${String(given)}"; expected "memory", "sqlite" or a store.`,
  );
}
