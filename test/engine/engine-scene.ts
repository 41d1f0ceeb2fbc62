/** Engines over one memory store, each a worker of its own, running code that is written into the test. */
import { onTestFinished } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { resolveRetryPolicy } from '../../src/base/retry-policy.ts';
import {
  createEngine,
  defaultPayloadLimits,
  isFinal,
  nobody,
  noTelemetry,
  type Definition,
  type Engine,
  type Place,
  type RunHandle,
  type RunRecord,
  type Store,
} from '../../src/engine/index.ts';
import { createMemoryPayloadStore } from '../../src/stores/memory/index.ts';

/** The code of a definition. */
export type Code = (run: RunHandle, input: unknown) => Promise<unknown>;

/** A definition that takes any input and any signal. */
export function definition(name: string, execute: Code): Definition {
  return {
    kind: 'workflow',
    name,
    version: '1',
    timeoutMs: null,
    durability: 'strict',
    execute,
    acceptInput: async (input) => input,
    acceptSignal: async (_name, payload) => payload,
    inputForm: null,
    signalNames: null,
  };
}

/** An engine that works until the test ends. */
export async function openEngine(store: Store, codes: Readonly<Record<string, Code>>): Promise<Engine> {
  const engine = createEngine({
    store,
    payloadStore: createMemoryPayloadStore(),
    definitions: Object.entries(codes).map(([name, code]) => definition(name, code)),
    clock: systemClock,
    random: seededRandom(7),
    logger: silentLogger,
    telemetry: noTelemetry,
    codec: null,
    limits: defaultPayloadLimits,
    name: 'test',
    leaseMs: 60_000,
    liveRunsMax: 1_000,
    idleMs: 60_000,
    verifyReplay: false,
  });
  await engine.start();
  onTestFinished(() => engine.stop());
  return engine;
}

/** Starts a run with an id that is also the definition's name, or begins with it and a colon. */
export async function startRun(engine: Engine, id: string): Promise<RunRecord> {
  const { run } = await engine.startRun({
    id,
    kind: 'workflow',
    definition: id.split(':')[0] ?? id,
    version: '1',
    input: 'null',
    seed: 1,
    at: engine.clock.now(),
    owner: nobody,
    wakeAt: 0,
    deadlineAt: null,
    parent: null,
    onConflict: 'refuse',
  });
  return run;
}

/** Resolves with the run's row once it says what is asked for; looked at again whenever it rests or another commit was seen. */
export function whenRun(
  engine: Engine,
  run: RunRecord,
  isThere: (run: RunRecord) => boolean | Promise<boolean>,
): Promise<RunRecord> {
  return new Promise((resolve, reject) => {
    const look = async (): Promise<void> => {
      const found = await engine.store.getRun(run.number);
      if (found === null || !(await isThere(found))) return;
      stop();
      resolve(found);
    };
    const stopProgress = engine.onRest(run.number, () => void look().catch(reject));
    const stopCommits = engine.store.onForeignCommit(() => void look().catch(reject));
    const stop = (): void => {
      stopProgress();
      stopCommits();
    };
    look().catch(reject);
  });
}

/** Resolves when the run has ended. */
export function ended(engine: Engine, run: RunRecord): Promise<RunRecord> {
  return whenRun(engine, run, ({ state }) => isFinal(state));
}

/** The root of the run's code. */
export function place(run: RunHandle): Place {
  return { path: '', cancelScope: run.root };
}

/** A step without retries. */
export function step(
  run: RunHandle,
  name: string,
  body: Parameters<RunHandle['step']>[0]['body'],
): Promise<unknown> {
  const retry = resolveRetryPolicy({ maximumAttempts: 1 }, 'a step');
  return run.step({ place: place(run), name, body, retry, attemptTimeoutMs: null, timeoutMs: null });
}
