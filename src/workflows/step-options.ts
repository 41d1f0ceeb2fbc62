import { parseDuration } from '../base/duration.ts';
import { resolveRetryPolicy, type ResolvedRetryPolicy } from '../base/retry-policy.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { RunHandle } from '../engine/index.ts';
import type { StepOptions } from './workflow-context.ts';

/** Step options as the engine takes them. Times in milliseconds; null for no limit. */
export interface ResolvedStepOptions {
  readonly retry: ResolvedRetryPolicy;
  readonly attemptTimeoutMs: number | null;
  readonly timeoutMs: number | null;
}

/** Most steps are given no options; they share this. */
const withoutOptions: ResolvedStepOptions = {
  retry: resolveRetryPolicy(undefined, 'a step'),
  attemptTimeoutMs: null,
  timeoutMs: null,
};

/** @throws TUTTI_STEP_NAME_MISSING, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID */
export function resolveStepOptions<T>(
  run: RunHandle,
  name: string,
  options: StepOptions<T> | undefined,
): ResolvedStepOptions {
  if (typeof name !== 'string' || name === '') {
    throw new TuttiError(
      'TUTTI_STEP_NAME_MISSING',
      `A step of "${run.record.definition}" (run "${run.record.id}") has no name; expected ctx.step('name', body).`,
    );
  }
  if (options === undefined) return withoutOptions;
  const what = `step "${name}"`;
  refuseUnknownOptions(options, ['retry', 'attemptTimeout', 'timeout', 'compensate'], what);
  const { retry, attemptTimeout, timeout } = options;
  return {
    retry: retry === undefined ? withoutOptions.retry : resolveRetryPolicy(retry, what),
    attemptTimeoutMs:
      attemptTimeout === undefined ? null : parseDuration(attemptTimeout, `the attempt timeout of ${what}`),
    timeoutMs: timeout === undefined ? null : parseDuration(timeout, `the timeout of ${what}`),
  };
}
