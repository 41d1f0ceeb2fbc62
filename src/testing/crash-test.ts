import type { AnyDefinition } from '../app/index.ts';
import { TuttiError, isTuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Definition, Store } from '../engine/index.ts';
import { isTopic, type AnyEvent, type NewEvent, type NewEventOf, type Topic } from '../events/index.ts';
import type { Pipeline } from '../pipelines/index.ts';
import { createMemoryStore } from '../stores/memory/index.ts';
import { createSqliteStore } from '../stores/sqlite/index.ts';
import type { Workflow } from '../workflows/index.ts';
import { compareTraces, type CrashFinding } from './crash-findings.ts';
import { crashPoint, type CrashPoint } from './crash-point.ts';
import { describeFindings } from './crash-report.ts';
import { crashRun, type CrashScene, type Traces } from './crash-run.ts';
import type { CrashReply } from './crash-replies.ts';
import { effectLog, type EffectLog } from './effect-log.ts';
import type { TestTutti, TestTuttiOptions } from './test-tutti.ts';

/** What the code under test is given when a process loads it. */
export interface CrashProcess {
  readonly effects: EffectLog;
  /** Which process of the crash test this is, from 1; for `import('./orders.ts?process=' + number)`. */
  readonly number: number;
}

/** What is under test, alone or followed by what else its process has: workflows, pipelines, topics, ... */
export type LoadedCode<D> = D | readonly [D, ...(readonly AnyDefinition[])];

/** Loads the code as a fresh process would, so that what lives in variables beside it is lost with the old one. */
export type LoadDefinition<D> = (process: CrashProcess) => LoadedCode<D> | Promise<LoadedCode<D>>;

/** How to crash, and what the run needs on its way. */
export interface CrashTestOptions extends Pick<
  TestTuttiOptions,
  'start' | 'bodyGraceMs' | 'timersMax' | 'dev' | 'logger'
> {
  /** What else is needed: children, topics, workflows that handlers start. Default none. */
  readonly definitions?: readonly AnyDefinition[];
  /** What the outside world says whenever a run waits for it: a signal, an answer, an event. Default nothing. */
  readonly replies?: readonly CrashReply[];
  /** Where the code under test records its outside effects. Default: only the one that {@link LoadDefinition} gets. */
  readonly effects?: EffectLog;
  /** Called before each run, for mocks. */
  readonly prepare?: (env: Pick<TestTutti, 'mockStep' | 'mockWorkflow' | 'mockHandler'>) => void;
  /** Default `memory`. */
  readonly store?: 'memory' | 'sqlite';
  /** Only this kill: the id of a {@link CrashPoint}, such as `4:before`, as a finding names it. Default: all. */
  readonly only?: string;
  /** Writes at which to kill, at most. Default 1,000. */
  readonly writesMax?: number;
}

/** What the crash test came to. */
export interface CrashReport {
  /** Whether nothing was found. */
  readonly ok: boolean;
  /** How often a process was killed. */
  readonly kills: number;
  /** How many positions of journals and subscriptions were among what was being written then. */
  readonly positions: number;
  readonly findings: readonly CrashFinding[];
  /** The findings for people, with how to repeat each. */
  readonly text: string;
}

const knownOptions: readonly (keyof CrashTestOptions)[] = [
  'definitions',
  'replies',
  'effects',
  'prepare',
  'store',
  'only',
  'writesMax',
  'start',
  'bodyGraceMs',
  'timersMax',
  'dev',
  'logger',
];

const writesMaxDefault = 1_000;
const moments = ['before', 'after'] as const;

/**
 * Kills a run at each of its writes and looks whether that changes anything. The run is left alone twice, and then run once
 * for each write of its process: killed before the write reaches the store, and killed after it, before the process learned
 * of it. Each time another process resumes it, the killed one wakes up and must be refused, and outcome, journal and outside
 * effects are compared with those of the run that was left alone. An effect that is repeated under one idempotency key is fine.
 *
 * Given a topic and events, it publishes them one after the other and kills at each write of the process that handles them:
 * what topics hold at the end, what was given up on and the state of subscriptions must be the same as well.
 *
 * The process is simulated: variables of a module outlive it, unless the code is given as a function that loads it.
 *
 * @example
 * const report = await crashTest(({ effects }) => orders(effects), { id: 'o-1' }, { replies: [{ signal: paid, payload: 12 }] });
 * assert(report.ok, report.text);
 * @throws TUTTI_TEST_STUCK when the run does not end although it is left alone; TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID.
 */
export async function crashTest<D extends AnyEvent>(
  code: Topic<D> | LoadDefinition<Topic<D>>,
  events: readonly NoInfer<NewEventOf<D>>[],
  options?: CrashTestOptions,
): Promise<CrashReport>;
export async function crashTest<I, O>(
  code: Workflow<I, O> | Pipeline<I, O> | LoadDefinition<Workflow<I, O> | Pipeline<I, O>>,
  input: NoInfer<I>,
  options?: CrashTestOptions,
): Promise<CrashReport>;
export async function crashTest(
  code: Definition | LoadDefinition<Definition>,
  input: unknown,
  options?: CrashTestOptions,
): Promise<CrashReport>;
export async function crashTest(
  code: AnyDefinition | LoadDefinition<AnyDefinition>,
  input: unknown,
  options: CrashTestOptions = {},
): Promise<CrashReport> {
  refuseUnknownOptions(options, knownOptions, 'crashTest');
  const scene = await setScene(code, input, options);
  const expected = await crashRun(scene, null);
  const unstable = await findInstability(scene, expected);
  if (unstable.length > 0) return report({ kills: 0, positions: 0, findings: unstable });
  return killEverywhere(scene, expected, options);
}

