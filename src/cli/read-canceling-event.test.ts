import { expect, it } from 'vitest';
import { readCancelingEvent } from './read-canceling-event.ts';

it.each([
  ['orders/order.canceled', { topic: 'orders', event: 'order.canceled' }],
  ['orders/a/b', { topic: 'orders', event: 'a/b' }],
  ['orders/gone={"data": {"a": ["="]}}', { topic: 'orders', event: 'gone', where: { data: { a: ['='] } } }],
] as const)('%s is an event that cancels a run', (text, event) => {
  expect(readCancelingEvent(text)).toEqual(event);
});

it.each(['', 'orders', '/gone', 'orders/', 'orders/={}'])('%j is none', (text) => {
  expect(() => readCancelingEvent(text)).toThrow(expect.objectContaining({ code: 'TUTTI_ARGUMENT_INVALID' }));
});

it('a pattern that is no JSON is refused', () => {
  expect(() => readCancelingEvent('orders/gone={data}')).toThrow(
    expect.objectContaining({ code: 'TUTTI_JSON_MALFORMED' }),
  );
});
