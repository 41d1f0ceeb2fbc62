/** Planning and creating backfills. */
import { newId } from '../base/ids.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { absentCell, neverWakes, type Engine, type GuardedChange, type RunRecord } from '../engine/index.ts';
import { invalidBackfill, isOver, partRunId, partsOf, type BackfillScope } from './backfill-parts.ts';
import { previousRunId, type BoundSchedule } from './bound-schedule.ts';
import {
  activeSpace,
  backfillSpace,
  dateKey,
  dateSpace,
  planDate,
  type BackfillDate,
  type BackfillPart,
  type BackfillRecord,
  type DatePlan,
  type Reprocess,
} from './backfill-record.ts';
import { readUpdate } from './assets/asset-updates.ts';
import { writeCell } from './schedule-state.ts';
import { inputFor } from './tend-schedule.ts';
import { triggeredStart } from './triggered-start.ts';

/** Runs of one backfill under way at a time, at most. */
const concurrencyMax = 100;

/** What to fill. */
export interface BackfillRequest extends BackfillScope {
  /** Default `none`; for what is missing `failed`. */
  readonly reprocess?: Reprocess;
  /** The latest date first. Default false. */
  readonly reverse?: boolean;
  /** How many of its runs may be under way at a time; the schedule's own limit does not count them. Default 1. */
  readonly concurrency?: number;
  /** What every run is started with. Default: what the schedule would give it. */
  readonly input?: unknown;
}

/** A date or partition, and what the backfill does with it. */
export interface PlannedDate extends BackfillPart {
  readonly run: string;
  readonly plan: DatePlan;
}

/**
 * What a backfill would do, in its order; nothing is written.
 * @throws TUTTI_BACKFILL_INVALID for a range without dates, with too many, reversed or wholly in the future, for partitions that do
 * not exist, and for a wish that the definition does not fit; TUTTI_INPUT_INVALID for an input it does not take.
 */
export async function planBackfill(
  engine: Engine,
  bound: BoundSchedule,
  request: BackfillRequest,
): Promise<readonly PlannedDate[]> {
  checkRequest(bound, request);
  if (request.input !== undefined) await bound.definition.acceptInput(request.input);
  const parts = await partsOf(engine, bound, request);
  const now = engine.clock.now();
  if (!parts.some((part) => isOver(part, now)))
    throw invalidBackfill(bound, request, 'it lies in the future: none of its dates is over yet');
  const planned: PlannedDate[] = [];
  for (const part of request.reverse === true ? parts.toReversed() : parts) {
    const run = partRunId(bound, part);
    planned.push({ ...part, run, plan: await planPart(engine, bound, { part, run, request, now }) });
  }
  return planned;
}

interface PartToPlan {
  readonly part: BackfillPart;
  readonly run: string;
  readonly request: BackfillRequest;
  readonly now: number;
}

async function planPart(
  engine: Engine,
  bound: BoundSchedule,
  { part, run, request, now }: PartToPlan,
): Promise<DatePlan> {
  if (!isOver(part, now)) return 'not over yet';
  const existing = await engine.store.findRun(run);
  const state = existing?.state ?? ((await isMade(engine, bound, part)) ? 'completed' : null);
  const plan = planDate(state, reprocessOf(request));
  return existing === null && plan === 'restart' ? 'start' : plan;
}

/** Whether a run under another id made the partition of an asset. */
async function isMade(
  engine: Engine,
  { asset }: BoundSchedule,
  { partition }: BackfillPart,
): Promise<boolean> {
  if (asset === undefined || partition === null) return false;
  return (await readUpdate(engine, asset.name, partition)) !== null;
}

/** What failed is still missing. */
function reprocessOf({ reprocess, missing = false }: BackfillRequest): Reprocess {
  return reprocess ?? (missing ? 'failed' : 'none');
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
  const wanted = planned.filter(({ plan }) => plan === 'start' || plan === 'restart');
  // A run that ended otherwise since it was planned for is not done again: the store judges inside the transaction.
  const restart = reprocessOf(request) === 'completed' ? 'restart' : 'restartFailed';
  return Promise.all(
    wanted.map((date, index) =>
      triggeredStart(engine, {
        id: date.run,
        definition: bound.definition,
        input: request.input === undefined ? inputOf(bound, date) : request.input,
        trigger: {
          by: 'backfill',
          schedule: bound.id,
          interval: date.interval,
          backfill: id,
          ignoresPast: index === 0,
          previousRun: previousOf(bound, date),
          // What has a time says no key: a definition may make assets that are cut otherwise.
          partition: date.interval === null ? date.partition : null,
        },
        onConflict: date.plan === 'restart' ? restart : 'refuse',
        wakeAt: neverWakes,
      }),
    ),
  );
}

function inputOf(bound: BoundSchedule, { logicalAt, interval }: BackfillPart): unknown {
  return logicalAt === null || interval === null ? undefined : inputFor(bound, { logicalAt, interval });
}

function previousOf(bound: BoundSchedule, { logicalAt, interval }: BackfillPart): string | null {
  return logicalAt === null || interval === null ? null : previousRunId(bound, { logicalAt, interval });
}

async function dateOf(engine: Engine, planned: PlannedDate): Promise<BackfillDate> {
  const { plan, ...date } = planned;
  if (plan !== 'start' && plan !== 'restart') return { ...date, generation: null, skipped: plan };
  const existing: RunRecord | null = plan === 'start' ? null : await engine.store.findRun(date.run);
  return { ...date, generation: (existing?.generation ?? 0) + 1, skipped: null };
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
    from: request.from ?? null,
    to: request.to ?? null,
    reprocess: reprocessOf(request),
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
  const { reprocess = 'none', reverse = false, concurrency = 1 } = request;
  const refuse = (fault: string): TuttiError => invalidBackfill(bound, request, fault);
  if (!['none', 'failed', 'completed'].includes(reprocess))
    throw refuse(`reprocess is '${reprocess}'; expected none, failed or completed`);
  if (!Number.isSafeInteger(concurrency) || concurrency < 1 || concurrency > concurrencyMax)
    throw refuse(`concurrency is ${concurrency}; expected 1 to ${concurrencyMax}`);
  if (reverse && bound.definition.dependsOnPast === true)
    throw refuse('its runs depend on the run before, so they cannot go in reverse');
}
