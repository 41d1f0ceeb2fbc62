import { TuttiError } from '../../base/tutti-error.ts';

/** Where in a pattern something is wrong. */
export interface PatternPlace {
  /** What the pattern is for, as the beginning of a sentence, for instance `The filter of subscription "review"`. */
  readonly what: string;
  /** Names from the top, joined by dots; empty at the top itself. */
  readonly path: string;
}

/** The error for a pattern that breaks `rule` (a sentence without its stop), naming path, operator and what was found. */
export function patternFault(
  place: PatternPlace,
  operator: string | null,
  rule: string,
  got: unknown,
): TuttiError {
  const where = place.path === '' ? 'at the top' : `at ${place.path}`;
  const by = operator === null ? '' : `, operator ${operator}`;
  return new TuttiError(
    'TUTTI_PATTERN_INVALID',
    `${place.what} is no valid pattern ${where}${by}: ${rule}; got ${show(got)}.`,
    { details: { path: place.path, operator, rule } },
  );
}

const shownMax = 80;

/** A value as JSON, at most a line of it. */
export function show(value: unknown): string {
  const text =
    typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : (JSON.stringify(value) ?? String(value));
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`;
}
