/** Whether a reader takes texts and numbers. */
import { countsOf, lengthOf, shownCounts } from './counts.ts';
import { numberIn, patternOf, type PlainSchema } from './json-schema.ts';
import { isIn, isInside, rangeOf, type Bound, type NumberRange } from './number-range.ts';
import { breaks, shownValue, undecided, type SchemaDifference } from './schema-difference.ts';

/** What a reader's part refuses of the numbers that some parts allow. */
export function refusedNumbers(
  parts: readonly PlainSchema[],
  isInteger: boolean,
  part: PlainSchema,
  path: string,
): readonly SchemaDifference[] {
  const found: SchemaDifference[] = [];
  const written = rangeOf(parts, isInteger);
  const read = rangeOf([part], isInteger);
  if (!covers(written, read)) {
    found.push(
      breaks(
        path,
        'rangeNarrowed',
        `An event may have ${shownRange(written)} here; the reader takes ${shownRange(read)}.`,
      ),
    );
  }
  const step = numberIn(part, 'multipleOf');
  if (step !== undefined && !isMultiple(parts, isInteger, step)) {
    const text = `The reader takes multiples of ${step} only, which is not demanded of events.`;
    found.push(breaks(path, 'multipleOfChanged', text));
  }
  return found;
}

function covers(written: NumberRange, read: NumberRange): boolean {
  const isFromInside = read.from === null || (written.from !== null && isInside(written.from, read.from, 1));
  return isFromInside && (read.to === null || (written.to !== null && isInside(written.to, read.to, -1)));
}

function isMultiple(parts: readonly PlainSchema[], isInteger: boolean, step: number): boolean {
  if (isInteger && step === 1) return true;
  return parts.some((part) => {
    const written = numberIn(part, 'multipleOf');
    if (written === undefined) return false;
    // Fractions have no exact remainder.
    const isWhole = Number.isSafeInteger(written) && Number.isSafeInteger(step);
    return written === step || (isWhole && written % step === 0);
  });
}

function shownRange({ from, to }: NumberRange): string {
  const ends = [
    ...(from === null ? [] : [`${from.isOpen ? 'more than' : 'at least'} ${from.at}`]),
    ...(to === null ? [] : [`${to.isOpen ? 'less than' : 'at most'} ${to.at}`]),
  ];
  return ends.length === 0 ? 'any number' : ends.join(' and ');
}

/** What a reader's part refuses of the texts that some parts allow. */
export function refusedTexts(
  parts: readonly PlainSchema[],
  part: PlainSchema,
  path: string,
): readonly SchemaDifference[] {
  const found: SchemaDifference[] = [];
  const written = countsOf(parts, 'minLength', 'maxLength');
  const read = countsOf([part], 'minLength', 'maxLength');
  if (written.least < read.least || written.most > read.most) {
    const text = `An event may have ${shownCounts(written, 'characters')} here; the reader takes ${shownCounts(read, 'characters')}.`;
    found.push(breaks(path, 'lengthNarrowed', text));
  }
  for (const [keyword, rule] of [
    ['pattern', 'patternChanged'],
    ['format', 'formatChanged'],
  ] as const) {
    const demanded = part[keyword];
    if (typeof demanded !== 'string' || parts.some((one) => one[keyword] === demanded)) continue;
    const others = parts.flatMap((one) => (typeof one[keyword] === 'string' ? [one[keyword]] : []));
    const reader = `the reader takes texts of the ${keyword} ${shownValue(demanded)}`;
    found.push(
      others.length === 0
        ? breaks(path, rule, `An event may have any text here; ${reader} only.`)
        : undecided(
            path,
            rule,
            `Events have the ${keyword} ${shownValue(others[0])} here, and ${reader}; it cannot be told whether that is all of them.`,
          ),
    );
  }
  return found;
}

/** What a reader's part refuses about one text or number. The types have been compared before. */
export function refusedScalar(value: unknown, part: PlainSchema, path: string): readonly SchemaDifference[] {
  if (typeof value === 'number') {
    const exact: Bound = { at: value, isOpen: false };
    const step = numberIn(part, 'multipleOf');
    const isOff = step !== undefined && !Number.isInteger(value / step);
    const read = rangeOf([part], false);
    if (!covers({ from: exact, to: exact }, read)) {
      return [
        breaks(path, 'rangeNarrowed', `An event may be ${value} here; the reader takes ${shownRange(read)}.`),
      ];
    }
    return isOff
      ? [
          breaks(
            path,
            'multipleOfChanged',
            `An event may be ${value} here; the reader takes multiples of ${step} only.`,
          ),
        ]
      : [];
  }
  return typeof value === 'string' ? refusedText(value, part, path) : [];
}

function refusedText(value: string, part: PlainSchema, path: string): readonly SchemaDifference[] {
  const shown = shownValue(value);
  const read = countsOf([part], 'minLength', 'maxLength');
  const length = lengthOf(value);
  const found: SchemaDifference[] = [];
  if (length < read.least || length > read.most) {
    const text = `An event may be ${shown} here; the reader takes ${shownCounts(read, 'characters')}.`;
    found.push(breaks(path, 'lengthNarrowed', text));
  }
  const { pattern, format } = part;
  if (typeof pattern === 'string') {
    const expression = patternOf(pattern);
    if (expression === null) {
      found.push(
        undecided(
          path,
          'patternChanged',
          `The reader's pattern ${shownValue(pattern)} is no regular expression.`,
        ),
      );
    } else if (!expression.test(value)) {
      const text = `An event may be ${shown} here; the reader takes texts of the pattern ${shownValue(pattern)} only.`;
      found.push(breaks(path, 'patternChanged', text));
    }
  }
  if (typeof format === 'string') {
    const text = `An event may be ${shown} here; the reader takes texts of the format ${shownValue(format)}, which are not checked.`;
    found.push(undecided(path, 'formatChanged', text));
  }
  return found;
}

/** Whether a reader's schema certainly refuses this text or number. */
export function isScalarRefused(value: unknown, parts: readonly PlainSchema[]): boolean {
  if (typeof value === 'number' && !isIn(value, rangeOf(parts, false))) return true;
  return parts.some((part) => refusedScalar(value, part, '').some(({ isCertain }) => isCertain));
}
