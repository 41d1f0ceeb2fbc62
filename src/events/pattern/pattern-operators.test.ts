import { describe, expect, it } from 'vitest';
import { explainPattern } from './explain-pattern.ts';
import { matchesPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternIndex } from './pattern-index.ts';

type Case = readonly [what: string, pattern: unknown, event: unknown, matches: boolean];

const value = (alternatives: readonly unknown[]): unknown => ({ v: alternatives });
const wild = (text: string): unknown => value([{ wildcard: text }]);
const but = (operand: unknown): unknown => value([{ 'anything-but': operand }]);
const numeric = (...operand: readonly unknown[]): unknown => value([{ numeric: operand }]);
const cidr = (block: string): unknown => value([{ cidr: block }]);

const exact: readonly Case[] = [
  ['a text matches itself', value(['x']), { v: 'x' }, true],
  ['a text does not match another', value(['x']), { v: 'y' }, false],
  ['texts are told apart by case', value(['x']), { v: 'X' }, false],
  ['the empty text matches the empty text', value(['']), { v: '' }, true],
  ['the empty text does not match absence', value(['']), {}, false],
  ['the empty text does not match null', value(['']), { v: null }, false],
  ['a number matches itself', value([12]), { v: 12 }, true],
  ['a number matches its other spelling', value([1]), JSON.parse('{"v": 1e0}'), true],
  ['a number with a fraction of zero is the whole number', value([1.0]), JSON.parse('{"v": 1.00}'), true],
  ['minus zero is zero', value([0]), { v: -0 }, true],
  ['a number does not match its text', value([1]), { v: '1' }, false],
  ['a text does not match its number', value(['1']), { v: 1 }, false],
  ['true matches true', value([true]), { v: true }, true],
  ['true does not match false', value([true]), { v: false }, false],
  ['true does not match the text', value([true]), { v: 'true' }, false],
  ['false matches false', value([false]), { v: false }, true],
  ['null matches null', value([null]), { v: null }, true],
  ['null does not match absence', value([null]), {}, false],
  ['null does not match the empty text', value([null]), { v: '' }, false],
  ['null does not match the text null', value([null]), { v: 'null' }, false],
  ['any alternative may hold', value(['x', 7, null]), { v: 7 }, true],
  ['no alternative holds', value(['x', 7, null]), { v: false }, false],
  ['an address matches its long form', value(['::1']), { v: '0:0:0:0:0:0:0:1' }, true],
  ['an address matches in either direction', value(['0:0:0:0:0:0:0:1']), { v: '::1' }, true],
  ['an address matches whatever its case', value(['fe80::a']), { v: 'FE80::A' }, true],
  ['an address with an IPv4 tail is the same bits', value(['::ffff:1.2.3.4']), { v: '::ffff:102:304' }, true],
  ['an address does not match another', value(['::1']), { v: '::2' }, false],
  ['an IPv4 address matches itself', value(['10.0.0.1']), { v: '10.0.0.1' }, true],
  ['an IPv4 address is not its IPv6 form', value(['1.2.3.4']), { v: '::ffff:1.2.3.4' }, false],
  ['exactly matches its text', value([{ exactly: 'x' }]), { v: 'x' }, true],
  ['exactly does not match another text', value([{ exactly: 'x' }]), { v: 'xx' }, false],
  [
    'exactly does not match another spelling of an address',
    value([{ exactly: '::1' }]),
    { v: '0::1' },
    false,
  ],
  ['exactly does not match a number', value([{ exactly: '1' }]), { v: 1 }, false],
];

