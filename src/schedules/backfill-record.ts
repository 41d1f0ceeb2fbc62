/**
 * What is durable of a backfill: one cell for the whole in `backfills`, one per date in `backfill-dates`, and, while it has not
 * ended, one under the definition's name in `backfills-active`, which keeps a second one out.
 */
import type { DataInterval } from '../engine/index.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine, RunState } from '../engine/index.ts';
import { readCell } from './schedule-state.ts';

/** The space of the backfills themselves, by id. */
export const backfillSpace = 'backfills';
/** The space of their dates, by id and position. */
export const dateSpace = 'backfill-dates';
/** The space of what keeps a second backfill of a definition out, by the definition's name. */
export const activeSpace = 'backfills-active';

/**
 * Which dates that have a run already get another: `none`; those whose run `failed` or was canceled; also those whose run
 * `completed`. A run that has not ended is never touched.
 */
export type Reprocess = 'none' | 'failed' | 'completed';

/** Where a backfill stands. */
export type BackfillState = 'running' | 'paused' | 'canceled' | 'completed';

/** A backfill as stored. Times in milliseconds since the epoch. */
export interface BackfillRecord {
  readonly id: string;
  readonly schedule: string;
  readonly definition: string;
  /** The range of logical dates, its end excluded; null for a backfill over partitions. */
  readonly from: number | null;
  readonly to: number | null;
  readonly reprocess: Reprocess;
  readonly reverse: boolean;
  readonly concurrency: number;
  readonly state: BackfillState;
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** Why it was paused or canceled. */
  readonly reason: string | null;
  /** Dates with a run of this backfill, and dates without. */
  readonly planned: number;
  readonly skipped: number;
  /** Position of the first date that was not let go yet. */
  readonly next: number;
  /** Runs that were let go and had not ended when last looked at; at most `concurrency`. */
  readonly open: readonly string[];
  /** How the runs ended that did. */
  readonly ended: Readonly<Record<'completed' | 'failed' | 'canceled', number>>;
}

/** Why a date gets no run: it has one already, or one that has not ended, or the time it is about has not ended. */
export type SkipReason = 'already exists' | 'in flight' | 'not over yet';

/** What one run of a backfill is about: a date, a partition, or both. */
export interface BackfillPart {
  /** Null for a partition that is about no time. */
  readonly logicalAt: number | null;
  readonly interval: DataInterval | null;
  /** Key of the partition to make; null where a schedule is filled. */
  readonly partition: string | null;
}

/** A date or partition of a backfill as stored. */
export interface BackfillDate extends BackfillPart {
  /** Id of the date's run: this backfill's, or the one that was there. */
  readonly run: string;
  /** Generation of this backfill's run under that id; null for a skipped date. */
  readonly generation: number | null;
  readonly skipped: SkipReason | null;
}

/** An earlier version stored dates without a partition. */
type StoredDate = Omit<BackfillDate, 'partition'> & Partial<Pick<BackfillDate, 'partition'>>;

/** What a backfill does with a date. */
export type DatePlan = 'start' | 'restart' | SkipReason;

/** The table of reprocessing: what to do with a date whose run is in this state, null for none. */
export function planDate(existing: RunState | null, reprocess: Reprocess): DatePlan {
  switch (existing) {
    case null:
      return 'start';
    case 'completed':
      return reprocess === 'completed' ? 'restart' : 'already exists';
    case 'failed':
    case 'canceled':
      return reprocess === 'none' ? 'already exists' : 'restart';
    default:
      return 'in flight';
  }
}

/** The key of a date's cell; keys sort as positions do. */
export function dateKey(id: string, position: number): string {
  return `${id}/${String(position).padStart(6, '0')}`;
}

/** The whole id of a backfill, by the id or a unique prefix of it. @throws TUTTI_BACKFILL_NOT_FOUND */
export async function resolveBackfill(engine: Engine, address: string): Promise<string> {
  if ((await engine.store.getCell(backfillSpace, address)) !== null) return address;
  const cells = await engine.store.listCells(backfillSpace, { prefix: address, limit: 2 });
  const [only] = cells;
  if (only !== undefined && cells.length === 1 && address !== '') return only.key;
  const fault = only === undefined || address === '' ? 'No backfill has' : 'Several backfills have';
  throw new TuttiError(
    'TUTTI_BACKFILL_NOT_FOUND',
    `${fault} an id that is or begins with '${address}'; expected one.`,
    { details: { id: address } },
  );
}

/** A backfill and the version of its cell. @throws TUTTI_BACKFILL_NOT_FOUND */
export async function readBackfill(
  engine: Engine,
  id: string,
): Promise<{ readonly record: BackfillRecord; readonly version: number }> {
  const cell = await engine.store.getCell(backfillSpace, id);
  if (cell !== null) return { record: await readCell<BackfillRecord>(engine, cell), version: cell.version };
  throw new TuttiError('TUTTI_BACKFILL_NOT_FOUND', `No backfill has the id '${id}'.`, { details: { id } });
}

/** Dates of a backfill from a position on, in its order. */
export async function readDates(
  engine: Engine,
  id: string,
  page: { readonly from: number; readonly limit: number },
): Promise<readonly BackfillDate[]> {
  const after = page.from === 0 ? `${id}/` : dateKey(id, page.from - 1);
  const cells = await engine.store.listCells(dateSpace, { prefix: `${id}/`, after, limit: page.limit });
  return Promise.all(
    cells.map(async (cell) => {
      const stored = await readCell<StoredDate>(engine, cell);
      return { ...stored, partition: stored.partition ?? null };
    }),
  );
}
