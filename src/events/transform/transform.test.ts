import { describe, expect, it } from 'vitest';
import { parseTransform, type Transform } from './transform.ts';

const event = {
  type: 'order.placed',
  data: { id: 'o1', total: 12, 'odd name': true, lines: [{ sku: 'A' }, { sku: 'B' }] },
};

function apply(transform: Transform): unknown {
  return parseTransform(transform, 'The transform of subscription "x"')(event);
}

describe('a transform', () => {
  it.each([
    ['a member', '$.data.id', 'o1'],
    ['an element', '$.data.lines[1].sku', 'B'],
    ['a quoted name', "$.data['odd name']", true],
    ['the whole', '$', event],
    ['what is absent', '$.data.nothing.at.all', null],
    ['what lies beyond a list', '$.data.lines[7]', null],
    ['a length is no member', '$.data.lines.size', null],
  ])('picks %s', (_, path, value) => {
    expect(apply({ paths: { x: path }, template: '<x>' })).toEqual(value);
  });

  it('keeps the type of a lone placeholder and writes out one inside a text', () => {
    const paths = { id: '$.data.id', total: '$.data.total', lines: '$.data.lines' };
    expect(
      apply({ paths, template: { sum: '<total>', text: 'Order <id>: <total>', all: ['<lines>', 1, null] } }),
    ).toEqual({
      sum: 12,
      text: 'Order o1: 12',
      all: [event.data.lines, 1, null],
    });
  });

  it('writes nothing for what is absent, and null for it alone', () => {
    expect(apply({ paths: { x: '$.no' }, template: ['<<x>>', '<x>'] })).toEqual(['<>', null]);
  });

  it('knows the whole event without a path', () => {
    expect(apply({ template: { payload: '<event>' } })).toEqual({ payload: event });
  });

  it('takes an escaped bracket for itself', () => {
    expect(apply({ template: String.raw`a \<event> b` })).toBe('a <event> b');
  });

  it.each([
    ['a path without $', { paths: { x: 'data.id' }, template: '<x>' }, 'begins with $'],
    ['a torn path', { paths: { x: '$.data[' }, template: '<x>' }, 'nothing is understood from "["'],
    [
      'an unknown placeholder',
      { paths: { total: '$.data.total' }, template: '<totl><total>' },
      'did you mean "total"',
    ],
    ['an unused path', { paths: { x: '$.data' }, template: 'nothing' }, '"x" is not used'],
    ['a name that is taken', { paths: { event: '$.data' }, template: '<event>' }, 'not "event"'],
  ])('refuses %s', (_, transform, message) => {
    expect(() => apply(transform as Transform)).toThrow(message);
  });
});
