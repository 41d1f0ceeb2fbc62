import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternIndex } from './pattern-index.ts';

/** Few names and few values, so that patterns and events meet. */
const name = fc.constantFrom('a', 'b', 'c', 'a.b');
const text = fc.constantFrom('', 'x', 'X', 'xy', 'yx', 'xyx', '10.0.0.1', '::1', '0:0:0:0:0:0:0:1');
const number = fc.constantFrom(-1, 0, 1, 2, 2.5);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const event = fc.letrec<{ object: unknown; value: unknown }>((tie) => ({
  object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
})).object;

const textOperand = fc.constantFrom('x', 'X', 'xy', 'yx');
const range = fc
  .tuple(fc.constantFrom('>', '>='), fc.constantFrom('<', '<='), number, number)
  .filter(([, , low, high]) => low < high)
  .map(([lower, upper, low, high]) => [lower, low, upper, high]);
const alternative = fc.oneof(
  scalar,
  textOperand.map((one) => ({ prefix: one })),
  textOperand.map((one) => ({ suffix: one })),
  textOperand.map((one) => ({ 'equals-ignore-case': one })),
  textOperand.map((one) => ({ prefix: { 'equals-ignore-case': one } })),
  fc.constantFrom('*', 'x*', '*x', 'x*x').map((one) => ({ wildcard: one })),
  fc.array(textOperand, { minLength: 1, maxLength: 2 }).map((list) => ({ 'anything-but': list })),
  number.map((one) => ({ 'anything-but': one })),
  textOperand.map((one) => ({ 'anything-but': { suffix: one } })),
  range.map((operand) => ({ numeric: operand })),
  fc.boolean().map((one) => ({ exists: one })),
  fc.constantFrom('10.0.0.0/8', '::/64').map((one) => ({ cidr: one })),
);
const leaf = fc.array(alternative, { minLength: 1, maxLength: 3 });

const shallow = { maxDepth: 2, depthIdentifier: fc.createDepthIdentifier() };

type Members = readonly Readonly<Record<string, unknown>>[];
const pattern = fc
  .letrec<{ object: Readonly<Record<string, unknown>>; field: unknown; or: Members }>((tie) => ({
    object: fc
      .tuple(
        fc.dictionary(name, tie('field'), { minKeys: 1, maxKeys: 3 }),
        fc.option(tie('or'), { nil: undefined, freq: 2, ...shallow }),
      )
      .map(([fields, members]) => (members === undefined ? fields : { ...fields, $or: members })),
    field: fc.oneof(shallow, leaf, tie('object')),
    or: fc.array(tie('object'), { minLength: 2, maxLength: 3 }),
  }))
  // The bound on branches is another test's matter.
  .object.filter((source) => branchCount(source) <= 64);

/** Members of `$or` add up, fields multiply. */
function branchCount(source: unknown): number {
  if (Array.isArray(source) || typeof source !== 'object' || source === null) return 1;
  let count = 1;
  for (const [key, value] of Object.entries(source) as [string, unknown][]) {
    const isOr = key === '$or' && Array.isArray(value);
    count *= isOr ? value.reduce((sum: number, one) => sum + branchCount(one), 0) : branchCount(value);
  }
  return count;
}

const bounds = { numRuns: 1_000 };

describe('random patterns', () => {
  it('match by the index what they match one by one', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 20 }),
        fc.array(event, { maxLength: 5 }),
        (sources, events) => {
          const patterns = sources.map((source) => parsePattern(source, 'The pattern'));
          const index = new PatternIndex(patterns);
          for (const one of events) {
            const expected = patterns.flatMap((parsed, number_) =>
              matchesPattern(parsed, one) ? [number_] : [],
            );
            expect(index.match(one)).toEqual(expected);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('with $or match what any of their expansions matches', () => {
    fc.assert(
      fc.property(leaf, leaf, leaf, event, (one, other, beside, given) => {
        const both = parsePattern({ c: beside, $or: [{ a: one }, { b: other }] }, 'The pattern');
        const first = parsePattern({ c: beside, a: one }, 'The pattern');
        const second = parsePattern({ c: beside, b: other }, 'The pattern');
        const expanded = matchesPattern(first, given) || matchesPattern(second, given);
        expect(matchesPattern(both, given)).toBe(expanded);
      }),
      bounds,
    );
  });

  it('do not depend on the order of alternatives, fields and members', () => {
    fc.assert(
      fc.property(leaf, leaf, event, (one, other, given) => {
        const forth = parsePattern({ a: one, b: other }, 'The pattern');
        const back = parsePattern({ b: other.toReversed(), a: one.toReversed() }, 'The pattern');
        expect(matchesPattern(forth, given)).toBe(matchesPattern(back, given));
        const or = parsePattern({ $or: [{ a: one }, { b: other }] }, 'The pattern');
        const reversed = parsePattern({ $or: [{ b: other }, { a: one }] }, 'The pattern');
        expect(matchesPattern(or, given)).toBe(matchesPattern(reversed, given));
      }),
      bounds,
    );
  });

  it('negate: of a scalar that is present, either the list or anything but the list holds', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), scalar, (list, given) => {
        const plain = list.filter((one) => !/[.:]/.test(one));
        fc.pre(plain.length > 0);
        const positive = matchesPattern(parsePattern({ a: plain }, 'The pattern'), { a: given });
        const negative = matchesPattern(parsePattern({ a: [{ 'anything-but': plain }] }, 'The pattern'), {
          a: given,
        });
        expect(negative).toBe(!positive);
      }),
      bounds,
    );
  });

  it('split a leaf: a list of alternatives holds when one of them alone does', () => {
    fc.assert(
      fc.property(leaf, event, (alternatives, given) => {
        const together = matchesPattern(parsePattern({ a: alternatives }, 'The pattern'), given);
        const apart = alternatives.some((one) =>
          matchesPattern(parsePattern({ a: [one] }, 'The pattern'), given),
        );
        expect(together).toBe(apart);
      }),
      bounds,
    );
  });
});
