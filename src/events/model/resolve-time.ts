import { TuttiError } from '../../base/tutti-error.ts';

/** An instant as people and programs write it: a date, milliseconds since the epoch, or RFC 3339 text. */
export type Instant = Date | number | string;

/** Milliseconds since the epoch. @throws TUTTI_OPTION_INVALID naming `what` when it is no instant. */
export function resolveInstant(given: Instant, what: string): number {
  const time = given instanceof Date ? given.getTime() : new Date(given).getTime();
  if (Number.isFinite(time)) return time;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `${what} is ${JSON.stringify(given)}; expected a date, milliseconds since 1970, or a text such as "2026-12-01T09:00Z"`,
  );
}
