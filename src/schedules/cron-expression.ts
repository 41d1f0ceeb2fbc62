import { Cron } from 'croner';
import { TuttiError } from '../base/tutti-error.ts';

/**
 * A cron expression over readings of a clock, free of time zones: the library is asked as if the clock never changed, and
 * `CronTimetable` decides what a change does. Its own rules for changes are not used, since no two libraries agree on them.
 */
export class CronExpression {
  readonly text: string;
  /**
   * Whether it means "every so often" rather than "at these times": its minutes or hours begin with `*`. The distinction is
   * that of Vixie cron (the flags MIN_STAR and HR_STAR of its entry.c).
   */
  readonly isPeriodic: boolean;
  readonly #cron: Cron;

  /** @throws TUTTI_SCHEDULE_INVALID for an expression that cannot be read or that no date ever fits. */
  constructor(text: string) {
    this.text = text.trim().replace(/\s+/g, ' ');
    this.#cron = parse(this.text);
    this.isPeriodic = isPeriodic(this.text);
    if (this.next(0) === null) {
      throw new TuttiError(
        'TUTTI_SCHEDULE_INVALID',
        `The cron expression '${this.text}' never fires: no date fits its day, month and year`,
        { details: { expression: this.text } },
      );
    }
  }

  /** The first reading strictly after the given one; null if there is none. */
  next(after: number): number | null {
    return this.#cron.nextRun(new Date(after))?.getTime() ?? null;
  }

  /** The last reading strictly before the given one; null if there is none. */
  previous(before: number): number | null {
    // The library reads a reference within a second as that second's begin, and would miss the tick that lies there.
    const rounded = Math.ceil(before / 1_000) * 1_000;
    return this.#cron.previousRuns(1, new Date(rounded))[0]?.getTime() ?? null;
  }
}

function parse(text: string): Cron {
  try {
    // "Every 15 from 5 on", 5/15, is what most other crons read, too.
    return new Cron(withSundayFirst(text), { timezone: 'UTC', paused: true, sloppyRanges: true });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.replace(/^CronPattern: /, '') : String(cause);
    throw new TuttiError(
      'TUTTI_SCHEDULE_INVALID',
      `The cron expression '${text}' cannot be read: ${said}; expected minute, hour, day, month and weekday, such as '0 3 * * *'`,
      { cause, details: { expression: text } },
    );
  }
}

/** Steps from Sunday on, 7/2: the library takes that for the end of the week, and would find no day in it. */
function withSundayFirst(text: string): string {
  const fields = text.split(' ');
  const weekday = fields.length === 5 ? 4 : 5;
  return fields
    .map((field, index) => (index === weekday ? field.replaceAll(/(?<=^|,)7(?=\/)/g, '0') : field))
    .join(' ');
}

function isPeriodic(text: string): boolean {
  const fields = text.split(' ');
  if (fields.length === 1) return text.toLowerCase() === '@hourly';
  const [minute, hour] = fields.length === 5 ? fields : fields.slice(1);
  return /^[*?/]/.test(minute ?? '') || /^[*?/]/.test(hour ?? '');
}
