/**
 * All reasons to refuse a batch, looked for before anything is changed; what passes here is applied whole.
 *
 * Besides what every store must refuse, the reference model refuses what only a faulty engine would ask for (a gap in a
 * journal, a write to a run that another living worker owns), so that tests and simulations find the fault at its source.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import {
  canBecome,
  isFinal,
  nobody,
  type CommitBatch,
  type ConditionalEntry,
  type GuardedChange,
  type RunNumber,
  type RunRecord,
  type RunState,
} from '../../engine/index.ts';
import type { StartPlan } from './starts.ts';
import type { Tables } from './tables.ts';

/**
 * Returns when the batch may be applied as planned; changes nothing.
 *
 * @throws TUTTI_OWNER_LOST when the batch's worker is not alive, or another living worker owns a run it writes to.
 * @throws TUTTI_STORE_FAILED when the batch contradicts what is stored or itself.
 */
export function checkBatch(tables: Tables, batch: CommitBatch, plans: readonly StartPlan[]): void {
  if (batch.worker === null) checkClient(batch);
  else checkAlive(tables, batch.worker);
  checkStarts(tables, batch, plans);
  checkGuarded(batch);
  checkSlots(batch);
  checkPositions(tables, batch);
  for (const wait of batch.waits) existingRun(tables, wait.run, 'A wait');
  for (const run of writtenRuns(batch)) checkOwner(tables, batch, existingRun(tables, run, 'A write'));
  checkChanges(tables, batch);
}

/**
 * The fence (S2).
 *
 * @throws TUTTI_OWNER_LOST when the worker is not alive.
 */
export function checkAlive(tables: Tables, worker: number): void {
  if (tables.workers.isAlive(worker)) return;
  throw new TuttiError('TUTTI_OWNER_LOST', `Worker ${worker} is not alive, so its write was refused.`, {
    details: { worker },
  });
}

function checkClient(batch: CommitBatch): void {
  const writes = batch.entries.length + batch.waits.length + batch.endedWaits.length;
  if (writes + batch.consumed.length + batch.runs.length + (batch.logs?.length ?? 0) > 0) {
    throw contradiction('A batch without a worker may only start runs and send messages.');
  }
  if ((batch.slots ?? []).some((change) => change.kind !== 'limit')) {
    throw contradiction('A batch without a worker asks for slots or gives them back.');
  }
  if (allStarts(batch).some((start) => start.owner !== nobody)) {
    throw contradiction('A batch without a worker starts a run for a worker.');
  }
  if (conditionals(batch).length > 0) {
    throw contradiction('A batch without a worker writes to a journal.');
  }
}

function checkStarts(tables: Tables, batch: CommitBatch, plans: readonly StartPlan[]): void {
  for (const start of allStarts(batch)) {
    if (start.owner === nobody || start.owner === batch.worker) continue;
    throw contradiction(`Worker ${batch.worker} starts run ${start.id} for worker ${start.owner}.`);
  }
  for (const { start, isNew } of plans) {
    if (isNew && start.fork !== undefined) existingRun(tables, start.fork.run, `The fork ${start.id}`);
  }
}

function allStarts(batch: CommitBatch): readonly GuardedChange['starts'][number][] {
  return [...batch.starts, ...(batch.guarded ?? []).flatMap((group) => group.starts)];
}

/** A group that is not applied must leave nothing behind, so it may hold no part that the rest of the batch relies on. */
function checkGuarded(batch: CommitBatch): void {
  for (const part of (batch.guarded ?? []).flatMap((group) => [...group.starts, ...group.sends])) {
    if (!('journal' in part) && !('fork' in part)) continue;
    throw contradiction('A guarded group writes to a journal or forks one.');
  }
}

function checkSlots(batch: CommitBatch): void {
  for (const change of batch.slots ?? []) {
    if (change.kind === 'request' && change.slots < 1)
      throw contradiction(`A run asks for ${change.slots} slots.`);
    if (change.kind !== 'release' && change.limit !== null && change.limit < 0) {
      throw contradiction(`Pool ${change.pool} is to have ${change.limit} slots.`);
    }
  }
}

/** Each run's new positions must continue its journal without a gap, in whatever order the batch lists them. */
function checkPositions(tables: Tables, batch: CommitBatch): void {
  const positions = new Map<RunNumber, number[]>();
  for (const entry of [...conditionals(batch).map((form) => form.accepted), ...batch.entries]) {
    const known = positions.get(entry.run);
    if (known === undefined) positions.set(entry.run, [entry.seq]);
    else known.push(entry.seq);
  }
  for (const [run, found] of positions) {
    existingRun(tables, run, 'A journal entry');
    let next = tables.journals.length(run);
    for (const position of found.toSorted((one, other) => one - other)) {
      if (position !== next) {
        throw contradiction(
          `The journal of run number ${run} continues at ${next}, but got position ${position}.`,
        );
      }
      next += 1;
    }
  }
}

function conditionals(batch: CommitBatch): readonly ConditionalEntry[] {
  const forms = [...batch.starts, ...batch.sends].flatMap((part) => part.journal ?? []);
  for (const { accepted, refused } of forms) {
    if (accepted.run !== refused.run || accepted.seq !== refused.seq) {
      throw contradiction(
        `The two forms of an entry of run number ${accepted.run} have different positions.`,
      );
    }
  }
  return forms;
}

function writtenRuns(batch: CommitBatch): ReadonlySet<RunNumber> {
  return new Set([
    ...conditionals(batch).map((form) => form.accepted.run),
    ...batch.entries.map((entry) => entry.run),
    ...batch.waits.map((wait) => wait.run),
    ...batch.runs.map((change) => change.run),
    ...(batch.logs ?? []).map((line) => line.run),
    ...(batch.slots ?? []).flatMap((change) => (change.kind === 'request' ? [change.run] : [])),
  ]);
}

/** I2 seen from the run: while a living worker owns it, nobody else writes to it; once it has finished, nobody at all. */
function checkOwner(tables: Tables, batch: CommitBatch, run: RunRecord): void {
  if (isFinal(run.state)) throw contradiction(`Run ${run.id} is ${run.state} and can be written no more.`);
  if (run.owner === batch.worker || !tables.workers.isAlive(run.owner)) return;
  throw new TuttiError(
    'TUTTI_OWNER_LOST',
    `Worker ${batch.worker} wrote to run ${run.id}, which belongs to worker ${run.owner}.`,
    { details: { worker: batch.worker, run: run.id } },
  );
}

function checkChanges(tables: Tables, batch: CommitBatch): void {
  const states = new Map<RunNumber, RunState>();
  for (const change of batch.runs) {
    const run = existingRun(tables, change.run, 'A change');
    const state = states.get(change.run) ?? run.state;
    if (!canBecome(state, change.state)) {
      throw contradiction(`Run ${run.id} is ${state} and cannot become ${change.state}.`);
    }
    if (isFinal(change.state) !== (change.wakeAt === null)) {
      throw contradiction(`Run ${run.id} is to become ${change.state} and wake at ${change.wakeAt}.`);
    }
    states.set(change.run, change.state);
  }
}

function existingRun(tables: Tables, number: RunNumber, what: string): RunRecord {
  const run = tables.runs.get(number);
  if (run === undefined) throw contradiction(`${what} names run number ${number}, which does not exist.`);
  return run;
}

function contradiction(message: string): TuttiError {
  return new TuttiError('TUTTI_STORE_FAILED', message);
}
