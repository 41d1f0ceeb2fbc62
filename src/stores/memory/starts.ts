import { isFinal, nobody, type RunRecord, type RunStart, type RunNumber } from '../../engine/index.ts';
import { copyPayload } from './copies.ts';
import type { Runs } from './runs.ts';

/** What becomes of one start. */
export interface StartPlan {
  readonly start: RunStart;
  readonly run: RunRecord;
  /** What the caller is told: true also for a parent that finds its own child. */
  readonly created: boolean;
  /** Whether the run is still to be inserted. */
  readonly isNew: boolean;
}

/**
 * Decides all starts of a batch in their order, each knowing those before it, without changing anything.
 * The new runs have the numbers they will be inserted with.
 */
export function planStarts(runs: Runs, starts: readonly RunStart[]): readonly StartPlan[] {
  const generationsById = new Map<string, RunRecord[]>();
  let nextNumber = runs.nextNumber;
  return starts.map((start) => {
    const generations = generationsById.get(start.id) ?? [...runs.generations(start.id)];
    generationsById.set(start.id, generations);
    const existing = existingAnswer(generations, start);
    if (existing !== null) return existing;
    const run = newRun(start, nextNumber, (generations.at(-1)?.generation ?? 0) + 1);
    generations.push(run);
    nextNumber += 1;
    return { start, run, created: true, isNew: true };
  });
}

/** The answer that a run which has the id already gives to the start; null when a new one is to be made. */
function existingAnswer(generations: readonly RunRecord[], start: RunStart): StartPlan | null {
  const ownChild = generations.find((run) => isChildOf(run, start));
  if (ownChild !== undefined) return { start, run: ownChild, created: true, isNew: false };
  const newest = generations.at(-1);
  if (newest === undefined || mayFollow(newest, start)) return null;
  return { start, run: newest, created: false, isNew: false };
}

function isChildOf(run: RunRecord, start: RunStart): boolean {
  if (run.parent === null || start.parent === null) return false;
  return run.parent.run === start.parent.run && run.parent.operation === start.parent.operation;
}

function mayFollow(newest: RunRecord, start: RunStart): boolean {
  if (start.onConflict === 'restart') return isFinal(newest.state);
  const hasFailed = newest.state === 'failed' || newest.state === 'canceled';
  return start.onConflict === 'restartFailed' && hasFailed;
}

function newRun(start: RunStart, number: RunNumber, generation: number): RunRecord {
  const isTaken = start.owner !== nobody;
  return {
    number,
    id: start.id,
    generation,
    kind: start.kind,
    definition: start.definition,
    version: start.version,
    state: isTaken ? 'running' : 'pending',
    input: copyPayload(start.input),
    result: null,
    status: null,
    seed: start.seed,
    owner: start.owner,
    wakeAt: start.wakeAt,
    deadlineAt: start.deadlineAt,
    parent: start.parent === null ? null : { run: start.parent.run, operation: start.parent.operation },
    createdAt: start.at,
    startedAt: isTaken ? start.at : null,
    updatedAt: start.at,
    endedAt: null,
  };
}
