import { numberIn, type PlainSchema } from './json-schema.ts';

/** An end of a range of numbers. */
export interface Bound {
  readonly at: number;
  /** The number itself is outside. */
  readonly isOpen: boolean;
}

/** Which numbers some schemas leave; without an end, null. */
export interface NumberRange {
  readonly from: Bound | null;
  readonly to: Bound | null;
}

/** The range that all of the parts leave together. Of whole numbers it is closed where possible. */
export function rangeOf(parts: readonly PlainSchema[], isInteger: boolean): NumberRange {
  let from: Bound | null = null;
  let to: Bound | null = null;
  for (const part of parts) {
    for (const bound of boundsIn(part, 'minimum', 'exclusiveMinimum')) {
      if (from === null || isInside(bound, from, 1)) from = bound;
    }
    for (const bound of boundsIn(part, 'maximum', 'exclusiveMaximum')) {
      if (to === null || isInside(bound, to, -1)) to = bound;
    }
  }
  return isInteger ? { from: wholeBound(from, 1), to: wholeBound(to, -1) } : { from, to };
}

function boundsIn(part: PlainSchema, closed: string, open: string): readonly Bound[] {
  const [at, beyond] = [numberIn(part, closed), numberIn(part, open)];
  return [
    ...(at === undefined ? [] : [{ at, isOpen: false }]),
    ...(beyond === undefined ? [] : [{ at: beyond, isOpen: true }]),
  ];
}

/** Whether the bound leaves no more than the other. `side` is 1 for lower ends, -1 for upper ones. */
export function isInside(bound: Bound, other: Bound, side: 1 | -1): boolean {
  const distance = (bound.at - other.at) * side;
  return distance > 0 || (distance === 0 && (bound.isOpen || !other.isOpen));
}

/** Whole numbers beyond 2^53 have no neighbour that could be named. */
function wholeBound(bound: Bound | null, side: 1 | -1): Bound | null {
  if (bound === null || Math.abs(bound.at) >= Number.MAX_SAFE_INTEGER) return bound;
  const nearest = side === 1 ? Math.ceil(bound.at) : Math.floor(bound.at);
  return { at: bound.isOpen && nearest === bound.at ? nearest + side : nearest, isOpen: false };
}

/** Whether no number is in both. */
export function areApart(one: NumberRange, other: NumberRange): boolean {
  return endsBefore(one.to, other.from) || endsBefore(other.to, one.from);
}

function endsBefore(end: Bound | null, start: Bound | null): boolean {
  if (end === null || start === null) return false;
  return end.at < start.at || (end.at === start.at && (end.isOpen || start.isOpen));
}

/** Whether a number lies in the range. */
export function isIn(value: number, { from, to }: NumberRange): boolean {
  const point: Bound = { at: value, isOpen: false };
  return (from === null || isInside(point, from, 1)) && (to === null || isInside(point, to, -1));
}
