import { describe, expect, it } from 'vitest';
import { explainPattern } from './explain-pattern.ts';
import { matchesPattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { parsePatternText } from './parse-pattern-text.ts';

describe('a pattern read from text', () => {
  it('keeps the last of two equal keys', () => {
    const pattern = parsePatternText('{"a": ["x"], "a": ["y"]}', 'The pattern');
    expect(matchesPattern(pattern, { a: 'y' })).toBe(true);
    expect(matchesPattern(pattern, { a: 'x' })).toBe(false);
  });

  it.each(['0.1', '1e3', '-1.50', '1E+2', '900719925474099e-3', '0.000'])('takes the number %s', (number) => {
    expect(() => parsePatternText(`{"a": [${number}]}`, 'The pattern')).not.toThrow();
  });

  it.each(['9007199254740993', '0.1000000000000000055', '1e400'])('refuses the number %s', (number) => {
    expect(() => parsePatternText(`{"a": [{"numeric": ["=", ${number}]}]}`, 'The pattern')).toThrow(
      'a double holds exactly',
    );
  });

  it('says where the JSON is torn', () => {
    expect(() => parsePatternText('{"a": [}', 'The pattern')).toThrow('line 1, column 8');
  });
});

describe('an explanation', () => {
  const pattern = parsePattern(
    { type: ['order.placed'], data: { total: [{ numeric: ['>', 1000] }], lines: { sku: ['A'], qty: [1] } } },
    'The pattern',
  );

  it('names the first clause that failed, what it expected and what it found', () => {
    const explained = explainPattern(pattern, { type: 'order.placed', data: { total: 12 } });
    expect(explained).toEqual({
      matches: false,
      path: 'data.total',
      expected: [{ numeric: ['>', 1000] }],
      found: [12],
      reason: 'data.total is 12, expected {"numeric":[">",1000]}',
    });
  });

  it('says that a field is absent', () => {
    expect(explainPattern(pattern, {})).toMatchObject({
      path: 'type',
      reason: 'type is absent, expected "order.placed"',
    });
  });

  it('says that fields fit only in different elements of an array', () => {
    const lines = [
      { sku: 'A', qty: 2 },
      { sku: 'B', qty: 1 },
    ];
    expect(explainPattern(pattern, { type: 'order.placed', data: { total: 2000, lines } })).toMatchObject({
      path: 'data.lines.qty',
      reason: 'data.lines.qty fits only in another element of an array than the fields before it',
    });
  });

  it('tells of several branches the one that got furthest', () => {
    const either = parsePattern({ s: ['k'], $or: [{ a: [1], b: [1] }, { c: [3] }] }, 'The pattern');
    expect(explainPattern(either, { s: 'k', a: 1, b: 2 })).toMatchObject({ path: 'b', found: [2] });
  });
});
