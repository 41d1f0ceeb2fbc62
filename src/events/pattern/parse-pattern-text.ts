import { parseJsonText } from '../../base/json-text.ts';
import { parsePattern, patternLengthMax } from './parse-pattern.ts';
import { patternFault } from './pattern-fault.ts';
import type { Pattern } from './pattern.ts';

/**
 * Reads a pattern from JSON text. Of a key that stands twice in one object the last counts. Beyond {@link parsePattern}
 * this refuses numbers that a double cannot hold, which a parsed value no longer shows.
 *
 * @throws TUTTI_JSON_MALFORMED, TUTTI_PATTERN_INVALID
 */
export function parsePatternText(text: string, what: string): Pattern {
  const place = { what, path: '' };
  if (text.length > patternLengthMax) {
    throw patternFault(place, null, `a pattern has at most ${patternLengthMax} characters`, text.length);
  }
  parseJsonText(text, what);
  const source: unknown = JSON.parse(text, (key, value: unknown, context?: { readonly source?: string }) => {
    const written = context?.source;
    if (typeof value === 'number' && written !== undefined && !isHeld(written, value)) {
      throw patternFault({ what, path: key }, null, 'a number is one that a double holds exactly', written);
    }
    return value;
  });
  return parsePattern(source, what);
}

/** Whether the decimal that was written is the shortest one of the double that was read, apart from its spelling. */
function isHeld(written: string, value: number): boolean {
  return Number.isFinite(value) && normalized(written) === normalized(String(value));
}

/** Sign, digits without zeros at either end, and the power of ten they are to be multiplied with. */
function normalized(decimal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
