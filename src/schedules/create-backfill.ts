/** Planning and creating backfills. */
import { newId } from '../base/ids.ts';
import { TuttiError } from '../base/tutti-error.ts';
import {
  absentCell,
  neverWakes,
  type Engine,
  type GuardedChange,
  type RunRecord,
  type ScheduledMoment,
} from '../engine/index.ts';
import { previousRunId, scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
import {
  activeSpace,
  backfillSpace,
  dateKey,
  dateSpace,
  planDate,
  type BackfillDate,
  type BackfillRecord,
  type DatePlan,
  type Reprocess,
} from './backfill-record.ts';
import { readUpdate } from './assets/asset-updates.ts';
import { momentsBetween } from './moments.ts';
import { writeCell } from './schedule-state.ts';
import { inputFor } from './tend-schedule.ts';
import { triggeredStart } from './triggered-start.ts';

/** Dates of one backfill at most; they are created by one transaction. */
export const datesMax = 10_000;
/** Runs of one backfill under way at a time, at most. */
const concurrencyMax = 100;

/** What to fill. */
export interface BackfillRequest {
  /** Logical dates from here on, in milliseconds since the epoch. */
  readonly from: number;
  /** Logical dates before this. */
  readonly to: number;
  /** Default `none`. */
  readonly reprocess?: Reprocess;
  /** The latest date first. Default false. */
  readonly reverse?: boolean;
  /** How many of its runs may be under way at a time; the schedule's own limit does not count them. Default 1. */
  readonly concurrency?: number;
  /** What every run is started with. Default: what the schedule would give it. */
  readonly input?: unknown;
}

/** A date, and what the backfill does with it. */
export interface PlannedDate extends ScheduledMoment {
  readonly run: string;
  readonly plan: DatePlan;
}

/**
 * What a backfill would do, in its order; nothing is written.
 * @throws TUTTI_BACKFILL_INVALID for a range without dates, with too many, reversed or wholly in the future, and for a wish that
 * the definition does not fit.
 */
export async function planBackfill(
  engine: Engine,
  bound: BoundSchedule,
  request: BackfillRequest,
): Promise<readonly PlannedDate[]> {
  checkRequest(bound, request);
  const moments = momentsBetween(bound, request, datesMax + 1);
  if (moments.length === 0) throw invalid(bound, request, 'no date of the schedule lies in it');
  if (moments.length > datesMax)
    throw invalid(
      bound,
      request,
      `it holds more than ${datesMax.toLocaleString('en')} dates; fill it in parts`,
    );
  const now = engine.clock.now();
  if (moments.every((moment) => !isOver(moment, now)))
    throw invalid(bound, request, 'it lies in the future; the schedule itself will run its dates');
  const ordered = request.reverse === true ? moments.toReversed() : moments;
  const planned: PlannedDate[] = [];
  for (const moment of ordered) {
    const run = scheduledRunId(bound.id, moment);
    if (!isOver(moment, now)) {
      planned.push({ ...moment, run, plan: 'not over yet' });
      continue;
    }
    const existing = await engine.store.findRun(run);
    const state = existing?.state ?? ((await isMade(engine, bound, moment)) ? 'completed' : null);
    const plan = planDate(state, request.reprocess ?? 'none');
    planned.push({ ...moment, run, plan: existing === null && plan === 'restart' ? 'start' : plan });
  }
  return planned;
}

/** What a moment is about is complete once its interval has ended; before that, to run it is the schedule's own business. */
function isOver({ interval }: ScheduledMoment, now: number): boolean {
  return interval.end <= now;
}

/** Whether a run under another id made the partition of an asset that a moment is about. */
async function isMade(engine: Engine, { asset }: BoundSchedule, moment: ScheduledMoment): Promise<boolean> {
  const partition = asset?.partitions?.keyAt(moment.interval.start) ?? null;
  if (asset === undefined || partition === null) return false;
  return (await readUpdate(engine, asset.name, partition)) !== null;
}

/**
 * Creates a backfill: all its runs, in its order, lie in the store when this resolves, and are let go by and by. All of it is
 * there after a crash, or nothing. The schedule's own cursor is not touched.
 * @throws TUTTI_BACKFILL_INVALID, TUTTI_BACKFILL_ACTIVE when the definition has one already, TUTTI_INPUT_INVALID, TUTTI_STORE_*
 */
export async function createBackfill(
  engine: Engine,
  bound: BoundSchedule,
  request: BackfillRequest,
): Promise<BackfillRecord> {
  const planned = await planBackfill(engine, bound, request);
  const id = newId(engine.clock, engine.random);
  const starts = await startsOf(engine, bound, { id, request, planned });
  const dates = await Promise.all(planned.map((date) => dateOf(engine, date)));
  const record = recordOf(engine, bound, { id, request, dates });
  const active = { space: activeSpace, key: bound.definition.name };
  const { applied } = await engine.change({
    when: [{ ...active, version: absentCell }],
    cells: [
      writeCell(engine, backfillSpace, id, record),
      writeCell(engine, active.space, active.key, id),
      ...dates.map((date, position) => writeCell(engine, dateSpace, dateKey(id, position), date)),
    ],
    starts,
    sends: [],
  });
  if (applied) return record;
  throw new TuttiError(
    'TUTTI_BACKFILL_ACTIVE',
    `Definition '${bound.definition.name}' has a backfill that has not ended; expected one at a time.`,
    { details: { definition: bound.definition.name } },
  );
}

async function startsOf(
  engine: Engine,
  bound: BoundSchedule,
  made: { readonly id: string; readonly request: BackfillRequest; readonly planned: readonly PlannedDate[] },
): Promise<GuardedChange['starts']> {
  const { id, request, planned } = made;
  const { reprocess = 'none' } = request;
  const wanted = planned.filter(({ plan }) => plan === 'start' || plan === 'restart');
  // A run that ended otherwise since it was planned for is not done again: the store judges inside the transaction.
  const restart = reprocess === 'completed' ? 'restart' : 'restartFailed';
  return Promise.all(
    wanted.map((date, index) =>
      triggeredStart(engine, {
        id: date.run,
        definition: bound.definition,
        input: request.input === undefined ? inputFor(bound, date) : request.input,
        trigger: {
          by: 'backfill',
          schedule: bound.id,
          interval: date.interval,
          backfill: id,
          ignoresPast: index === 0,
          previousRun: previousRunId(bound, date),
          partition: null,
        },
        onConflict: date.plan === 'restart' ? restart : 'refuse',
        wakeAt: neverWakes,
      }),
    ),
  );
}

async function dateOf(engine: Engine, planned: PlannedDate): Promise<BackfillDate> {
  const { logicalAt, interval, run, plan } = planned;
  if (plan !== 'start' && plan !== 'restart')
    return { logicalAt, interval, run, generation: null, skipped: plan };
  const existing: RunRecord | null = plan === 'start' ? null : await engine.store.findRun(run);
  return { logicalAt, interval, run, generation: (existing?.generation ?? 0) + 1, skipped: null };
}

function recordOf(
  engine: Engine,
  bound: BoundSchedule,
  made: { readonly id: string; readonly request: BackfillRequest; readonly dates: readonly BackfillDate[] },
): BackfillRecord {
  const { id, request, dates } = made;
  const skipped = dates.filter((date) => date.skipped !== null).length;
  return {
    id,
    schedule: bound.id,
    definition: bound.definition.name,
    from: request.from,
    to: request.to,
    reprocess: request.reprocess ?? 'none',
    reverse: request.reverse ?? false,
    concurrency: request.concurrency ?? 1,
    state: 'running',
    createdAt: engine.clock.now(),
    endedAt: null,
    reason: null,
    planned: dates.length - skipped,
    skipped,
    next: 0,
    open: [],
    ended: { completed: 0, failed: 0, canceled: 0 },
  };
}

function checkRequest(bound: BoundSchedule, request: BackfillRequest): void {
  const { from, to, reprocess = 'none', reverse = false, concurrency = 1 } = request;
  if (to <= from) throw invalid(bound, request, to === from ? 'it is empty' : 'it ends before it begins');
  if (!['none', 'failed', 'completed'].includes(reprocess))
    throw invalid(bound, request, `reprocess is '${reprocess}'; expected none, failed or completed`);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > concurrencyMax)
    throw invalid(bound, request, `concurrency is ${concurrency}; expected 1 to ${concurrencyMax}`);
  if (reverse && bound.definition.dependsOnPast === true)
    throw invalid(bound, request, 'its runs depend on the run before, so they cannot go in reverse');
}

function invalid(bound: BoundSchedule, request: BackfillRequest, fault: string): TuttiError {
  const { from, to } = request;
  return new TuttiError(
    'TUTTI_BACKFILL_INVALID',
    `A backfill of '${bound.id}' from ${instantText(from)} to ${instantText(to)} was refused: ${fault}.`,
    { details: { schedule: bound.id, from, to } },
  );
}

function instantText(instant: number): string {
  return Number.isFinite(instant) ? new Date(instant).toISOString() : String(instant);
}
