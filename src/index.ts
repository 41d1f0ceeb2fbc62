/**
 * The public interface of `tutti`. Names are listed one by one; test/house/public-api.json is their checked-in list.
 */
export type { Clock, TimerHandle } from './base/clock.ts';
export type { Duration, DurationText } from './base/duration.ts';
export type { ErrorCode } from './base/error-codes.ts';
export type { Logger } from './base/logger.ts';
export type { Random } from './base/random.ts';
export { NonRetryableError, RetryAfterError } from './base/retry-errors.ts';
export type { RetryPolicy } from './base/retry-policy.ts';
export type { InferInput, InferOutput, StandardSchema } from './base/standard-schema.ts';
export { isTuttiError, TuttiError } from './base/tutti-error.ts';
