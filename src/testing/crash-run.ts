import type { AnyDefinition, EntryView, RunDetail } from '../app/index.ts';
import { encodeValue } from '../base/codec.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { ErrorRecord } from '../base/error-record.ts';
import type { Random } from '../base/random.ts';
import { isFinal, type Store } from '../engine/index.ts';
import type { NewEvent } from '../events/index.ts';
import { CrashReplies, type CrashReply } from './crash-replies.ts';
import { Killer, type CrashPoint } from './crash-point.ts';
import { createTestEnvironment } from './create-test-tutti.ts';
import type { Effect, EffectLog } from './effect-log.ts';
import { reasonOf, standstill } from './describe-standstill.ts';
import type { TestEnvironment } from './test-environment.ts';
import type { TestTutti, TestTuttiOptions } from './test-tutti.ts';
import { topicTraces } from './topic-traces.ts';

/** What a crash test is about: a run of a definition, or events published to a topic. */
type CrashSubject =
  | { readonly kind: 'run'; readonly definition: string; readonly input: unknown }
  | { readonly kind: 'events'; readonly topic: string; readonly events: readonly NewEvent[] };

/** What every run of a crash test shares. */
export interface CrashScene {
  readonly subject: CrashSubject;
  readonly load: () => Promise<readonly AnyDefinition[]>;
  readonly replies: readonly CrashReply[];
  readonly effects: EffectLog;
  readonly openStore: () => Promise<Store>;
  readonly prepare: (env: Pick<TestTutti, 'mockStep' | 'mockWorkflow' | 'mockHandler'>) => void;
  readonly environment: Pick<TestTuttiOptions, 'start' | 'bodyGraceMs' | 'timersMax' | 'dev' | 'logger'>;
}

/** What is left of a run when it has ended: what must be the same whether or not it was killed on the way. */
export interface Traces {
  /** By run id: state, and output or error. */
  readonly outcomes: ReadonlyMap<string, string>;
  /** By run id and operation: how it ended and what it gave. Failed attempts do not count: one may be lost. */
  readonly facts: ReadonlyMap<string, string>;
  /** What topics hold, what was given up on, where subscriptions stand and what state they left. */
  readonly topics: ReadonlyMap<string, string>;
  /** Whether idempotency keys are the same in every run. Those of handlers name places in topics, whose order may differ. */
  readonly areKeysFixed: boolean;
  readonly effects: readonly Effect[];
  /** Writes of the processes at work. */
  readonly writes: number;
  readonly wasKilled: boolean;
  /** What was struck, for people, and the journal positions in it. */
  readonly struckAt: string;
  readonly positions: readonly string[];
  readonly isZombieRefused: boolean;
}

/** The id of the run under test. */
const crashRunId = 'crash-test';
/** Runs looked at, children included. */
const runsMax = 1_000;

/** The same in every process, so that a retry's pause, or the seed of a child, does not depend on how often one was drawn before. */
const fixedRandom: Random = { next: () => 0.5, uint32: () => 0x5eed_5eed };

/** Ids that no two processes draw alike: they name events. */
function countingRandoms(): () => Random {
  let processes = 0;
  return () => {
    processes += 1;
    let count = processes << 20;
    return { next: () => 0.5, uint32: () => (count += 1) };
  };
}

/** Runs once, killed at the point (null: left alone), resumes, and tells what is left. */
export async function crashRun(scene: CrashScene, point: CrashPoint | null): Promise<Traces> {
  const killer = new Killer(point);
  const store = await scene.openStore();
  scene.effects.clear();
  const env = await createTestEnvironment(
    { ...scene.environment, definitions: await scene.load(), store },
    { watch: killer.watch, load: scene.load, random: fixedRandom, eventIds: countingRandoms() },
  );
  try {
    scene.prepare(env);
    // A subscription that does not exist yet begins at the tip: events must find it.
    await env.settle();
    killer.arm();
    await begin(env, scene.subject);
    await untilEnded(env, scene);
    const isZombieRefused = await killer.isZombieRefused(store);
    const topics = await topicTraces(env.front);
    const areKeysFixed = env.front.events.topics.length === 0;
    const traces = { ...(await tracesOf(env)), topics, areKeysFixed };
    const { writes, hasStruck, struckAt, positions } = killer;
    const { effects } = scene.effects;
    return { ...traces, effects, writes, wasKilled: hasStruck, struckAt, positions, isZombieRefused };
  } finally {
    await env.close();
    await store.close();
  }
}

async function begin(env: TestEnvironment, subject: CrashSubject): Promise<void> {
  if (subject.kind === 'run')
    await env.client.startRun(subject.definition, subject.input, { id: crashRunId });
  else for (const event of subject.events) await env.publish(subject.topic, event);
}

/** @throws TUTTI_TEST_STUCK when the run neither ends nor is paused, or events set off each other without end. */
async function untilEnded(env: TestEnvironment, { subject, replies }: CrashScene): Promise<void> {
  const world = new CrashReplies(replies);
  const isOver = async (): Promise<boolean> => {
    if (subject.kind === 'events') return false;
    const { state } = await env.show(crashRunId);
    return isFinal(state) || state === 'paused';
  };
  const hasEnded = async (): Promise<boolean> => {
    for (;;) {
      if (await isOver()) return true;
      const open = await env.client.listRuns({ states: ['waiting'], limit: runsMax });
      const hasSpoken = await world.give(
        env,
        open.map((run) => run.id),
      );
      if (!hasSpoken) return false;
      await env.settle();
    }
  };
  const arrival = await env.skipUntil(hasEnded);
  if (arrival === (subject.kind === 'run' ? 'goal' : 'nothing-left')) return;
  if (subject.kind === 'run') throw standstill(await env.show(crashRunId), 'its end', arrival);
  const text = `The events of topic "${subject.topic}" never came to their end: ${reasonOf(arrival)}.`;
  throw new TuttiError('TUTTI_TEST_STUCK', text, { details: { topic: subject.topic } });
}

async function tracesOf(env: TestEnvironment): Promise<Pick<Traces, 'outcomes' | 'facts'>> {
  const outcomes = new Map<string, string>();
  const facts = new Map<string, string>();
  for (const { id } of await env.client.listRuns({ limit: runsMax })) {
    outcomes.set(id, outcomeOf(await env.show(id)));
    for (const entry of await env.journal(id)) {
      if (entry.kind !== 'attempt') facts.set(`${id} ${operationOf(entry)}`, factOf(entry));
    }
  }
  return { outcomes, facts };
}

function outcomeOf({ state, output, error }: RunDetail): string {
  return error === null ? `${state} ${textOf(output)}` : `${state} ${errorText(error)}`;
}

function operationOf({ scope, kind, name, occurrence }: EntryView): string {
  const which = occurrence === 0 ? '' : ` number ${occurrence + 1}`;
  return `${kind} "${name}"${which}${scope === '' ? '' : ` in ${scope}`}`;
}

function factOf({ outcome, value }: EntryView): string {
  // An outcome of `error` means that the value is the record of that error.
  return `${outcome} ${outcome === 'error' ? errorText(value as ErrorRecord) : textOf(value)}`;
}

/** Without the stack, which tells the way through a replay from the way through a first run. */
function errorText({ name, message, code }: ErrorRecord): string {
  return `${code ?? name}: ${message}`;
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : encodeValue(value, 'a value of the journal');
}
