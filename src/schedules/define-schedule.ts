/** The ways to say when runs start: `cron`, `every`, `calendar` and `dates`. Pure; nothing is scheduled by calling them. */
import { parseDuration, type Duration } from '../base/duration.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type {
  BusyPolicy,
  CatchUpPolicy,
  Schedule,
  ScheduledMoment,
  ScheduleFamily,
  Timetable,
} from '../engine/index.ts';
import { CalendarTimetable, type CalendarStep } from './calendar-timetable.ts';
import { CronExpression } from './cron-expression.ts';
import { CronTimetable, vixieRules, type GapRule, type OverlapRule } from './cron-timetable.ts';
import { DatesTimetable } from './dates-timetable.ts';
import { GridTimetable } from './grid-timetable.ts';
import { Zone } from './zone.ts';

/** An instant: a `Date`, milliseconds since the epoch, or a text that `Date` reads, such as `2026-01-01T00:00:00Z`. */
export type Instant = Date | number | string;

/** What can be said of any schedule. */
export interface ScheduleOptions<I = unknown> {
  /** Tells several schedules of one definition apart; letters, digits, `-` and `_`. Default: none, for the only one. */
  readonly name?: string;
  /**
   * `interval`: a run is about the time between two ticks and starts when that time is over. `trigger`: a run is about the tick
   * itself. Default: `interval` for a pipeline, `trigger` for everything else.
   */
  readonly family?: ScheduleFamily;
  /** Trigger family: how long the interval is that ends at the tick. Default 0. */
  readonly lookBack?: Duration;
  /** No run is about a time before this. Default: no bound. */
  readonly from?: Instant;
  /** No run is about a time after this. Default: no bound. */
  readonly until?: Instant;
  /** Which of the ticks that passed while nobody worked are made up for. Default `latest`. */
  readonly catchUp?: CatchUpPolicy;
  /**
   * What a tick does while the runs before it are under way: `queue` waits its turn, `skip` drops it, `cancel` cancels the
   * running ones and waits for their end, `start` does not care. Default `queue`.
   */
  readonly whenBusy?: BusyPolicy;
  /** How many runs of the schedule may be under way before it counts as busy. Default 1. */
  readonly concurrency?: number;
  /** Starts come up to this much later than their tick, by an amount that follows from the schedule and the tick. Default 0. */
  readonly jitter?: Duration;
  /** From when on a late tick counts as missed. Default `1m`. */
  readonly tolerance?: Duration;
  /** What the runs are started with: a value, or a function of what the run is about. Default: undefined. */
  readonly input?: I | ((moment: ScheduledMoment) => I);
}

/** What can be said of a cron schedule. */
export interface CronOptions<I = unknown> extends ScheduleOptions<I> {
  /** Name of the zone whose clocks count. Default `UTC`. */
  readonly timezone?: string;
  /**
   * A time the clocks jump over: `after` fires right after the jump, `skip` not at all. Default: `after` for fixed times, `skip`
   * for expressions whose minutes or hours begin with `*`.
   */
  readonly gap?: GapRule;
  /**
   * A time the clocks show twice: fire at the `first`, the `second` or `both`. Default: `first` for fixed times, `both` for
   * expressions whose minutes or hours begin with `*`.
   */
  readonly overlap?: OverlapRule;
}

/** What can be said of a schedule by calendar steps. */
export interface CalendarOptions<I = unknown> extends ScheduleOptions<I> {
  /** The first tick, as the clocks of the zone show it: `2026-01-31` or `2026-01-31T03:00`. Also the default of `from`. */
  readonly start: string;
  /** Name of the zone whose calendar and clocks count. Default `UTC`. */
  readonly timezone?: string;
}

/** What can be said of a schedule of even steps. */
export interface EveryOptions<I = unknown> extends ScheduleOptions<I> {
  /** An instant at which a tick lies. Default: the epoch, so that `every('15m')` ticks at :00, :15, :30 and :45. */
  readonly anchor?: Instant;
}

