import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Duration, formatDuration, parseDuration } from './duration.ts';

describe('parsing a duration', () => {
  it.each([
    [250, 250],
    [0, 0],
    [1.4, 1],
    ['0s', 0],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['5m', 300_000],
    ['30d', 30 * 86_400_000],
    ['2w', 14 * 86_400_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1w 2d 3h 4m 5s 6ms', 788_645_006],
    ['100w', 100 * 604_800_000],
  ])('reads %j as %i ms', (value, expected) => {
    expect(parseDuration(value as Duration, 'it')).toBe(expected);
  });

  it.each([
    ['', '5', 'm', '-5m', '5 m', '5min', '1m1h', '1h1h', '5m!', ' ', '1e3s', 'NaNs'],
    [Number.NaN, -1, Number.POSITIVE_INFINITY, 36_526 * 86_400_000],
    ['5300w', null, undefined, {}, true, 5n],
  ])('refuses %j and its like', (...values: unknown[]) => {
    for (const value of values) {
      expect(() => parseDuration(value as Duration, "timeout of step 'pay'"), String(value)).toThrow(
        expect.objectContaining({
          code: 'TUTTI_DURATION_INVALID',
          message: expect.stringContaining("timeout of step 'pay' is "),
        }),
      );
    }
  });

  it('is checked by the compiler as far as it can', () => {
    expectTypeOf<'1h30m'>().toExtend<Duration>();
    expectTypeOf<'1h 30m'>().toExtend<Duration>();
    expectTypeOf<'5 minutes'>().not.toExtend<Duration>();
    expectTypeOf<'5'>().not.toExtend<Duration>();
  });
});

describe('showing a duration', () => {
  it.each([
    [0, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1_500, '1.5s'],
    [59_999, '59.9s'],
    [60_000, '1m'],
    [5_400_000, '1h 30m'],
    [3_600_000, '1h'],
    [3 * 86_400_000, '3d'],
    [30 * 86_400_000 + 3_600_000 + 60_000, '30d 1h'],
    [86_400_000 + 60_000, '1d'],
    [-90_000, '-1m 30s'],
  ])('shows %d ms as %s', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });

  it('shows a text that parses back to within its smallest unit shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_525 * 86_400_000 }), (durationMs) => {
        const back = parseDuration(formatDuration(durationMs) as Duration, 'it');
        expect(back).toBeLessThanOrEqual(durationMs);
        expect(durationMs - back).toBeLessThanOrEqual(Math.max(1, durationMs * 0.042));
      }),
    );
  });
});
