/**
 * What a definition says about when its runs start. The types live here, below the paradigms, so that a workflow and a
 * pipeline may carry schedules without knowing the folder that makes and drives them.
 */

/** A half-open stretch of time, `start` ≤ t < `end`, in milliseconds since the epoch; `start` = `end` for a mere moment. */
export interface DataInterval {
  readonly start: number;
  readonly end: number;
}

/** Instants that follow from a rule alone; pure, and the same on every machine. */
export interface Timetable {
  /** Names the rule fully, for people and for telling an edited one: two equal texts tick alike. */
  readonly text: string;
  /** The zone whose calendar its days are days of; `UTC` where none matters. */
  readonly timezone: string;
  /** The first tick strictly after the instant, in milliseconds since the epoch; null if there is none. */
  next(after: number): number | null;
  /** The last tick strictly before the instant; null if there is none. */
  previous(before: number): number | null;
}

/**
 * `interval`: a run is about the time between two ticks and starts when that time is over.
 * `trigger`: a run is about the tick itself and starts at it.
 */
export type ScheduleFamily = 'interval' | 'trigger';

/** What becomes of ticks that passed while nobody worked, or while the schedule was paused. */
export type CatchUpPolicy = 'none' | 'latest' | 'all';

/** What a tick does while as many runs of the schedule as it allows have not ended. */
export type BusyPolicy = 'start' | 'skip' | 'queue' | 'cancel';

/** What a scheduled run is about; its input may be made of it. */
export interface ScheduledMoment {
  readonly interval: DataInterval;
  /** The start of the interval; for the trigger family the tick. Names the run. */
  readonly logicalAt: number;
}

/** When, and under which rules, runs of one definition start by themselves, with an `I`. Durations in milliseconds. */
export interface Schedule<I = unknown> {
  readonly type: 'schedule';
  /** Tells several schedules of one definition apart; null for the only one. */
  readonly name: string | null;
  readonly timetable: Timetable;
  /** Null: `interval` for a pipeline, `trigger` for everything else. */
  readonly family: ScheduleFamily | null;
  /** Length of the data interval that ends at a tick of the trigger family. */
  readonly lookBackMs: number;
  /** No run is about a time before this instant; null for no bound. */
  readonly from: number | null;
  /** No run is about a time after this instant; null for no bound. */
  readonly until: number | null;
  readonly catchUp: CatchUpPolicy;
  readonly whenBusy: BusyPolicy;
  /** How many runs of the schedule may be open before it is busy. */
  readonly concurrency: number;
  /** A tick starts its run up to this much later; how much follows from the schedule and the tick. */
  readonly jitterMs: number;
  /** From when on a late tick counts as missed. */
  readonly toleranceMs: number;
  /** What the runs are started with. */
  readonly input: (moment: ScheduledMoment) => I;
}