const commonOptions: readonly string[] = [
  ...['name', 'family', 'lookBack', 'from', 'until', 'catchUp', 'whenBusy', 'concurrency'],
  ...['jitter', 'tolerance', 'input'],
];

const families: readonly ScheduleFamily[] = ['interval', 'trigger'];
const catchUps: readonly CatchUpPolicy[] = ['none', 'latest', 'all'];
const busyPolicies: readonly BusyPolicy[] = ['start', 'skip', 'queue', 'cancel'];
const gaps: readonly GapRule[] = ['skip', 'after'];
const overlaps: readonly OverlapRule[] = ['first', 'second', 'both'];

/** Shortest distance of two ticks of `every`. Milliseconds. */
const everyMinMs = 1_000;
/** Runs of one schedule under way at a time, at most. */
const concurrencyMax = 100;

/**
 * Ticks by a cron expression: five fields (minute, hour, day, month, weekday), six with seconds in front, seven with a year at the
 * end; names, ranges, lists, steps, `L`, `W`, `#` and nicknames such as `@daily`.
 *
 * @example
 * pipeline('etl', { schedule: cron('0 3 * * *', { timezone: 'Europe/Zurich' }) }, build);
 * @throws TUTTI_SCHEDULE_INVALID for an expression that cannot be read or never fires and for an unknown zone,
 *   TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID.
 */
export function cron<I = never>(expression: string, options: CronOptions<I> = {}): Schedule<I> {
  const what = `schedule cron('${expression}')`;
  refuseUnknownOptions(options, ['timezone', 'gap', 'overlap', ...commonOptions], what);
  const zone = new Zone(options.timezone ?? 'UTC');
  const parsed = new CronExpression(expression);
  const usual = vixieRules(parsed);
  const rules = {
    gap: oneOf(gaps, options.gap, usual.gap, `${what}: gap`),
    overlap: oneOf(overlaps, options.overlap, usual.overlap, `${what}: overlap`),
  };
  return makeSchedule(new CronTimetable(parsed, zone, rules), options, what);
}

/**
 * Ticks at even steps of real time, whatever the clocks do; at least a second apart.
 *
 * @example every('15m')
 * @throws TUTTI_SCHEDULE_INVALID, TUTTI_DURATION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID
 */
export function every<I = never>(duration: Duration, options: EveryOptions<I> = {}): Schedule<I> {
  const what = `schedule every('${duration}')`;
  refuseUnknownOptions(options, ['anchor', ...commonOptions], what);
  const everyMs = parseDuration(duration, what);
  if (everyMs < everyMinMs) throw invalid(`${what} ticks more than once a second; expected at least '1s'`);
  const anchor = options.anchor === undefined ? 0 : readInstant(options.anchor, `${what}: anchor`);
  return makeSchedule(new GridTimetable(everyMs, anchor), options, what);
}

/**
 * Ticks at steps of the calendar, each from the tick before: monthly from January 31 gives February 28, then March 28.
 *
 * @example calendar({ months: 1 }, { start: '2026-01-01', timezone: 'Europe/Zurich' })
 * @throws TUTTI_SCHEDULE_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID
 */
export function calendar<I = never>(step: CalendarStep, options: CalendarOptions<I>): Schedule<I> {
  const what = 'schedule calendar(...)';
  refuseUnknownOptions(step, ['years', 'months', 'weeks', 'days'], what);
  refuseUnknownOptions(options, ['start', 'timezone', ...commonOptions], what);
  const counts = Object.values(step) as readonly unknown[];
  const isWhole = counts.every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
  if (!isWhole || !counts.some((count) => Number(count) > 0))
    throw invalid(`${what} has no step forward; expected whole numbers such as { months: 1 }`);
  const zone = new Zone(options.timezone ?? 'UTC');
  const start = readReading(options.start, `${what}: start`);
  const timetable = new CalendarTimetable(step, start, zone);
  const first = timetable.next(Number.NEGATIVE_INFINITY) ?? start;
  return makeSchedule(timetable, { from: first, ...options }, what);
}

