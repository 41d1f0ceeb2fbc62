import { describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';
import { newId } from './ids.ts';
import { seededRandom } from './random.ts';

function clockAt(nowMs: number): Clock {
  return { now: () => nowMs, setTimer: () => ({ cancel: () => undefined }) };
}

describe('an id', () => {
  it('has 26 characters that can be read aloud', () => {
    const random = seededRandom('ids');
    for (let i = 0; i < 1_000; i += 1)
      expect(newId(clockAt(i * 7_919), random)).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('sorts by the time it was made', () => {
    const random = seededRandom('order');
    const times = [0, 1, 31, 32, 1_023, 1_024, 2 ** 31, 2 ** 32 + 5, 1_790_000_000_000, 2 ** 45, 2 ** 48 - 1];
    const ids = times.map((time) => newId(clockAt(time), random));
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.at(-1)?.slice(0, 10)).toBe('7zzzzzzzzz');
  });

  it('is unique within one millisecond', () => {
    const random = seededRandom('unique');
    const clock = clockAt(1_790_000_000_000);
    expect(new Set(Array.from({ length: 20_000 }, () => newId(clock, random))).size).toBe(20_000);
  });

  it('follows from clock and random alone', () => {
    expect(newId(clockAt(5), seededRandom(1))).toBe(newId(clockAt(5), seededRandom(1)));
  });
});
