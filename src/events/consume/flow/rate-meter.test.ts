import { describe, expect, it } from 'vitest';
import { RateMeter, rateOf } from './rate-meter.ts';

describe('a rate', () => {
  it('lets a burst through and then one event per interval', () => {
    const meter = new RateMeter(rateOf(10, 1_000, 2));
    const times = Array.from({ length: 5 }, () => {
      const at = meter.conformsAt('k', 0);
      meter.count('k', at);
      return at;
    });
    expect(times).toEqual([0, 0, 0, 100, 200]);
  });

  it('counts each key on its own', () => {
    const meter = new RateMeter(rateOf(1, 1_000, 0));
    meter.count('a', 0);
    expect([meter.conformsAt('a', 0), meter.conformsAt('b', 0)]).toEqual([1_000, 0]);
  });

  it('is continued by a successor, and forgets keys that are past', () => {
    const meter = new RateMeter(rateOf(1, 1_000, 0));
    meter.count('a', 0);
    meter.count('b', 5_000);
    const saved = meter.changes(5_000);
    expect(saved).toContainEqual(['b', 6_000]);
    expect(saved).toContainEqual(['a', null]);
    expect(new RateMeter(rateOf(1, 1_000, 0), [['b', 6_000]]).conformsAt('b', 5_500)).toBe(6_000);
    expect(meter.changes(5_000)).toEqual([]);
  });
});
