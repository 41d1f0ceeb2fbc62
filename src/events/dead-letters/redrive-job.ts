import { TuttiError } from '../../base/tutti-error.ts';
import type { DeadLetterQuery } from './dead-letter.ts';

/** What became of one dead letter in a job. */
export interface RedriveEntry {
  readonly id: string;
  /** `guarded`: it was redriven too often before; `unreadable`: it cannot be understood. Both were left where they are. */
  readonly became: 'redriven' | 'guarded' | 'unreadable';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A redrive that goes on by itself, as it is stored. Each change of it is one commit with the dead letters it moved. */
export interface RedriveJob {
  readonly id: string;
  readonly topic: string;
  readonly subscription: string;
  readonly query: DeadLetterQuery;
  /** Such as `50/s`. */
  readonly rate: string;
  /** A dead letter that was redriven so often over its life is left where it is. */
  readonly redrivesMax: number;
  readonly state: 'running' | 'finished' | 'stopped';
  /** Who asked for it, as they said; null when they did not. */
  readonly by: string | null;
  /** Milliseconds since the epoch. Only events given up on by then are redriven. */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** How many there were when it began. */
  readonly matched: number;
  readonly redriven: number;
  readonly guarded: number;
  /** See `RedriveReport`; as far as it has come. */
  readonly unreadable: number;
  /** The id it has come to. One that fails again is behind it, and thus never redriven twice by one job. */
  readonly after: string;
  /** When the rate allows the next; milliseconds since the epoch. */
  readonly nextAt: number;
  /** The newest 500. */
  readonly audit: readonly RedriveEntry[];
}

/** A job as it is shown. */
export interface RedriveView extends RedriveJob {
  /** Still to be redriven. */
  readonly left: number;
  /** How many it redrove are dead letters again now. */
  readonly failedAgain: number;
  /** Ids of the first 100 of them. */
  readonly failedIds: readonly string[];
}

/** How a job goes on; what it redrives is said by the query. */
export interface RedriveJobOptions extends DeadLetterQuery {
  /** Events per second, minute or hour, such as `50/s`. */
  readonly rate: string;
  /** Default 5. */
  readonly redrivesMax?: number;
  /** Who asks, for the audit. */
  readonly by?: string;
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds between two events at a rate. @throws TUTTI_OPTION_INVALID */
export function intervalOf(rate: string): number {
  const [, count = '0', unit = ''] = /^(\d{1,6})\/([smh])$/.exec(rate) ?? [];
  const interval = (units[unit] ?? 0) / Number(count);
  if (interval > 0 && Number.isFinite(interval)) return interval;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `The rate of a redrive is ${JSON.stringify(rate)}; expected a count per s, m or h, such as "50/s".`,
  );
}
