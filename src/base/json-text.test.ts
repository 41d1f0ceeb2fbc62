import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from './codec.ts';
import { parseJsonText } from './json-text.ts';

function fault(text: string): string {
  try {
    parseJsonText(text, 'the input');
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
  return 'parsed';
}

describe('parseJsonText', () => {
  it('restores the tagged values of the codec', () => {
    const value = { at: new Date(5), tags: new Set(['a']) };
    expect(parseJsonText(encodeValue(value, 'x'), 'the input')).toEqual(value);
  });

  it.each([
    ['', 'line 1, column 1: the text ends where a value was expected'],
    ['{"a":}', 'line 1, column 6: expected a value, found "}"'],
    ['{"a":1', 'line 1, column 7: the text ends where , or } was expected'],
    ['{a:1}', 'line 1, column 2: expected a property name in double quotes or }, found "a"'],
    ['[1,\n2,,3]', 'line 2, column 3: expected a value, found ","'],
    ['[1 2]', 'line 1, column 4: expected , or ], found "2"'],
    ['{"a" 1}', 'line 1, column 6: expected a colon after the property name, found "1"'],
    ['{"a":1,}', 'line 1, column 8: expected a property name in double quotes, found "}"'],
    ['[1] x', 'line 1, column 5: expected nothing more, found "x"'],
    ['{"a":[01]}', 'line 1, column 7: expected a value or ], found "01"'],
    ["{'a':1}", 'line 1, column 2: expected a property name in double quotes or }, found "\'"'],
    ['{"a""a"}', 'line 1, column 5: expected a colon after the property name, found "\\"a\\""'],
    ['"unfinished', 'line 1, column 1: expected a value, found "\\"unfinished"'],
    ['{"$tutti":"Nonsense","value":1}', 'line 1, column 1: a $tutti tag does not hold what its kind needs'],
  ])('says where %j leaves JSON', (text, message) => {
    expect(fault(text)).toBe(`the input is not JSON: ${message}`);
  });

  it('shows the line of the fault with a mark under it', () => {
    expect(() => parseJsonText('{\n  "a": oops\n}', 'the input')).toThrow('\n      "a": oops\n           ^');
  });

  it('finds a place in every text that JSON.parse refuses, and none in those it takes', () => {
    const token = fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', 'true', 'x', ' ', '\n');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join('');
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        const found = fault(text);
        expect(found === 'parsed').toBe(isJson);
        expect(found).not.toContain('$tutti');
      }),
      { numRuns: 2000 },
    );
  });
});
