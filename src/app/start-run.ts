/** Starting runs, and starting failed ones again. */
import { newId } from '../base/ids.ts';
import { TuttiError } from '../base/tutti-error.ts';
import {
  encodeRunInput,
  nobody,
  type Engine,
  type RunRecord,
  type RunStart,
  type WantedEvent,
} from '../engine/index.ts';
import type { StartOptions } from './client.ts';
import { findDefinition } from './registry.ts';
import { planRetry } from './retry-plan.ts';

/** See `Client.startRun`. */
export async function startRun(
  engine: Engine,
  name: string,
  input: unknown,
  options: Omit<StartOptions, 'cancelOn'> & { readonly cancelOn: readonly WantedEvent[] },
): Promise<RunRecord> {
  const { clock, random } = engine;
  const definition = findDefinition(engine, name);
  const accepted = await definition.acceptInput(input);
  const id = options.id ?? newId(clock, random);
  if (id === '') {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `A run of '${name}' was started with an empty id; expected text.`,
    );
  }
  const what = `the input of run '${id}'`;
  const text = encodeRunInput({ input: accepted, trigger: null, cancelOn: options.cancelOn }, what);
  const payload = await engine.payloads.store(text, id, what);
  const now = clock.now();
  const timeoutMs = options.timeoutMs ?? definition.timeoutMs;
  const onConflict = options.onConflict ?? 'refuse';
  const { created, run } = await engine.startRun({
    id,
    kind: definition.kind,
    definition: definition.name,
    version: definition.version,
    input: payload,
    seed: random.uint32(),
    at: now,
    owner: nobody,
    wakeAt: options.at ?? 0,
    deadlineAt: timeoutMs === null ? null : (options.at ?? now) + timeoutMs,
    parent: null,
    onConflict,
  });
  if (created || onConflict === 'attach') return run;
  throw new TuttiError(
    'TUTTI_RUN_ID_TAKEN',
    `Run '${id}' exists already: it is ${run.state} since ${instant(run.endedAt ?? run.updatedAt)}, and the policy is '${onConflict}'.`,
    { details: { id, generation: run.generation, state: run.state } },
  );
}

/** See `Client.retryRun`. */
export async function retryRun(engine: Engine, run: RunRecord, fromStart: boolean): Promise<RunRecord> {
  if (run.state !== 'failed' && run.state !== 'canceled') {
    throw refused(run, `is ${run.state}; only a failed or canceled run can be retried`);
  }
  const drop = fromStart ? null : await planRetry(engine, run);
  const version = engine.findDefinition(run.definition)?.version ?? run.version;
  return startNextGeneration(engine, run, { drop, version, input: run.input });
}

/** What the next generation of a run begins with. */
export interface NextGeneration {
  /** Positions left out of the copied journal; null to copy nothing. */
  readonly drop: readonly number[] | null;
  readonly version: string;
  readonly input: RunRecord['input'];
}

/** @throws TUTTI_STATE_CONFLICT when another generation has begun. */
export async function startNextGeneration(
  engine: Engine,
  run: RunRecord,
  next: NextGeneration,
): Promise<RunRecord> {
  const newest = await engine.store.findRun(run.id);
  if (newest !== null && newest.generation !== run.generation) {
    throw refused(run, `generation ${run.generation} was already followed by ${newest.generation}`);
  }
  const { created, run: started } = await engine.startRun(nextGeneration(engine, run, next));
  if (!created) throw refused(run, `was run again by someone else just now and is ${started.state}`);
  return started;
}

/** Keeps the seed together with the journal: finished steps then keep their idempotency keys and random values. */
function nextGeneration(engine: Engine, run: RunRecord, next: NextGeneration): RunStart {
  const { drop, version, input } = next;
  const now = engine.clock.now();
  return {
    id: run.id,
    kind: run.kind,
    definition: run.definition,
    version,
    input,
    seed: drop === null ? engine.random.uint32() : run.seed,
    at: now,
    owner: nobody,
    wakeAt: 0,
    deadlineAt: run.deadlineAt === null ? null : now + (run.deadlineAt - run.createdAt),
    parent: null,
    onConflict: 'restart',
    ...(drop === null ? {} : { fork: { run: run.number, drop } }),
  };
}

function refused(run: RunRecord, reason: string): TuttiError {
  return new TuttiError('TUTTI_STATE_CONFLICT', `Run '${run.id}' ${reason}.`, {
    details: { id: run.id, generation: run.generation, state: run.state },
  });
}

/** An instant as messages show it. */
export function instant(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
