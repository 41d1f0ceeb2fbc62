/**
 * What is done for one schedule at a time: read its cell, decide, write the decision together with the runs it starts.
 *
 * The cell and the runs of a tick are written in one transaction, on condition of the cell's version: of two workers one wins, and
 * a crash leaves both or neither. A run's id follows from schedule and tick, which catches what is left.
 */
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import { absentCell, isFinal, type Engine, type GuardedChange, type RunRecord } from '../engine/index.ts';
import { previousRunId, scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
import { decide, type Step } from './decide.ts';
import type { Moment } from './moments.ts';
import {
  readState,
  scheduleSpace,
  stateCell,
  type Decision,
  type ScheduleState,
  type StoredState,
} from './schedule-state.ts';
import type { Rest } from './tender.ts';
import { triggeredStart } from './triggered-start.ts';

/** Does the next thing for a schedule. @throws TUTTI_STORE_*: nothing was done. */
export async function tendSchedule(engine: Engine, bound: BoundSchedule): Promise<Rest | 'again'> {
  const stored = await readState(engine, bound);
  const open = await openRuns(engine, stored.state.open);
  const now = engine.clock.now();
  const step = decide(bound, { state: stored.state, now, openCount: open.length });
  if (step.kind === 'rest' && stored.version !== absentCell) return { until: step.until, runs: [] };
  if (step.kind === 'hold' && !step.isNew) return { until: null, runs: open.map(({ number }) => number) };
  // A conflict means that another worker decided, or that a person paused it: the next look sees what.
  await engine.change(await groupFor(engine, bound, { stored, open, step }));
  return 'again';
}

async function groupFor(
  engine: Engine,
  bound: BoundSchedule,
  found: { readonly stored: StoredState; readonly open: readonly RunRecord[]; readonly step: Step },
): Promise<GuardedChange> {
  const { stored, open, step } = found;
  const { state, version } = stored;
  const isCounted = bound.schedule.whenBusy !== 'start';
  const openIds = isCounted ? open.map(({ id }) => id) : [];
  let next: Partial<ScheduleState> = {};
  let starts: GuardedChange['starts'] = [];
  let sends: GuardedChange['sends'] = [];
  if (step.kind === 'hold') {
    next = { heldFrom: step.moment.logicalAt };
    if (step.cancels) sends = open.map((run) => cancellation(engine, bound, run));
  } else if (step.kind === 'pass') {
    next = { cursor: step.cursor, last: decision(engine, step.outcome, step.from, step.to) };
  } else if (step.kind === 'start') {
    const made = await startsFor(engine, bound, step.moments);
    ({ starts } = made);
    if (isCounted) openIds.push(...starts.map(({ id }) => id));
    const cursor = step.moments.at(-1)?.after ?? state.cursor;
    next = { cursor, heldFrom: step.isHeld ? state.heldFrom : null, last: made.decision };
  }
  return {
    when: [{ space: scheduleSpace, key: bound.id, version }],
    cells: [stateCell(engine, bound, { ...state, open: openIds, ...next })],
    starts,
    sends,
  };
}

/** Those of the runs that have not ended. A run that was pruned has. */
async function openRuns(engine: Engine, ids: readonly string[]): Promise<readonly RunRecord[]> {
  const runs = await Promise.all(ids.map((id) => engine.store.findRun(id)));
  return runs.filter((run): run is RunRecord => run !== null && !isFinal(run.state));
}

function cancellation(engine: Engine, bound: BoundSchedule, run: RunRecord): GuardedChange['sends'][number] {
  const reason = JSON.stringify(`schedule ${bound.id} is due again`);
  return {
    run: run.number,
    kind: 'cancel',
    name: 'cancel',
    at: engine.clock.now(),
    payload: engine.payloads.always(reason),
  };
}

async function startsFor(
  engine: Engine,
  bound: BoundSchedule,
  moments: readonly Moment[],
): Promise<{ readonly starts: GuardedChange['starts']; readonly decision: Decision | null }> {
  const starts: GuardedChange['starts'][number][] = [];
  let last: Decision | null = null;
  const [first = null] = moments;
  for (const moment of moments) {
    const id = scheduledRunId(bound.id, moment);
    const existing = await engine.store.findRun(id);
    if (existing !== null) {
      last = { ...decision(engine, 'exists', moment, moment), run: id, reason: `it is ${existing.state}` };
      continue;
    }
    try {
      starts.push(await startFor(engine, bound, moment, id));
      last = { ...decision(engine, 'started', first ?? moment, moment), run: id };
    } catch (error) {
      if (!isTuttiError(error) || error.retryable) throw error;
      last = { ...decision(engine, 'refused', moment, moment), reason: error.message };
    }
  }
  return { starts, decision: last };
}

async function startFor(
  engine: Engine,
  bound: BoundSchedule,
  moment: Moment,
  id: string,
): Promise<GuardedChange['starts'][number]> {
  const { definition } = bound;
  return triggeredStart(engine, {
    id,
    definition,
    input: inputFor(bound, moment),
    trigger: {
      by: 'schedule',
      schedule: bound.id,
      interval: moment.interval,
      backfill: null,
      ignoresPast: false,
      previousRun: previousRunId(bound, moment),
      partition: null,
    },
    onConflict: 'refuse',
    wakeAt: 0,
  });
}

/** The input of a scheduled run, not checked yet. @throws TUTTI_SCHEDULE_INVALID when the schedule's own function throws. */
export function inputFor(
  bound: BoundSchedule,
  moment: { readonly interval: Moment['interval']; readonly logicalAt: number },
): unknown {
  try {
    return bound.schedule.input({ interval: moment.interval, logicalAt: moment.logicalAt });
  } catch (cause) {
    throw new TuttiError(
      'TUTTI_SCHEDULE_INVALID',
      `The input function of schedule '${bound.id}' threw: ${String(cause)}`,
      { cause, details: { schedule: bound.id } },
    );
  }
}

function decision(
  engine: Engine,
  outcome: Decision['outcome'],
  from: { readonly logicalAt: number },
  to: { readonly logicalAt: number },
): Decision {
  return { at: engine.clock.now(), outcome, from: from.logicalAt, to: to.logicalAt, run: null, reason: null };
}
