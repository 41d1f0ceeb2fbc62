import { describe, expect, it } from 'vitest';
import { event } from './event.ts';
import { topic } from './topic.ts';

describe('the compatibility of an event', () => {
  it('is backward unless its topic or it says otherwise', () => {
    const [plain, own] = [event('a'), event('b', { compatibility: 'fullTransitive' })];
    const { settings } = topic('t', { events: [plain, own] });
    expect([settings.compatibility, plain.compatibility, own.compatibility]).toEqual([
      'backward',
      null,
      'fullTransitive',
    ]);
    expect(topic('t', { events: [plain], compatibility: 'none' }).settings.compatibility).toBe('none');
  });

  it('is refused with the nearest name where it is none', () => {
    const compatibility = 'backwards' as 'backward';
    expect(() => event('a', { compatibility })).toThrow(
      /compatibility of event "a" is "backwards"; did you mean "backward"\?/,
    );
    expect(() => topic('t', { events: [event('a')], compatibility: 5 as never })).toThrow(
      /topic "t" is 5; expected one of none, /,
    );
  });
});