const affixes: readonly Case[] = [
  ['a prefix matches', value([{ prefix: 'GIFT-' }]), { v: 'GIFT-1' }, true],
  ['a prefix matches the whole text', value([{ prefix: 'ab' }]), { v: 'ab' }, true],
  ['a prefix is not found inside', value([{ prefix: 'b' }]), { v: 'ab' }, false],
  ['a prefix longer than the text', value([{ prefix: 'abc' }]), { v: 'ab' }, false],
  ['the empty prefix matches every text', value([{ prefix: '' }]), { v: 'x' }, true],
  ['the empty prefix matches the empty text', value([{ prefix: '' }]), { v: '' }, true],
  ['the empty prefix does not match a number', value([{ prefix: '' }]), { v: 1 }, false],
  ['a prefix does not match a number', value([{ prefix: '1' }]), { v: 12 }, false],
  ['a prefix does not match null', value([{ prefix: 'n' }]), { v: null }, false],
  ['a prefix is told apart by case', value([{ prefix: 'A' }]), { v: 'ab' }, false],
  ['a prefix may ignore case', value([{ prefix: { 'equals-ignore-case': 'AB' } }]), { v: 'abc' }, true],
  [
    'a prefix that ignores case can miss',
    value([{ prefix: { 'equals-ignore-case': 'AB' } }]),
    { v: 'xab' },
    false,
  ],
  ['a suffix matches', value([{ suffix: '.png' }]), { v: 'a.png' }, true],
  ['a suffix is not found inside', value([{ suffix: 'a' }]), { v: 'ab' }, false],
  ['the empty suffix matches every text', value([{ suffix: '' }]), { v: '' }, true],
  ['a suffix is told apart by case', value([{ suffix: 'B' }]), { v: 'ab' }, false],
  ['a suffix may ignore case', value([{ suffix: { 'equals-ignore-case': '.PNG' } }]), { v: 'a.png' }, true],
  [
    'a suffix that ignores case can miss',
    value([{ suffix: { 'equals-ignore-case': '.PNG' } }]),
    { v: 'a.jpg' },
    false,
  ],
  [
    'a prefix ends in a sigma that ends no word',
    value([{ prefix: { 'equals-ignore-case': 'ΟΔΟΣ' } }]),
    { v: 'ΟΔΟΣΗΜΑ' },
    true,
  ],
  [
    'a sigma at the end of a word is the one inside',
    value([{ 'equals-ignore-case': 'οδοσ' }]),
    { v: 'ΟΔΟΣ' },
    true,
  ],
  ['equality may ignore case', value([{ 'equals-ignore-case': 'aLiCe' }]), { v: 'AlIcE' }, true],
  [
    'equality that ignores case is of the whole',
    value([{ 'equals-ignore-case': 'al' }]),
    { v: 'ALI' },
    false,
  ],
  ['equality that ignores case wants a text', value([{ 'equals-ignore-case': '1' }]), { v: 1 }, false],
];

const wildcards: readonly Case[] = [
  ['a star is any run', wild('a*c'), { v: 'abbbc' }, true],
  ['a star is the empty run too', wild('a*c'), { v: 'ac' }, true],
  ['a lone star is any text', wild('*'), { v: '' }, true],
  ['a lone star is no number', wild('*'), { v: 1 }, false],
  ['a star at the front', wild('*.png'), { v: 'dir/a.png' }, true],
  ['a star at the end', wild('dir/*'), { v: 'dir/a.png' }, true],
  ['several stars', wild('*/bin/*-[x]'), { v: 'u/bin/tool-[x]' }, true],
  ['a middle part must be there', wild('a*b*c'), { v: 'axxc' }, false],
  ['middle parts keep their order', wild('*a*b*'), { v: 'ba' }, false],
  ['head and tail do not overlap', wild('ab*ba'), { v: 'aba' }, false],
  ['a middle part does not reach into the tail', wild('*ab*b'), { v: 'ab' }, false],
  ['without a star it is equality', wild('ab'), { v: 'abc' }, false],
  ['an escaped star is a star', wild(String.raw`a\*`), { v: 'a*' }, true],
  ['an escaped star is nothing else', wild(String.raw`a\*`), { v: 'ab' }, false],
  ['an escaped backslash is a backslash', wild(String.raw`a\\*`), { v: String.raw`a\b` }, true],
  ['a repeated middle part is found at its second place', wild('a*bc*d'), { v: 'abbcd' }, true],
];

const negations: readonly Case[] = [
  ['anything but a text matches another', but('x'), { v: 'y' }, true],
  ['anything but a text does not match it', but('x'), { v: 'x' }, false],
  ['anything but a text matches a number', but('1'), { v: 1 }, true],
  ['anything but a text matches null', but('x'), { v: null }, true],
  ['anything but a text matches true', but('x'), { v: true }, true],
  ['anything but a text does not match absence', but('x'), {}, false],
  ['anything but a text does not match an empty array', but('x'), { v: [] }, false],
  ['anything but a text does not match an object', but('x'), { v: { w: 1 } }, false],
  ['anything but a list matches what is not listed', but(['x', 'y']), { v: 'z' }, true],
  ['anything but a list does not match what is listed', but(['x', 'y']), { v: 'y' }, false],
  ['anything but a number matches another', but(5), { v: 6 }, true],
  ['anything but a number does not match it', but(5), { v: 5.0 }, false],
  ['anything but a number matches its text', but(5), { v: '5' }, true],
  ['anything but numbers does not match one of them', but([1, 2]), { v: 2 }, false],
  ['an array matches if any element differs', but('x'), { v: ['x', 'y'] }, true],
  ['an array of the excluded only does not match', but('x'), { v: ['x', 'x'] }, false],
  ['anything but a prefix matches other texts', but({ prefix: 'a' }), { v: 'b' }, true],
  ['anything but a prefix does not match it', but({ prefix: 'a' }), { v: 'ab' }, false],
  ['anything but a prefix matches a number', but({ prefix: '1' }), { v: 12 }, true],
  ['anything but a prefix does not match absence', but({ prefix: 'a' }), {}, false],
  ['anything but prefixes matches none of them', but({ prefix: ['a', 'b'] }), { v: 'bc' }, false],
  ['anything but prefixes matches the rest', but({ prefix: ['a', 'b'] }), { v: 'cd' }, true],
  ['anything but a suffix does not match it', but({ suffix: '.png' }), { v: 'a.png' }, false],
  ['anything but a suffix matches the rest', but({ suffix: '.png' }), { v: 'a.jpg' }, true],
  ['anything but suffixes', but({ suffix: ['.png', '.jpg'] }), { v: 'a.jpg' }, false],
  [
    'anything but a text of any case does not match it',
    but({ 'equals-ignore-case': 'Ab' }),
    { v: 'aB' },
    false,
  ],
  [
    'anything but a text of any case matches the rest',
    but({ 'equals-ignore-case': 'Ab' }),
    { v: 'abc' },
    true,
  ],
  ['anything but texts of any case', but({ 'equals-ignore-case': ['a', 'b'] }), { v: 'B' }, false],
  ['anything but a wildcard does not match it', but({ wildcard: '*/lib/*' }), { v: 'a/lib/b' }, false],
  ['anything but a wildcard matches the rest', but({ wildcard: '*/lib/*' }), { v: 'a/bin/b' }, true],
  ['anything but wildcards', but({ wildcard: ['a*', 'b*'] }), { v: 'bb' }, false],
  ['a negation is one alternative of several', value(['x', { 'anything-but': 'x' }]), { v: 'x' }, true],
  [
    'two negations together exclude nothing',
    value([{ 'anything-but': 'x' }, { 'anything-but': 'y' }]),
    { v: 'x' },
    true,
  ],
];

