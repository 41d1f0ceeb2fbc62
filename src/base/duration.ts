import { TuttiError } from './tutti-error.ts';

/** The units a duration text may use: milliseconds, seconds, minutes, hours, days, weeks. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w';

type DurationPart = `${number}${DurationUnit}`;

/** A duration as text: `'250ms'`, `'1.5h'`, `'30d'`, `'1h30m'`, `'1h 30m'`. A day is 24 hours, a week 7 days. */
export type DurationText =
  DurationPart | `${DurationPart}${DurationPart}` | `${DurationPart} ${DurationPart}`;

/** A length of time: a number of milliseconds, or a text with units. */
export type Duration = number | DurationText;

const unitsMs: Readonly<Record<DurationUnit, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

/** One hundred years. Anything longer is a slip of units, and would leave the range of dates when added to one. */
const durationMaxMs = 36_525 * 86_400_000;

/**
 * The duration in whole milliseconds (fractions are rounded).
 * Texts hold one or more parts, each unit at most once and the larger unit first; spaces between parts are allowed.
 * `what` names the value in the error, for instance `"timeout of step 'pay'"`.
 *
 * @throws TUTTI_DURATION_INVALID for anything else, for a negative value and for more than 100 years.
 */
export function parseDuration(value: Duration, what: string): number {
  const durationMs = typeof value === 'number' ? value : parseText(value);
  if (durationMs === undefined || !(durationMs >= 0 && durationMs <= durationMaxMs)) {
    throw new TuttiError(
      'TUTTI_DURATION_INVALID',
      `${what} is ${describe(value)}, expected milliseconds or a text such as '250ms', '5m', '1h30m' or '30d', at most 100 years`,
      { details: { what, value: describe(value) } },
    );
  }
  return Math.round(durationMs);
}

function parseText(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const part = /\s*(\d+(?:\.\d+)?)(ms|[smhdw])\s*/y;
  let totalMs = 0;
  let previousUnitMs = Number.POSITIVE_INFINITY;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (match === null) return undefined;
    const [, count, unit] = match as unknown as [string, string, DurationUnit];
    const unitMs = unitsMs[unit];
    if (unitMs >= previousUnitMs) return undefined;
    totalMs += Number(count) * unitMs;
    previousUnitMs = unitMs;
  }
  return previousUnitMs === Number.POSITIVE_INFINITY ? undefined : totalMs;
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/**
 * The duration for people, at a glance: `'250ms'`, `'1.5s'`, `'1h 30m'`, `'3d'`.
 * Shows at most the two largest units and cuts off the rest; days are the largest unit.
 */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  const wholeMs = Math.round(durationMs);
  if (wholeMs < 1_000) return `${wholeMs}ms`;
  if (wholeMs < 60_000) return `${Math.floor(wholeMs / 100) / 10}s`;
  const parts = [
    { unit: 'd', count: Math.floor(wholeMs / 86_400_000) },
    { unit: 'h', count: Math.floor(wholeMs / 3_600_000) % 24 },
    { unit: 'm', count: Math.floor(wholeMs / 60_000) % 60 },
    { unit: 's', count: Math.floor(wholeMs / 1_000) % 60 },
  ];
  const first = parts.findIndex((part) => part.count > 0);
  const shown = parts.slice(first, first + 2).filter((part) => part.count > 0);
  return shown.map((part) => `${part.count}${part.unit}`).join(' ');
}
