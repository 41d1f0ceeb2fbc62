/** What a backfill goes over: dates of a schedule, or partitions of the asset that a definition makes. */
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine, Partitioning, ScheduledMoment } from '../engine/index.ts';
import { listUpdates } from './assets/asset-updates.ts';
import { isOfPartition } from './assets/newest-partition.ts';
import { scheduledRunId, type BoundSchedule } from './bound-schedule.ts';
import type { BackfillPart } from './backfill-record.ts';
import { momentsBetween } from './moments.ts';

/** Parts of one backfill at most; they are created by one transaction. */
export const datesMax = 10_000;
/** Partitions by time that are looked at for what is missing, at most. */
const lookedAtMax = 100_000;
/** Before any partition by time can begin: their first day has a year of four digits. */
const beginningOfTime = Date.UTC(-1, 11, 1);

/** Which parts to fill: a range of dates, partitions by name, or those that are missing. Exactly one of the three is given. */
export interface BackfillScope {
  /** Logical dates from here on, in milliseconds since the epoch. */
  readonly from?: number;
  /** Logical dates before this. */
  readonly to?: number;
  /** Keys of partitions, in the order in which they are to be made. */
  readonly partitions?: readonly string[];
  /**
   * The partitions that were never made: of listed ones all others, of those by time the ones that are over, of those with any key
   * the ones that everything it is made from has.
   */
  readonly missing?: boolean;
}

/** The parts in order, not reversed. @throws TUTTI_BACKFILL_INVALID for none, too many, or what the definition does not fit. */
export async function partsOf(
  engine: Engine,
  bound: BoundSchedule,
  scope: BackfillScope,
): Promise<readonly BackfillPart[]> {
  const parts = await findParts(engine, bound, scope);
  const { size } = new Set(parts.map((part) => partRunId(bound, part)));
  if (size < parts.length) throw invalidBackfill(bound, scope, 'it names a partition twice');
  if (parts.length > datesMax) {
    const fault = `it holds more than ${datesMax.toLocaleString('en')} dates; fill it in parts`;
    throw invalidBackfill(bound, scope, fault);
  }
  return parts;
}

/** The id of the run that makes a part. One part, one id: hence one run. */
export function partRunId(bound: BoundSchedule, { logicalAt, interval, partition }: BackfillPart): string {
  if (logicalAt === null || interval === null) return `${bound.id}@${String(partition)}`;
  return scheduledRunId(bound.id, { logicalAt, interval });
}

/** What a part is about is complete once its interval has ended; before that, to run it is the schedule's own business. */
export function isOver({ interval }: BackfillPart, now: number): boolean {
  return interval === null || interval.end <= now;
}

/** A refusal that says what was asked for. */
export function invalidBackfill(bound: BoundSchedule, scope: BackfillScope, fault: string): TuttiError {
  return new TuttiError(
    'TUTTI_BACKFILL_INVALID',
    `A backfill of '${bound.id}' ${scopeText(scope)} was refused: ${fault}.`,
    { details: { schedule: bound.id, from: scope.from ?? null, to: scope.to ?? null } },
  );
}

async function findParts(
  engine: Engine,
  bound: BoundSchedule,
  scope: BackfillScope,
): Promise<readonly BackfillPart[]> {
  const { from, to, partitions, missing = false } = scope;
  const hasRange = from !== undefined || to !== undefined;
  const ways = [hasRange, partitions !== undefined, missing].filter(Boolean).length;
  if (ways !== 1 || (hasRange && (from === undefined || to === undefined))) {
    const fault = 'expected either a range with both ends, or partitions, or those that are missing';
    throw invalidBackfill(bound, scope, fault);
  }
  if (partitions !== undefined) return namedParts(bound, scope, partitions);
  const parts = missing ? await missingParts(engine, bound, scope) : datedParts(bound, scope);
  if (parts.length > 0) return parts;
  throw invalidBackfill(bound, scope, missing ? 'nothing is missing' : 'no date of the schedule lies in it');
}

