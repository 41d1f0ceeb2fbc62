import { parseDuration, type Duration } from './duration.ts';
import type { ErrorRecord } from './error-record.ts';
import { TuttiError } from './tutti-error.ts';
import { refuseUnknownOptions } from './unknown-options.ts';

/**
 * When and how often a failed step is tried again. The names and their defaults are Temporal's
 * (https://docs.temporal.io/encyclopedia/retry-policies); `jitter` is ours.
 */
export interface RetryPolicy {
  /** Wait before the second attempt. Default 1 second. */
  readonly initialInterval?: Duration;
  /** Factor by which the wait grows from attempt to attempt, at least 1. Default 2. */
  readonly backoffCoefficient?: number;
  /** The longest wait, at least `initialInterval`. Default 100 × `initialInterval`. */
  readonly maximumInterval?: Duration;
  /** Attempts in total, the first included; `Infinity` for no limit. Default `Infinity`. */
  readonly maximumAttempts?: number;
  /** Names, classes or codes of errors that are never retried. Default none. */
  readonly nonRetryableErrorTypes?: readonly string[];
  /** The part of each wait, from 0 to 1, that is cut off at random so that failed steps do not return in step. Default 0.2. */
  readonly jitter?: number;
}

/** A checked policy: every field present, intervals in milliseconds. */
export interface ResolvedRetryPolicy {
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
  readonly maximumAttempts: number;
  readonly nonRetryableErrorTypes: readonly string[];
  readonly jitter: number;
}

const optionNames: readonly (keyof RetryPolicy)[] = [
  'initialInterval',
  'backoffCoefficient',
  'maximumInterval',
  'maximumAttempts',
  'nonRetryableErrorTypes',
  'jitter',
];

/** The longest wait when none is given, as a multiple of the first; Temporal's figure. */
const maximumIntervalFactor = 100;

/** What a step without a policy gets: 1 s, doubling up to 100 s, 20 % jitter, no limit on attempts. */
export const defaultRetryPolicy: ResolvedRetryPolicy = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 100_000,
  maximumAttempts: Number.POSITIVE_INFINITY,
  nonRetryableErrorTypes: [],
  jitter: 0.2,
};

/**
 * Checks a policy and fills in the defaults. `what` names its owner in errors, for instance `"step 'pay'"`.
 *
 * @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID naming the field.
 */
export function resolveRetryPolicy(policy: RetryPolicy | undefined, what: string): ResolvedRetryPolicy {
  if (policy === undefined) return defaultRetryPolicy;
  refuseUnknownOptions(policy, optionNames, `the retry policy of ${what}`);
  const initialIntervalMs = parseDuration(
    policy.initialInterval ?? defaultRetryPolicy.initialIntervalMs,
    `retry.initialInterval of ${what}`,
  );
  const maximumIntervalMs =
    policy.maximumInterval === undefined
      ? initialIntervalMs * maximumIntervalFactor
      : parseDuration(policy.maximumInterval, `retry.maximumInterval of ${what}`);
  const resolved: ResolvedRetryPolicy = {
    initialIntervalMs,
    maximumIntervalMs,
    backoffCoefficient: policy.backoffCoefficient ?? defaultRetryPolicy.backoffCoefficient,
    maximumAttempts: policy.maximumAttempts ?? defaultRetryPolicy.maximumAttempts,
    nonRetryableErrorTypes: policy.nonRetryableErrorTypes ?? defaultRetryPolicy.nonRetryableErrorTypes,
    jitter: policy.jitter ?? defaultRetryPolicy.jitter,
  };
  refuseWrongValues(resolved, what);
  return resolved;
}

function refuseWrongValues(policy: ResolvedRetryPolicy, what: string): void {
  const { backoffCoefficient, maximumAttempts, nonRetryableErrorTypes, jitter } = policy;
  const isCount = maximumAttempts === Number.POSITIVE_INFINITY || Number.isSafeInteger(maximumAttempts);
  const areNames =
    Array.isArray(nonRetryableErrorTypes) && nonRetryableErrorTypes.every((name) => typeof name === 'string');
  const checks: readonly (readonly [name: string, isFine: boolean, expected: string, got: unknown])[] = [
    [
      'backoffCoefficient',
      Number.isFinite(backoffCoefficient) && backoffCoefficient >= 1,
      'a number of at least 1',
      backoffCoefficient,
    ],
    [
      'maximumInterval',
      policy.maximumIntervalMs >= policy.initialIntervalMs,
      `at least initialInterval (${policy.initialIntervalMs} ms)`,
      `${policy.maximumIntervalMs} ms`,
    ],
    [
      'maximumAttempts',
      isCount && maximumAttempts >= 1,
      'a whole number of at least 1, or Infinity',
      maximumAttempts,
    ],
    ['nonRetryableErrorTypes', areNames, 'a list of error names', nonRetryableErrorTypes],
    ['jitter', typeof jitter === 'number' && jitter >= 0 && jitter <= 1, 'a number from 0 to 1', jitter],
  ];
  for (const [name, isFine, expected, got] of checks) {
    if (isFine) continue;
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `retry.${name} of ${what} must be ${expected}, got ${String(got)}`,
      {
        details: { option: `retry.${name}`, expected, got: String(got) },
      },
    );
  }
}

/** Whether the error may be tried again at all; how often is `maximumAttempts`' matter. */
export function isRetryable(policy: ResolvedRetryPolicy, error: ErrorRecord): boolean {
  if (error.nonRetryable === true) return false;
  const refused = policy.nonRetryableErrorTypes;
  return ![error.name, error.type, error.code].some((name) => name !== undefined && refused.includes(name));
}
