import { TuttiError } from '../base/tutti-error.ts';

/**
 * The day a number of months later, as `2026-05-24`; the last day of the month where that month is shorter.
 *
 * @throws TUTTI_OPTION_INVALID for anything but a day of the calendar.
 */
export function monthsLater(day: string, months: number): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  const [year, month, date] = (match ?? []).slice(1).map(Number);
  const start = new Date(`${day}T00:00:00Z`);
  if (year === undefined || month === undefined || date === undefined || !isSameDay(start, day)) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The day is '${day}'; expected one such as 2026-05-24.`);
  }
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const later = new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth)));
  return later.toISOString().slice(0, 10);
}

function isSameDay(date: Date, day: string): boolean {
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
