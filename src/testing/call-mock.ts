import { parseDuration } from '../base/duration.ts';
import type { StepAttempt } from '../engine/index.ts';
import type { StepMockCall, StepMockRule } from './mocks.ts';

/** One call of a mock, with what it needs of the step it replaces. */
export interface MockedAttempt {
  readonly rule: StepMockRule;
  readonly attempt: StepAttempt;
  readonly runId: string;
  readonly stepName: string;
  readonly nth: number;
  readonly original: () => unknown;
  /** Lets virtual time pass. */
  readonly takes: (durationMs: number) => Promise<void>;
}

/** Calls the mock of a step and keeps a record of the call. */
export function callMock(mocked: MockedAttempt): unknown {
  const { rule, attempt, runId, stepName, nth } = mocked;
  const record = rule.record({
    runId,
    stepName,
    nth,
    attempt: attempt.attempt,
    idempotencyKey: attempt.idempotencyKey,
  });
  try {
    const result = answer(mocked);
    if (!(result instanceof Promise)) {
      record.succeeded(result);
      return result;
    }
    return result.then(
      (value: unknown) => {
        record.succeeded(value);
        return value;
      },
      (error: unknown) => {
        record.failed(error);
        throw error;
      },
    );
  } catch (error) {
    record.failed(error);
    throw error;
  }
}

function answer({ rule, attempt, runId, stepName, nth, original, takes }: MockedAttempt): unknown {
  if (attempt.attempt <= rule.failTimes) throw rule.error;
  if (rule.body === undefined) return original();
  const call: StepMockCall = {
    attempt: attempt.attempt,
    idempotencyKey: attempt.idempotencyKey,
    runId,
    stepName,
    nth,
    get signal() {
      return attempt.signal;
    },
    original,
    takes: (duration) => takes(parseDuration(duration, `what the mock of "${stepName}" takes`)),
  };
  return rule.body(call);
}
