import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from './backoff.ts';
import { seededRandom } from './random.ts';
import { resolveRetryPolicy } from './retry-policy.ts';

describe('the wait before the next attempt', () => {
  it('grows by the coefficient up to the maximum', () => {
    const policy = resolveRetryPolicy({ initialInterval: '1s', maximumInterval: '10s', jitter: 0 }, 'it');
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => retryDelay(policy, attempt, seededRandom(1)));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('stays finite however many attempts have failed', () => {
    const random = seededRandom(1);
    expect(retryDelay(resolveRetryPolicy({ jitter: 0 }, 'it'), 1e9, random)).toBe(100_000);
    expect(retryDelay(resolveRetryPolicy({ initialInterval: 0 }, 'it'), 1e9, random)).toBe(0);
  });

  it('is shortened by at most the jitter and never lengthened', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, attempt, jitter) => {
          const policy = resolveRetryPolicy({ initialInterval: 100, jitter }, 'it');
          const fullMs = Math.min(10_000, 100 * 2 ** (attempt - 1));
          const delayMs = retryDelay(policy, attempt, seededRandom(seed));
          expect(delayMs).toBeLessThanOrEqual(fullMs);
          expect(delayMs).toBeGreaterThanOrEqual(Math.floor(fullMs * (1 - jitter)));
        },
      ),
    );
  });

  it('differs between steps that failed together', () => {
    const random = seededRandom(1);
    const policy = resolveRetryPolicy({}, 'it');
    expect(new Set(Array.from({ length: 20 }, () => retryDelay(policy, 3, random))).size).toBeGreaterThan(15);
  });
});
