import { describe, expect, it } from 'vitest';
import { isTuttiError } from '../../base/tutti-error.ts';
import { parsePattern } from './parse-pattern.ts';

const invalid: readonly (readonly [
  what: string,
  pattern: unknown,
  path: string,
  operator: string | null,
  rule: string,
])[] = [
  ['no object', 'x', '', null, 'a pattern is an object'],
  ['a list', [], '', null, 'a pattern is an object'],
  ['null', null, '', null, 'a pattern is an object'],
  ['an empty object', {}, '', null, 'at least one field'],
  ['an empty object inside', { a: { b: {} } }, 'a.b', null, 'at least one field'],
  ['an empty list', { a: [] }, 'a', null, 'at least one alternative'],
  ['a scalar outside of a list', { a: { b: 'x' } }, 'a.b', null, 'a list of alternatives'],
  ['an operator outside of a list', { a: { prefix: 'x' } }, 'a.prefix', null, '[{"prefix": …}]'],
  ['a list in a list', { a: [['x']] }, 'a', null, 'not nested'],
  ['a number that is none', { a: [Number.NaN] }, 'a', null, 'a JSON number'],
  ['a function', { a: [() => 1] }, 'a', null, 'a JSON scalar'],
  ['two keys in an operator', { a: [{ prefix: 'x', suffix: 'y' }] }, 'a', null, 'exactly one key'],
  ['no key in an operator', { a: [{}] }, 'a', null, 'exactly one key'],
  ['an unknown operator', { a: [{ prefx: 'x' }] }, 'a', 'prefx', 'did you mean "prefix"'],
  ['an operator in the wrong case', { a: [{ Prefix: 'x' }] }, 'a', 'Prefix', 'did you mean "prefix"'],
  ['a reserved operator', { a: [{ regex: 'x' }] }, 'a', 'regex', 'reserved'],
  ['a reserved family', { a: [{ 'date-after': 'x' }] }, 'a', 'date-after', 'reserved'],
  ['exactly a number', { a: [{ exactly: 1 }] }, 'a', 'exactly', 'takes a text'],
  ['a prefix that is a number', { a: [{ prefix: 1 }] }, 'a', 'prefix', 'takes a text'],
  [
    'a prefix with another operator',
    { a: [{ prefix: { wildcard: 'x' } }] },
    'a',
    'prefix',
    'equals-ignore-case',
  ],
  ['a suffix that is a list', { a: [{ suffix: ['x'] }] }, 'a', 'suffix', 'takes a text'],
  [
    'a list for equals-ignore-case',
    { a: [{ 'equals-ignore-case': ['x'] }] },
    'a',
    'equals-ignore-case',
    'takes a text',
  ],
  ['two stars in a row', { a: [{ wildcard: 'x**' }] }, 'a', 'wildcard', 'two stars'],
  ['an illegal escape', { a: [{ wildcard: String.raw`\x` }] }, 'a', 'wildcard', 'escapes only'],
  ['an escape of nothing', { a: [{ wildcard: 'x\\' }] }, 'a', 'wildcard', 'escapes only'],
  ['a wildcard that is a number', { a: [{ wildcard: 1 }] }, 'a', 'wildcard', 'takes a text'],
  ['anything but true', { a: [{ 'anything-but': true }] }, 'a', 'anything-but', 'texts only'],
  ['anything but null', { a: [{ 'anything-but': null }] }, 'a', 'anything-but', 'texts only'],
  ['anything but a mixed list', { a: [{ 'anything-but': ['x', 1] }] }, 'a', 'anything-but', 'texts only'],
  ['anything but an empty list', { a: [{ 'anything-but': [] }] }, 'a', 'anything-but', 'texts only'],
  [
    'anything but an unknown form',
    { a: [{ 'anything-but': { numeric: ['=', 1] } }] },
    'a',
    'anything-but',
    'inside it stands',
  ],
  [
    'anything but an empty prefix',
    { a: [{ 'anything-but': { prefix: '' } }] },
    'a',
    'anything-but.prefix',
    'empty prefix',
  ],
  [
    'anything but an empty suffix in a list',
    { a: [{ 'anything-but': { suffix: ['x', ''] } }] },
    'a',
    'anything-but.suffix',
    'empty suffix',
  ],
  [
    'anything but a prefix of any case',
    { a: [{ 'anything-but': { prefix: { 'equals-ignore-case': 'x' } } }] },
    'a',
    'anything-but.prefix',
    'a list of texts',
  ],
  [
    'anything but a prefix that is a number',
    { a: [{ 'anything-but': { prefix: 1 } }] },
    'a',
    'anything-but.prefix',
    'a list of texts',
  ],
  [
    'anything but two stars',
    { a: [{ 'anything-but': { wildcard: '**' } }] },
    'a',
    'anything-but.wildcard',
    'two stars',
  ],
  ['numeric without a list', { a: [{ numeric: 5 }] }, 'a', 'numeric', 'a comparison and a number'],
  [
    'numeric with three parts',
    { a: [{ numeric: ['>', 5, '<'] }] },
    'a',
    'numeric',
    'a comparison and a number',
  ],
  ['numeric with an unknown comparison', { a: [{ numeric: ['!=', 5] }] }, 'a', 'numeric', 'comparisons are'],
  ['numeric with a text', { a: [{ numeric: ['=', '5'] }] }, 'a', 'numeric', 'JSON numbers'],
  [
    'numeric beyond all numbers',
    { a: [{ numeric: ['<', Number.POSITIVE_INFINITY] }] },
    'a',
    'numeric',
    'JSON numbers',
  ],
  [
    'numeric with the upper bound first',
    { a: [{ numeric: ['<', 5, '>', 1] }] },
    'a',
    'numeric',
    'lower bound',
  ],
  ['numeric with two lower bounds', { a: [{ numeric: ['>', 1, '>', 5] }] }, 'a', 'numeric', 'lower bound'],
  ['numeric with an empty range', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'a', 'numeric', 'below the upper'],
  [
    'numeric with equality in a range',
    { a: [{ numeric: ['=', 1, '<', 5] }] },
    'a',
    'numeric',
    'stands alone',
  ],
  ['exists with a text', { a: [{ exists: 'true' }] }, 'a', 'exists', 'true or false'],
  ['a block of one address', { a: [{ cidr: '10.0.0.1/32' }] }, 'a', 'cidr', 'below 32'],
  ['an IPv6 block of one address', { a: [{ cidr: '::1/128' }] }, 'a', 'cidr', 'below 128'],
  ['a block without a mask', { a: [{ cidr: '10.0.0.0' }] }, 'a', 'cidr', 'a number of bits'],
  ['a block of no address', { a: [{ cidr: '10.0.0.256/8' }] }, 'a', 'cidr', 'a number of bits'],
  ['a block that is a number', { a: [{ cidr: 10 }] }, 'a', 'cidr', 'a number of bits'],
  ['$or with one member', { $or: [{ a: [1] }] }, '$or', 'a', 'no such operator'],
  ['$or with an empty member', { $or: [{ a: [1] }, {}] }, '', null, 'at least one field'],
  [
    '$or inside a member is checked too',
    { $or: [{ a: [1] }, { b: [{ prefix: 2 }] }] },
    'b',
    'prefix',
    'takes a text',
  ],
];

const two = (name: string): unknown => ({ $or: [{ [name]: [1] }, { [name]: [2] }] });

describe('an invalid pattern', () => {
  it.each(invalid)('%s: the error names path, operator and rule', (...[, source, path, operator, rule]) => {
    let error: unknown;
    try {
      parsePattern(source, 'The filter of subscription "review"');
    } catch (thrown) {
      error = thrown;
    }
    if (!isTuttiError(error)) throw new TypeError('expected a TuttiError');
    expect(error).toMatchObject({ code: 'TUTTI_PATTERN_INVALID', details: { path, operator } });
    expect(error.message).toContain('The filter of subscription "review"');
    expect(error.message).toContain(rule);
  });

  it('has $or lists that multiply beyond the bound', () => {
    const names = Array.from({ length: 11 }, (_, i) => `f${i}`);
    const pattern = Object.fromEntries(names.map((name) => [name, two(name)]));
    expect(() => parsePattern(pattern, 'The pattern')).toThrow('at most 1024 branches');
  });

  it('is longer than the bound', () => {
    expect(() => parsePattern({ a: ['x'.repeat(70_000)] }, 'The pattern')).toThrow('at most 65536');
  });
});