async function killEverywhere(
  scene: CrashScene,
  expected: Traces,
  options: CrashTestOptions,
): Promise<CrashReport> {
  const { writesMax = writesMaxDefault } = options;
  const findings: CrashFinding[] = [];
  const positions = new Set<string>();
  let kills = 0;
  for (const point of points(options.only, writesMax)) {
    const { wasKilled, isBeyond, found, struck } = await killAt(scene, expected, point);
    if (isBeyond) break;
    if (!wasKilled) continue;
    kills += 1;
    for (const position of struck) positions.add(position);
    findings.push(...found);
  }
  return report({ kills, positions: positions.size, findings });
}

function* points(only: string | undefined, writesMax: number): Generator<CrashPoint> {
  if (only !== undefined) {
    const [, write, moment] = /^(\d+):(before|after)$/.exec(only) ?? refuseOnly(only);
    yield crashPoint(Number(write), moment as CrashPoint['moment']);
    return;
  }
  for (let write = 1; write <= writesMax; write += 1)
    for (const moment of moments) yield crashPoint(write, moment);
}

function refuseOnly(only: string): never {
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `only of crashTest is "${only}"; expected a point such as "4:before" or "4:after".`,
  );
}

interface Kill {
  readonly wasKilled: boolean;
  /** Whether the run ended before it came to this write. */
  readonly isBeyond: boolean;
  readonly found: readonly CrashFinding[];
  readonly struck: readonly string[];
}

async function killAt(scene: CrashScene, expected: Traces, point: CrashPoint): Promise<Kill> {
  try {
    const traces = await crashRun(scene, point);
    const { wasKilled, writes, struckAt, positions } = traces;
    const differences = wasKilled ? compareTraces(expected, traces) : [];
    return {
      wasKilled,
      isBeyond: writes < point.write,
      struck: positions,
      found: differences.map((difference) => ({ point, struckAt, ...difference })),
    };
  } catch (error) {
    if (!isTuttiError(error) || error.code !== 'TUTTI_TEST_STUCK') throw error;
    const finding = { point, struckAt: 'see the message', kind: 'stuck', message: error.message } as const;
    return { wasKilled: true, isBeyond: false, struck: [], found: [finding] };
  }
}

/** Runs it once more without a crash: what differs then is no matter of crashes. */
async function findInstability(scene: CrashScene, expected: Traces): Promise<readonly CrashFinding[]> {
  const differences = compareTraces(expected, await crashRun(scene, null));
  return differences.map(({ message }) => ({
    point: null,
    struckAt: 'nothing',
    kind: 'unstable',
    message: `a second run without any crash differs from the first: ${message.replaceAll('without a crash', 'the first time')}`,
  }));
}

async function setScene(
  code: AnyDefinition | LoadDefinition<AnyDefinition>,
  input: unknown,
  options: CrashTestOptions,
): Promise<CrashScene> {
  const { definitions = [], replies = [], prepare = (): void => undefined, store = 'memory' } = options;
  const { start, bodyGraceMs, timersMax, dev, logger } = options;
  const effects = options.effects ?? effectLog();
  let processes = 0;
  const load = async (): Promise<readonly [AnyDefinition, ...(readonly AnyDefinition[])]> => {
    processes += 1;
    const loaded = typeof code === 'function' ? await code({ effects, number: processes }) : code;
    return isList(loaded) ? [...loaded, ...definitions] : [loaded, ...definitions];
  };
  const [first] = await load();
  return {
    subject: isTopic(first)
      ? { kind: 'events', topic: first.name, events: eventsOf(first, input) }
      : { kind: 'run', definition: first.name, input },
    load,
    replies,
    effects,
    prepare,
    openStore: () => openStore(store),
    environment: {
      ...(start === undefined ? {} : { start }),
      ...(bodyGraceMs === undefined ? {} : { bodyGraceMs }),
      ...(timersMax === undefined ? {} : { timersMax }),
      ...(dev === undefined ? {} : { dev }),
      ...(logger === undefined ? {} : { logger }),
    },
  };
}

function isList<D>(loaded: LoadedCode<D>): loaded is readonly [D, ...(readonly AnyDefinition[])] {
  return Array.isArray(loaded);
}

/** Callers without types give anything. */
function eventsOf({ name }: { readonly name: string }, input: unknown): readonly NewEvent[] {
  if (Array.isArray(input)) return input as readonly NewEvent[];
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `crashTest was given topic "${name}" and ${JSON.stringify(input)}; expected a list of events to publish to it.`,
  );
}

async function openStore(store: 'memory' | 'sqlite'): Promise<Store> {
  return store === 'sqlite' ? createSqliteStore({ file: ':memory:' }) : createMemoryStore();
}

function report(result: Pick<CrashReport, 'kills' | 'positions' | 'findings'>): CrashReport {
  return { ok: result.findings.length === 0, ...result, text: describeFindings(result) };
}
