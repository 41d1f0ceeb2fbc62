import { formatDuration } from '../../base/duration.ts';

/** `2026-11-23 09:40:51Z` */
export function formatInstant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `09:40:51.123`, in UTC. */
export function formatClockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}

/** `2026-11-23` */
export function formatDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `3m 12s ago`, `in 13d 23h`, `now`. */
export function formatRelative(ms: number, now: number): string {
  if (Math.abs(now - ms) < 1_000) return 'now';
  return ms < now ? `${formatDuration(now - ms)} ago` : `in ${formatDuration(ms - now)}`;
}