function datedParts(bound: BoundSchedule, scope: BackfillScope): readonly BackfillPart[] {
  const { from = 0, to = 0 } = scope;
  if (to <= from)
    throw invalidBackfill(bound, scope, to === from ? 'it is empty' : 'it ends before it begins');
  const { asset } = bound;
  if (asset !== undefined && asset.partitions?.timetable === null)
    throw invalidBackfill(bound, scope, `the partitions of asset '${asset.name}' are not by time; name them`);
  return momentsBetween(bound, { from, to }, datesMax + 1).map((moment) => partAt(bound, moment));
}

function namedParts(
  bound: BoundSchedule,
  scope: BackfillScope,
  keys: readonly string[],
): readonly BackfillPart[] {
  const { name, partitions } = partitionedAsset(bound, scope);
  if (keys.length === 0) throw invalidBackfill(bound, scope, 'it names no partition');
  return keys.map((key) => {
    if (partitions.has(key)) return partOf(partitions, key);
    const fault = `'${key}' is no partition of asset '${name}', which has ${partitions.text}`;
    throw invalidBackfill(bound, scope, fault);
  });
}

async function missingParts(
  engine: Engine,
  bound: BoundSchedule,
  scope: BackfillScope,
): Promise<readonly BackfillPart[]> {
  const { name, partitions } = partitionedAsset(bound, scope);
  const now = engine.clock.now();
  const made = await madePartitions(engine, name);
  const parts =
    partitions.timetable === null
      ? (partitions.keys ?? (await givenKeys(engine, bound, scope))).map((key) => partOf(partitions, key))
      : momentsBetween(bound, { from: beginningOfTime, to: now }, lookedAtMax).map((moment) =>
          partAt(bound, moment),
        );
  return parts.filter((part) => part.partition !== null && !made.has(part.partition) && isOver(part, now));
}

/** The keys for which there is everything that a partition with any key is made from. */
async function givenKeys(
  engine: Engine,
  bound: BoundSchedule,
  scope: BackfillScope,
): Promise<readonly string[]> {
  const needs = (bound.definition.assets?.needs ?? []).filter(isOfPartition);
  const given = await Promise.all(needs.map(({ asset }) => madePartitions(engine, asset.name)));
  const [first, ...others] = given;
  if (first !== undefined) return [...first].filter((key) => others.every((keys) => keys.has(key)));
  throw invalidBackfill(bound, scope, 'nothing says which partitions there are to be; name them');
}

async function madePartitions(engine: Engine, name: string): Promise<ReadonlySet<string>> {
  const updates = await listUpdates(engine, name);
  return new Set(updates.map(({ partition }) => partition).filter((key) => key !== null));
}

function partitionedAsset(
  { asset, ...bound }: BoundSchedule,
  scope: BackfillScope,
): { readonly name: string; readonly partitions: Partitioning } {
  const partitions = asset?.partitions ?? null;
  if (asset !== undefined && partitions !== null) return { name: asset.name, partitions };
  throw invalidBackfill(bound, scope, 'it is filled by the dates of its schedule; expected a range');
}

function partAt({ asset }: BoundSchedule, { logicalAt, interval }: ScheduledMoment): BackfillPart {
  return { logicalAt, interval, partition: asset?.partitions?.keyAt(interval.start) ?? null };
}

function partOf(partitions: Partitioning, partition: string): BackfillPart {
  const interval = partitions.intervalOf(partition);
  return { logicalAt: interval?.start ?? null, interval, partition };
}

function scopeText({ from, to, partitions, missing = false }: BackfillScope): string {
  const ways: readonly string[] = [
    ...(from === undefined && to === undefined ? [] : [`from ${instantText(from)} to ${instantText(to)}`]),
    ...(partitions === undefined ? [] : [`over ${partitions.length} partitions`]),
    ...(missing ? ['over what is missing'] : []),
  ];
  return ways.length === 0 ? 'over nothing' : ways.join(' and ');
}

function instantText(instant: number | undefined): string {
  return Number.isFinite(instant) ? new Date(instant ?? 0).toISOString() : String(instant);
}
