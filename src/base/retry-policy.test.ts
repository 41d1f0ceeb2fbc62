import { describe, expect, it } from 'vitest';
import { defaultRetryPolicy, isRetryable, resolveRetryPolicy, type RetryPolicy } from './retry-policy.ts';

describe('resolving a retry policy', () => {
  it("gives Temporal's defaults when nothing is said", () => {
    expect(resolveRetryPolicy(undefined, 'it')).toBe(defaultRetryPolicy);
    expect(resolveRetryPolicy({}, 'it')).toEqual(defaultRetryPolicy);
  });

  it('derives the longest wait from the first when only that is given', () => {
    expect(resolveRetryPolicy({ initialInterval: '2s' }, 'it').maximumIntervalMs).toBe(200_000);
  });

  it('keeps every field that is given', () => {
    const policy: RetryPolicy = {
      initialInterval: '1m',
      backoffCoefficient: 1,
      maximumInterval: '1h',
      maximumAttempts: 5,
      nonRetryableErrorTypes: ['CardDeclined'],
      jitter: 0,
    };
    expect(resolveRetryPolicy(policy, 'it')).toEqual({
      initialIntervalMs: 60_000,
      backoffCoefficient: 1,
      maximumIntervalMs: 3_600_000,
      maximumAttempts: 5,
      nonRetryableErrorTypes: ['CardDeclined'],
      jitter: 0,
    });
  });

  it.each([
    ['backoffCoefficient', { backoffCoefficient: 0.5 }],
    ['backoffCoefficient', { backoffCoefficient: Number.POSITIVE_INFINITY }],
    ['maximumInterval', { initialInterval: '2s', maximumInterval: '1s' }],
    ['maximumAttempts', { maximumAttempts: 0 }],
    ['maximumAttempts', { maximumAttempts: 1.5 }],
    ['nonRetryableErrorTypes', { nonRetryableErrorTypes: 'TypeError' }],
    ['nonRetryableErrorTypes', { nonRetryableErrorTypes: [TypeError] }],
    ['jitter', { jitter: 1.1 }],
    ['jitter', { jitter: -0.1 }],
    ['jitter', { jitter: '20%' }],
  ])('refuses a wrong %s: %j', (name, policy) => {
    expect(() => resolveRetryPolicy(policy as RetryPolicy, "step 'pay'")).toThrow(
      expect.objectContaining({
        code: 'TUTTI_OPTION_INVALID',
        message: expect.stringContaining(`retry.${name} of step 'pay' must be`),
      }),
    );
  });

  it('refuses a misspelt field with the right one', () => {
    expect(() => resolveRetryPolicy({ maxAttempts: 3 } as RetryPolicy, 'it')).toThrow("'maximumAttempts'");
  });

  it('refuses a wrong duration naming the field', () => {
    const policy = { initialInterval: 'soon' } as unknown as RetryPolicy;
    expect(() => resolveRetryPolicy(policy, 'it')).toThrow('retry.initialInterval of it');
  });
});

describe('an error may be tried again', () => {
  const policy = resolveRetryPolicy({ nonRetryableErrorTypes: ['CardDeclined', 'ENOENT'] }, 'it');

  it('unless it says otherwise', () => {
    expect(isRetryable(policy, { name: 'Error', message: '' })).toBe(true);
    expect(isRetryable(policy, { name: 'Error', message: '', nonRetryable: true })).toBe(false);
  });

  it('unless the policy refuses its name, its class or its code', () => {
    expect(isRetryable(policy, { name: 'CardDeclined', message: '' })).toBe(false);
    expect(isRetryable(policy, { name: 'Error', type: 'CardDeclined', message: '' })).toBe(false);
    expect(isRetryable(policy, { name: 'Error', code: 'ENOENT', message: '' })).toBe(false);
    expect(isRetryable(policy, { name: 'Error', code: 'EPERM', message: '' })).toBe(true);
  });
});