const numbers: readonly Case[] = [
  ['equal', numeric('=', 5), { v: 5 }, true],
  ['not equal', numeric('=', 5), { v: 5.1 }, false],
  ['below', numeric('<', 5), { v: 4.999 }, true],
  ['not below at the bound', numeric('<', 5), { v: 5 }, false],
  ['at most, at the bound', numeric('<=', 5), { v: 5 }, true],
  ['above', numeric('>', 5), { v: 5.001 }, true],
  ['not above at the bound', numeric('>', 5), { v: 5 }, false],
  ['at least, at the bound', numeric('>=', 5), { v: 5 }, true],
  ['a range holds its inside', numeric('>', 0, '<=', 5), { v: 3 }, true],
  ['a range with an open lower bound', numeric('>', 0, '<=', 5), { v: 0 }, false],
  ['a range with a closed upper bound', numeric('>', 0, '<=', 5), { v: 5 }, true],
  ['a range with a closed lower bound', numeric('>=', 0, '<', 5), { v: 0 }, true],
  ['a range with an open upper bound', numeric('>=', 0, '<', 5), { v: 5 }, false],
  ['negative numbers', numeric('<', -1), { v: -1.5 }, true],
  ['large numbers', numeric('>', 1e300), { v: 2e300 }, true],
  ['a text is no number', numeric('=', 5), { v: '5' }, false],
  ['null is no number', numeric('>=', 0), { v: null }, false],
  ['true is no number', numeric('>=', 0), { v: true }, false],
];

const addresses: readonly Case[] = [
  ['an address in its block', cidr('10.0.0.0/8'), { v: '10.9.8.7' }, true],
  ['an address outside', cidr('10.0.0.0/8'), { v: '11.0.0.0' }, false],
  ['the block may be written by any of its addresses', cidr('10.1.2.3/8'), { v: '10.200.0.0' }, true],
  ['the first address', cidr('10.0.0.128/25'), { v: '10.0.0.128' }, true],
  ['the one before', cidr('10.0.0.128/25'), { v: '10.0.0.127' }, false],
  ['all IPv4 addresses', cidr('0.0.0.0/0'), { v: '255.255.255.255' }, true],
  ['no IPv6 address', cidr('0.0.0.0/0'), { v: '::1' }, false],
  ['an IPv6 address in its block', cidr('2001:db8::/32'), { v: '2001:db8:ffff::1' }, true],
  ['an IPv6 address outside', cidr('2001:db8::/32'), { v: '2001:db9::1' }, false],
  ['what is no address', cidr('10.0.0.0/8'), { v: '10.0.0' }, false],
  ['leading zeros in an address are decimal', cidr('10.0.0.10/31'), { v: '10.0.0.010' }, true],
  ['a number is no address', cidr('10.0.0.0/8'), { v: 10 }, false],
];

const cases = { exact, affixes, wildcards, negations, numbers, addresses };

describe.each(Object.entries(cases))('%s', (_, group) => {
  it.each(group)('%s', (_what, source, event, expected) => {
    const pattern = parsePattern(source, 'The pattern');
    expect(matchesPattern(pattern, event)).toBe(expected);
    expect(new PatternIndex([pattern]).match(event)).toEqual(expected ? [0] : []);
    expect(explainPattern(pattern, event).matches).toBe(expected);
  });
});

describe('the table', () => {
  it('and the one of pattern-structure.test.ts hold at least 150 cases', () => {
    expect(Object.values(cases).flat().length).toBeGreaterThanOrEqual(120);
  });
});
