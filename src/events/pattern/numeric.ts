import { patternFault, type PatternPlace } from './pattern-fault.ts';
import type { NumericRange } from './pattern.ts';

const lowerBounds: readonly unknown[] = ['>', '>='];
const upperBounds: readonly unknown[] = ['<', '<='];

/** The operand of `numeric`: `["=", n]`, one bound, or a lower and an upper bound. @throws TUTTI_PATTERN_INVALID */
export function parseNumeric(operand: unknown, place: PatternPlace): NumericRange {
  const fault = (rule: string): Error => patternFault(place, 'numeric', rule, operand);
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw fault('it takes a comparison and a number, or two of each');
  }
  const [firstSign, first, secondSign, second] = operand as readonly unknown[];
  for (const value of operand.length === 2 ? [first] : [first, second]) {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw fault('its bounds are JSON numbers');
  }
  const one = first as number;
  if (operand.length === 2) return single(firstSign, one, fault);
  if (firstSign === '=' || secondSign === '=') throw fault('"=" stands alone');
  if (!lowerBounds.includes(firstSign) || !upperBounds.includes(secondSign)) {
    throw fault('the lower bound (">" or ">=") comes first, then the upper one ("<" or "<=")');
  }
  const other = second as number;
  if (one >= other) throw fault('the lower bound is below the upper one');
  return { from: one, to: other, includesFrom: firstSign === '>=', includesTo: secondSign === '<=' };
}

function single(sign: unknown, value: number, fault: (rule: string) => Error): NumericRange {
  const below = Number.NEGATIVE_INFINITY;
  const above = Number.POSITIVE_INFINITY;
  switch (sign) {
    case '=':
      return { from: value, to: value, includesFrom: true, includesTo: true };
    case '>':
    case '>=':
      return { from: value, to: above, includesFrom: sign === '>=', includesTo: false };
    case '<':
    case '<=':
      return { from: below, to: value, includesFrom: false, includesTo: sign === '<=' };
    default:
      throw fault('its comparisons are "=", "<", "<=", ">" and ">="');
  }
}

/** Whether the number lies in the range. */
export function isInRange(range: NumericRange, value: number): boolean {
  const isAbove = range.includesFrom ? value >= range.from : value > range.from;
  return isAbove && (range.includesTo ? value <= range.to : value < range.to);
}