/**
 * Ticks at listed instants and never again. Of the trigger family unless said otherwise.
 *
 * @example dates(['2026-03-31T16:00:00Z', '2026-06-30T16:00:00Z'])
 * @throws TUTTI_SCHEDULE_INVALID for an empty list or something that is no instant, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID
 */
export function dates<I = never>(
  instants: readonly Instant[],
  options: ScheduleOptions<I> = {},
): Schedule<I> {
  const what = 'schedule dates(...)';
  refuseUnknownOptions(options, commonOptions, what);
  if (instants.length === 0) throw invalid(`${what} never fires: the list is empty`);
  const ticks = instants.map((instant) => readInstant(instant, what));
  return makeSchedule(new DatesTimetable(ticks), { family: 'trigger', ...options }, what);
}

function makeSchedule<I>(timetable: Timetable, options: ScheduleOptions<I>, what: string): Schedule<I> {
  checkName(options.name, what);
  const { family } = options;
  return {
    type: 'schedule',
    name: options.name ?? null,
    timetable,
    family: family === undefined ? null : oneOf(families, family, 'interval', `${what}: family`),
    lookBackMs: parseDuration(options.lookBack ?? 0, `${what}: lookBack`),
    ...readBounds(options, what),
    catchUp: oneOf(catchUps, options.catchUp, 'latest', `${what}: catchUp`),
    whenBusy: oneOf(busyPolicies, options.whenBusy, 'queue', `${what}: whenBusy`),
    concurrency: readConcurrency(options.concurrency ?? 1, what),
    jitterMs: parseDuration(options.jitter ?? 0, `${what}: jitter`),
    toleranceMs: parseDuration(options.tolerance ?? '1m', `${what}: tolerance`),
    input: inputOf(options.input),
  };
}

function checkName(name: string | undefined, what: string): void {
  if (name !== undefined && !/^[\w-]+$/.test(name))
    throw invalid(`${what} is named '${name}'; expected letters, digits, '-' and '_'`);
}

function readConcurrency(concurrency: number, what: string): number {
  if (Number.isSafeInteger(concurrency) && concurrency >= 1 && concurrency <= concurrencyMax)
    return concurrency;
  throw invalid(
    `${what}: concurrency is ${concurrency}, expected a whole number from 1 to ${concurrencyMax}`,
  );
}

function readBounds(options: ScheduleOptions, what: string): Pick<Schedule, 'from' | 'until'> {
  const from = options.from === undefined ? null : readInstant(options.from, `${what}: from`);
  const until = options.until === undefined ? null : readInstant(options.until, `${what}: until`);
  if (from !== null && until !== null && until < from)
    throw invalid(`${what} never fires: it ends ${iso(until)}, before it begins ${iso(from)}`);
  return { from, until };
}

function inputOf<I>(input: ScheduleOptions<I>['input']): Schedule<I>['input'] {
  if (typeof input === 'function') return (moment) => (input as (moment: ScheduledMoment) => I)(moment);
  // Without one the runs are started with undefined, which the definition's schema judges.
  return () => input as I;
}

function oneOf<T extends string>(known: readonly T[], given: T | undefined, usual: T, what: string): T {
  if (given === undefined) return usual;
  if (known.includes(given)) return given;
  throw new TuttiError('TUTTI_OPTION_INVALID', `${what} is '${given}'; expected one of ${known.join(', ')}`);
}

function readInstant(instant: Instant, what: string): number {
  const at = new Date(instant).getTime();
  if (Number.isFinite(at)) return at;
  throw invalid(`${what}: '${String(instant)}' is no instant; expected something like 2026-01-01T00:00:00Z`);
}

function readReading(text: string, what: string): number {
  const isReading = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text);
  const reading = isReading ? Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`) : Number.NaN;
  if (Number.isFinite(reading)) return reading;
  throw invalid(`${what} is '${text}'; expected a date and time without zone, such as 2026-01-31T03:00`);
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

function invalid(message: string): TuttiError {
  return new TuttiError('TUTTI_SCHEDULE_INVALID', message);
}
