import { describe, expect, it } from 'vitest';
import { event } from '../model/event.ts';
import { topic, type Topic } from '../model/topic.ts';
import { findConsumer } from './find-consumer.ts';
import { parsePosition } from './parse-position.ts';

function read(name: string, ...subscriptions: readonly string[]): Topic {
  const made = topic(name, { events: [event('a')] });
  for (const one of subscriptions) made.subscribe(one, { handler: () => undefined });
  return made;
}

const topics = [read('orders', 'ship', 'index'), read('flags', 'index')];

describe('a consumer', () => {
  it('is found by topic and name, or by its name alone where that says enough', () => {
    expect(findConsumer(topics, 'flags/index').topic.name).toBe('flags');
    expect(findConsumer(topics, 'ship').topic.name).toBe('orders');
  });

  it.each([
    ['index', 'expected one of orders/index, flags/index'],
    ['orders/shop', 'did you mean "orders/ship"?'],
    ['nothing like it', 'there are orders/ship, orders/index, flags/index'],
  ])('is refused as "%s", with what there is', (id, says) => {
    expect(() => findConsumer(topics, id)).toThrow(
      expect.objectContaining({
        code: 'TUTTI_SUBSCRIPTION_NOT_FOUND',
        message: expect.stringContaining(says),
      }),
    );
  });
});

describe('a position', () => {
  it('is a word, an offset or an instant', () => {
    expect(['tip', 'oldest', '42', '2026-01-31T12:00:00Z'].map(parsePosition)).toEqual([
      'tip',
      'oldest',
      { offset: 42 },
      { time: '2026-01-31T12:00:00Z' },
    ]);
  });

  it.each(['', 'soon', '4.2', '2026-13-40'])('is not "%s"', (text) => {
    expect(() => parsePosition(text)).toThrow(expect.objectContaining({ code: 'TUTTI_OPTION_INVALID' }));
  });
});
