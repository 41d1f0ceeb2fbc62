import { parseDuration, type Duration } from './duration.ts';

/**
 * Throw it (or a subclass) in a step to fail at once: no retry policy tries again.
 * The record of the attempt carries `nonRetryable: true`.
 */
export class NonRetryableError extends Error {
  /** Marks the error for every copy of the package; any error with this property is treated the same. */
  readonly nonRetryable = true as const;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/**
 * Throw it in a step to choose when the next attempt starts, for instance from a `Retry-After` header.
 * The attempt still counts, and the policy still decides whether there is a next one.
 */
export class RetryAfterError extends Error {
  /** Milliseconds from the failure to the next attempt; replaces the policy's interval once. */
  readonly afterMs: number;

  /** @throws TUTTI_DURATION_INVALID when `after` is no duration. */
  constructor(message: string, after: Duration, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.afterMs = parseDuration(after, 'the delay of a RetryAfterError');
  }
}

/** The delay a thrown value asks for, in milliseconds, or undefined when it asks for none. */
export function requestedRetryDelay(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('afterMs' in thrown)) return undefined;
  const { afterMs } = thrown;
  return typeof afterMs === 'number' && afterMs >= 0 ? afterMs : undefined;
}
