import type { Random } from './random.ts';
import type { ResolvedRetryPolicy } from './retry-policy.ts';

/**
 * Whole milliseconds to wait after attempt number `attempt` (1 is the first) has failed:
 * `initialInterval × backoffCoefficient^(attempt − 1)`, at most `maximumInterval`, shortened at random by up to
 * the policy's `jitter`. Jitter only shortens, so `maximumInterval` is never exceeded.
 */
export function retryDelay(policy: ResolvedRetryPolicy, attempt: number, random: Random): number {
  const growth = policy.backoffCoefficient ** (attempt - 1);
  const fullMs = Math.min(policy.maximumIntervalMs, policy.initialIntervalMs * growth);
  // 0 × Infinity is not a number: a policy without any interval stays at none, however often it failed.
  const delayMs = Number.isNaN(fullMs) ? 0 : fullMs;
  return Math.round(delayMs * (1 - policy.jitter * random.next()));
}
