/**
 * The loop that makes schedules fire, one in every worker.
 *
 * Owns: one alarm per schedule for its next tick, and which runs a held tick waits for. Does not own: what is durable (one cell
 * per schedule), the runs.
 * In: alarms, ends of runs, commits of other processes, nudges. Out: guarded groups (cell + starts + cancellations).
 *
 * Invariants:
 * T1  The cell and the runs of a tick are written in one transaction, on condition of the cell's version: of two workers one
 *     wins, and a crash leaves both or neither. A run's id follows from schedule and tick, which catches what is left.
 * T2  One schedule is tended by one pass at a time; a reason to look that comes meanwhile makes the pass look again.
 * T3  Nothing is polled: a schedule that rests costs one entry in a heap.
 */
import type { Logger } from '../base/logger.ts';
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import {
  isFinal,
  TimerQueue,
  type Alarm,
  type Engine,
  type GuardedChange,
  type RunNumber,
  type RunRecord,
} from '../engine/index.ts';
import { scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
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
import { triggeredStart } from './triggered-start.ts';

/** How soon a pass that failed is tried again. Milliseconds. */
const retryMs = 1_000;
/** How long commits of other processes are gathered before all schedules are looked at. Milliseconds. */
const gatherMs = 250;
/** How often held schedules are looked at in case the end of a run was not heard of. Milliseconds. */
const safetyMs = 10_000;

interface Tended {
  readonly bound: BoundSchedule;
  alarm: Alarm | null;
  isTending: boolean;
  mustTendAgain: boolean;
  /** Runs whose end it waits for. */
  awaited: ReadonlySet<RunNumber>;
}

/** See the top of the file. */
export class ScheduleLoop {
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #timers: TimerQueue;
  readonly #tended = new Map<string, Tended>();
  #isWorking = false;
  #stopListening: (() => void) | null = null;
  #gathering: Alarm | null = null;
  #passes: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
    this.#timers = new TimerQueue(engine.clock);
  }

  /** Begins to tend these schedules. */
  start(schedules: readonly BoundSchedule[]): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#stopListening = this.#engine.onProgress((run) => this.#heard(run));
    this.replace(schedules);
    this.#watchOver();
  }

  /** Tends these schedules instead of the ones before. */
  replace(schedules: readonly BoundSchedule[]): void {
    for (const { alarm } of this.#tended.values()) alarm?.cancel();
    this.#tended.clear();
    if (!this.#isWorking) return;
    for (const bound of schedules) {
      this.#tended.set(bound.id, {
        bound,
        alarm: null,
        isTending: false,
        mustTendAgain: false,
        awaited: new Set(),
      });
      this.nudge(bound.id);
    }
  }

  /** Looks at a schedule now: its cell was changed in this process. */
  nudge(id: string): void {
    const tended = this.#tended.get(id);
    if (tended !== undefined) this.#tend(tended);
  }

  /** Stops looking; resolves when the passes under way are over. What they had not committed happens in the next worker. */
  async stop(): Promise<void> {
    this.#isWorking = false;
    this.#stopListening?.();
    this.#tended.clear();
    this.#timers.clear();
    await this.#passes;
  }

  #heard(run: RunNumber | null): void {
    if (run !== null) {
      for (const tended of this.#tended.values()) if (tended.awaited.has(run)) this.#tend(tended);
      return;
    }
    // Another process committed something, perhaps a pause or a schedule's tick; many such commits make one look.
    this.#gathering ??= this.#timers.at(this.#engine.clock.now() + gatherMs, () => {
      this.#gathering = null;
      for (const tended of this.#tended.values()) this.#tend(tended);
    });
  }

  #watchOver(): void {
    this.#timers.at(this.#engine.clock.now() + safetyMs, () => {
      for (const tended of this.#tended.values()) if (tended.awaited.size > 0) this.#tend(tended);
      this.#watchOver();
    });
  }

  #tend(tended: Tended): void {
    if (tended.isTending) {
      tended.mustTendAgain = true;
      return;
    }
    tended.isTending = true;
    tended.alarm?.cancel();
    const pass = this.#pass(tended).finally(() => {
      tended.isTending = false;
      if (tended.mustTendAgain) {
        tended.mustTendAgain = false;
        if (this.#isCurrent(tended)) this.#tend(tended);
      }
    });
    this.#passes = Promise.all([this.#passes, pass]);
  }

  async #pass(tended: Tended): Promise<void> {
    const { bound } = tended;
    try {
      while (this.#isCurrent(tended)) {
        const until = await this.#step(tended);
        if (until === 'again') continue;
        if (until !== null && this.#isCurrent(tended))
          tended.alarm = this.#timers.at(until, () => this.#tend(tended));
        return;
      }
    } catch (error) {
      this.#logger.warn('A schedule could not be tended; it is tried again.', {
        schedule: bound.id,
        reason: String(error),
      });
      if (this.#isCurrent(tended))
        tended.alarm = this.#timers.at(this.#engine.clock.now() + retryMs, () => this.#tend(tended));
    }
  }

  /** Does one thing. Returns until when there is nothing more to do, or that there may be more at once. */
  async #step(tended: Tended): Promise<number | null | 'again'> {
    const { bound } = tended;
    const stored = await readState(this.#engine, bound);
    const open = await openRuns(this.#engine, stored.state.open);
    const now = this.#engine.clock.now();
    const step = decide(bound, { state: stored.state, now, openCount: open.length });
    tended.awaited = new Set(step.kind === 'hold' ? open.map(({ number }) => number) : []);
    if (step.kind === 'rest' && stored.version !== 0) return step.until;
    if (step.kind === 'hold' && !step.isNew) return null;
    const group = await this.#groupFor(bound, stored, open, step);
    // A conflict means that another worker decided, or that a person paused it: the next look sees what.
    await this.#engine.change(group);
    return 'again';
  }

  async #groupFor(
    bound: BoundSchedule,
    stored: StoredState,
    open: readonly RunRecord[],
    step: Step,
  ): Promise<GuardedChange> {
    const { state, version } = stored;
    const engine = this.#engine;
    const group = (next: ScheduleState, more: Partial<GuardedChange> = {}): GuardedChange => ({
      when: [{ space: scheduleSpace, key: bound.id, version }],
      cells: [stateCell(engine, bound, next)],
      starts: [],
      sends: [],
      ...more,
    });
    const openIds = open.map(({ id }) => id);
    switch (step.kind) {
      case 'rest':
        return group(state);
      case 'hold': {
        const sends = step.cancels ? open.map((run) => cancellation(engine, bound, run)) : [];
        return group({ ...state, open: openIds, heldFrom: step.moment.logicalAt }, { sends });
      }
      case 'pass': {
        const last = decision(engine, step.outcome, step.from, step.to);
        return group({ ...state, open: openIds, cursor: step.cursor, last });
      }
      case 'start': {
        const made = await startsFor(engine, bound, step.moments);
        const latest = step.moments.at(-1)?.after ?? state.cursor;
        const isCounted = bound.schedule.whenBusy !== 'start';
        return group(
          {
            ...state,
            cursor: latest,
            heldFrom: step.isHeld ? state.heldFrom : null,
            open: isCounted ? [...openIds, ...made.starts.map(({ id }) => id)] : [],
            last: made.decision,
          },
          { starts: made.starts },
        );
      }
    }
  }

  #isCurrent(tended: Tended): boolean {
    return this.#isWorking && this.#tended.get(tended.bound.id) === tended;
  }
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
