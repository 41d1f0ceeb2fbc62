import { describe, expect, it } from 'vitest';
import { explainPattern } from './explain-pattern.ts';
import { matchesPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternIndex } from './pattern-index.ts';

type Case = readonly [what: string, pattern: unknown, event: unknown, matches: boolean];

const value = (alternatives: readonly unknown[]): unknown => ({ v: alternatives });
const or = { $or: [{ a: [1] }, { b: [2] }] };

const shape: readonly Case[] = [
  ['fields that are not named do not matter', value(['x']), { v: 'x', w: 1 }, true],
  ['an absent field does not match', value(['x']), { w: 'x' }, false],
  ['all named fields must hold', { a: [1], b: [2] }, { a: 1, b: 2 }, true],
  ['one of two fields does not hold', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
  ['nested fields are followed', { a: { b: { c: ['x'] } } }, { a: { b: { c: 'x' } } }, true],
  ['a scalar on the way is no match', { a: { b: ['x'] } }, { a: 'x' }, false],
  ['null on the way is no match', { a: { b: ['x'] } }, { a: null }, false],
  ['an object at the end is no value', { a: ['x'] }, { a: { b: 'x' } }, false],
  ['any element of an array may match', value(['x']), { v: ['w', 'x'] }, true],
  ['no element matches', value(['x']), { v: ['w', 'y'] }, false],
  ['an empty array holds nothing', value(['x']), { v: [] }, false],
  ['arrays in arrays are entered', value(['x']), { v: [['w'], ['x']] }, true],
  ['objects in an array are entered', { a: { b: ['x'] } }, { a: [{ b: 'w' }, { b: 'x' }] }, true],
  ['a dotted name is a path in the pattern', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],
  ['a dotted name is a path in the event', { a: { b: ['x'] } }, { 'a.b': 'x' }, true],
  ['a dotted name on both sides', { 'a.b': ['x'] }, { 'a.b': 'x' }, true],
  ['a partly dotted path', { 'a.b': { c: ['x'] } }, { a: { 'b.c': 'x' } }, true],
  [
    'a dotted and a nested field are both looked at',
    { a: { b: ['x'] } },
    { 'a.b': 'w', a: { b: 'x' } },
    true,
  ],
  ['a field of the prototype is absent', { toString: [{ exists: true }] }, {}, false],
  [
    'a field named like the prototype is a field',
    JSON.parse('{"__proto__": ["x"]}'),
    JSON.parse('{"__proto__": "x"}'),
    true,
  ],
  ['a field with an empty name', { '': ['x'] }, { '': 'x' }, true],
];

const arrays: readonly Case[] = [
  ['two fields of one element', { a: { x: [1], y: [2] } }, { a: [{ x: 1, y: 2 }] }, true],
  [
    'two fields of two elements do not go together',
    { a: { x: [1], y: [2] } },
    {
      a: [
        { x: 1, y: 9 },
        { x: 9, y: 2 },
      ],
    },
    false,
  ],
  [
    'a later element may hold both',
    { a: { x: [1], y: [2] } },
    { a: [{ x: 1 }, { y: 2 }, { x: 1, y: 2 }] },
    true,
  ],
  [
    'different arrays are independent',
    { a: { x: [1] }, b: { y: [2] } },
    { a: [{ x: 0 }, { x: 1 }], b: [{ y: 2 }] },
    true,
  ],
  [
    'nested arrays: same outer, same inner element',
    { a: { b: { x: [1], y: [2] } } },
    { a: [{ b: [{ x: 1, y: 2 }] }] },
    true,
  ],
  [
    'nested arrays: same outer, other inner element',
    { a: { b: { x: [1], y: [2] } } },
    { a: [{ b: [{ x: 1 }, { y: 2 }] }] },
    false,
  ],
  [
    'nested arrays: other outer element',
    { a: { b: { x: [1] }, z: [3] } },
    { a: [{ b: [{ x: 1 }] }, { z: 3 }] },
    false,
  ],
  [
    'a field beside the array goes with any element',
    { s: ['k'], a: { x: [1] } },
    { s: 'k', a: [{ x: 0 }, { x: 1 }] },
    true,
  ],
  [
    'arrays of scalars inside one element',
    { a: { x: [1], y: [2] } },
    { a: [{ x: [0, 1], y: [2, 3] }] },
    true,
  ],
  [
    'absence anywhere goes with any element',
    { a: { x: [1], z: [{ exists: false }] } },
    { a: [{ x: 0 }, { x: 1 }] },
    true,
  ],
];

const presence: readonly Case[] = [
  ['a value exists', value([{ exists: true }]), { v: 'x' }, true],
  ['null exists', value([{ exists: true }]), { v: null }, true],
  ['the empty text exists', value([{ exists: true }]), { v: '' }, true],
  ['an absent field does not exist', value([{ exists: true }]), {}, false],
  ['an object counts as absent', value([{ exists: true }]), { v: { w: 1 } }, false],
  ['an empty array counts as absent', value([{ exists: true }]), { v: [] }, false],
  ['absence is matched', value([{ exists: false }]), {}, true],
  ['absence is not matched by a value', value([{ exists: false }]), { v: 'x' }, false],
  ['absence is not matched by null', value([{ exists: false }]), { v: null }, false],
  ['absence is matched by an object', value([{ exists: false }]), { v: { w: 1 } }, true],
  ['absence is matched by an empty array', value([{ exists: false }]), { v: [] }, true],
  ['absence below an absent object', { a: { b: [{ exists: false }] } }, {}, true],
  ['absence or a value: absence', value(['x', { exists: false }]), {}, true],
  ['absence or a value: the value', value(['x', { exists: false }]), { v: 'x' }, true],
  ['absence or a value: another value', value(['x', { exists: false }]), { v: 'y' }, false],
  [
    'one element of an array makes the field present',
    { a: { b: [{ exists: false }] } },
    { a: [{ b: 1 }, {}] },
    false,
  ],
];

const disjunctions: readonly Case[] = [
  ['the first member', or, { a: 1 }, true],
  ['the second member', or, { b: 2 }, true],
  ['neither member', or, { a: 2, b: 1 }, false],
  ['with a field beside it: both', { s: ['k'], ...or }, { s: 'k', b: 2 }, true],
  ['with a field beside it: the field fails', { s: ['k'], ...or }, { s: 'l', b: 2 }, false],
  ['inside an object', { d: or }, { d: { b: 2 } }, true],
  ['inside a member', { $or: [{ a: [1] }, { $or: [{ b: [2] }, { c: [3] }] }] }, { c: 3 }, true],
  ['at two levels: both hold', { ...or, d: { $or: [{ x: [1] }, { y: [2] }] } }, { a: 1, d: { y: 2 } }, true],
  ['at two levels: one fails', { ...or, d: { $or: [{ x: [1] }, { y: [2] }] } }, { a: 1, d: { y: 3 } }, false],
  [
    'the same field outside and inside: both hold',
    { a: [{ prefix: 'x' }], $or: [{ a: [{ suffix: 'z' }] }, { b: [2] }] },
    { a: 'xyz' },
    true,
  ],
  [
    'the same field outside and inside: one holds',
    { a: [{ prefix: 'x' }], $or: [{ a: [{ suffix: 'z' }] }, { b: [2] }] },
    { a: 'xy' },
    false,
  ],
  ['a field named $or: a list of scalars', { $or: ['x', 'y'] }, { $or: 'y' }, true],
  [
    'a field named $or: its members use a reserved word',
    { $or: [{ prefix: 'x' }, { suffix: 'y' }] },
    { $or: 'xx' },
    true,
  ],
  ['a field named $or: an object', { $or: { a: [1] } }, { $or: { a: 1 } }, true],
];

const cases = { shape, arrays, presence, disjunctions };

describe.each(Object.entries(cases))('%s', (_, group) => {
  it.each(group)('%s', (_what, source, event, expected) => {
    const pattern = parsePattern(source, 'The pattern');
    expect(matchesPattern(pattern, event)).toBe(expected);
    expect(new PatternIndex([pattern]).match(event)).toEqual(expected ? [0] : []);
    expect(explainPattern(pattern, event).matches).toBe(expected);
  });
});

describe('the table', () => {
  it('and the one of pattern-operators.test.ts hold at least 150 cases', () => {
    expect(Object.values(cases).flat().length).toBeGreaterThanOrEqual(55);
  });
});
