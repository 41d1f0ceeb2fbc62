import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from './codec.ts';
import { TuttiError } from './tutti-error.ts';

function roundTrip(value: unknown): unknown {
  return decodeValue(encodeValue(value, 'it'));
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
}

describe('a stored value', () => {
  it('is ordinary JSON whenever JSON carries it', () => {
    const value = { id: 'a', list: [1, null, true, { deep: 'ü"\\' }], empty: {} };
    expect(encodeValue(value, 'it')).toBe(JSON.stringify(value));
    expect(encodeValue('text', 'it')).toBe('"text"');
    expect(encodeValue(7, 'it')).toBe('7');
    expect(encodeValue(null, 'it')).toBe('null');
  });

  it.each([
    ['undefined', undefined],
    ['undefined inside', { a: undefined, b: [undefined] }],
    [
      'numbers JSON has no word for',
      [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1.5],
    ],
    ['-0 alone', -0],
    ['bigint', { big: 2n ** 80n, small: -1n }],
    ['dates', [new Date(0), new Date(8.64e15), new Date(Number.NaN)]],
    [
      'maps',
      new Map<unknown, unknown>([
        ['a', { b: new Date(5) }],
        [{ key: 1 }, undefined],
      ]),
    ],
    ['sets', new Set([1, 'a', 5n])],
    ['bytes', new Uint8Array([0, 255, 7])],
    ['regular expressions', /a\/"b/giu],
    ['addresses', new URL('https://example.com/a?b=c#d')],
    ['keys that look like ours', { $tutti: 'Date', value: 0 }],
    ['nested keys that look like ours', { a: 1n, b: { $tutti: { $tutti: new Set([{ $tutti: 1 }]) } } }],
    ['text that looks like ours', ['{"$tutti":"undefined"}', '"$tutti":']],
    ['prototype keys', JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "toString": 3}')],
    ['prototype keys beside special values', [JSON.parse('{"__proto__": {"a": 1}}'), 1n]],
    ['half a surrogate pair', '\ud800'],
    ['empty containers', [new Map(), new Set(), {}, [], new Uint8Array()]],
  ])('comes back the same: %s', (_, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('keeps an error with its class and cause', () => {
    const error = new TypeError('x', {
      cause: new TuttiError('TUTTI_INTERNAL', 'y', { details: { at: new Date(0) } }),
    });
    const back = roundTrip({ error }) as { error: TypeError };
    expect(back.error).toBeInstanceOf(TypeError);
    expect(back.error.stack).toBe(error.stack);
    expect(back.error.cause).toBeInstanceOf(TuttiError);
    expect(back.error.cause).toMatchObject({ details: { at: new Date(0) } });
  });

  it('is what toJSON says, where an author wrote one', () => {
    class Money {
      readonly cents = 5n;
      toJSON(): unknown {
        return { cents: this.cents };
      }
    }
    expect(roundTrip({ price: new Money() })).toEqual({ price: { cents: 5n } });
    const list = Object.assign([1], { toJSON: () => 'list' });
    expect(roundTrip(list)).toBe('list');
    expect(roundTrip(Object.defineProperty({ a: 1 }, 'toJSON', { value: () => 'hidden' }))).toBe('hidden');
    class Later extends Date {}
    expect(roundTrip(new Later(0))).toBe('1970-01-01T00:00:00.000Z');
  });

  it('ignores a toJSON property that is no method', () => {
    expect(roundTrip({ toJSON: 'text' })).toEqual({ toJSON: 'text' });
  });

  it('keeps the substance of relatives: Buffer, no prototype, another realm, subclassed arrays, holes', () => {
    expect(roundTrip(Buffer.from('hi'))).toStrictEqual(new Uint8Array([104, 105]));
    expect(roundTrip(new Uint8Array([9, 1, 2, 9]).subarray(1, 3))).toStrictEqual(new Uint8Array([1, 2]));
    expect(roundTrip(Object.assign(Object.create(null) as object, { a: 1 }))).toStrictEqual({ a: 1 });
    expect(roundTrip(runInNewContext('({ a: [1] })'))).toStrictEqual({ a: [1] });
    class List extends Array<number> {}
    expect(roundTrip(List.of(1, 2))).toStrictEqual([1, 2]);
    // oxlint-disable-next-line no-sparse-arrays -- the hole is the case
    expect(roundTrip([1, , 3])).toStrictEqual([1, undefined, 3]);
  });

  it('writes one object twice when it is referred to twice', () => {
    const shared = { big: 1n };
    expect(roundTrip([shared, shared])).toStrictEqual([shared, shared]);
  });
});

class Tenant {
  readonly id = 't1';
}

describe('a value that cannot be stored is refused with its place', () => {
  const cycle: Record<string, unknown> = { a: {} };
  cycle['a'] = { back: cycle };

  it.each<[string, unknown, string]>([
    ['a function', { a: { b: [0, 1, 2, () => 1] } }, '$.a.b[3] is a function'],
    ['a symbol', [Symbol('x')], '$[0] is a symbol'],
    ['a cycle', cycle, '$.a.back refers back to an object that contains it'],
    ['a class instance', { t: new Tenant() }, '$.t is an instance of Tenant, which would lose its methods'],
    ['an anonymous class', { t: new (class {})() }, '$.t is an instance of a class'],
    ['a promise', { 'my key': Promise.resolve(1) }, '$["my key"] is a promise; await it first'],
    ['an odd prototype', Object.create(Object.create(null) as object), '$ is an instance of a class'],
    ['other typed arrays', new Float64Array(1), '$ is an instance of Float64Array'],
    ['a map key', new Map([[Symbol('k'), 1]]), '$.keys()[0] is a symbol'],
    ['a map value', new Map([['k', () => 1]]), '$.values()[0] is a function'],
    ['a set member', { s: new Set([() => 1]) }, '$.s.values()[0] is a function'],
    ['what toJSON returns', { toJSON: () => [() => 1] }, '$.toJSON()[0] is a function'],
    ['deep nesting', nested(257), 'is nested deeper than 256 levels'],
  ])('%s', (_, value, message) => {
    expect(() => encodeValue(value, "the result of step 'pay'")).toThrow(
      expect.objectContaining({
        code: 'TUTTI_VALUE_NOT_STORABLE',
        message: expect.stringContaining(message),
        details: expect.objectContaining({ what: "the result of step 'pay'" }),
      }),
    );
  });

  it('but nesting up to the limit is fine', () => {
    expect(roundTrip(nested(256))).toEqual(nested(256));
    expect(roundTrip([nested(255), 1n])).toEqual([nested(255), 1n]);
  });
});

describe('reading a damaged text', () => {
  it.each([
    '',
    '{',
    '{"$tutti":"Sonata","value":1}',
    '{"$tutti":"bigint","value":"x"}',
    `"${'x'.repeat(200)}`,
  ])('fails with the beginning of the text: %s', (text) => {
    expect(() => decodeValue(text)).toThrow(
      expect.objectContaining({ code: 'TUTTI_STORE_FAILED', cause: expect.any(SyntaxError) as unknown }),
    );
  });
});
