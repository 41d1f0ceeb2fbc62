import type { ErrorCode } from '../../base/error-codes.ts';

/** An error as the API answers it: RFC 9457 `application/problem+json` with the row of Tutti's error table. */
export interface Problem {
  /** Where the code is explained: `docs/reference/errors.md#<code in lower case>`. */
  readonly type: string;
  /** What happened in general: the summary of the code. */
  readonly title: string;
  /** The HTTP status. */
  readonly status: number;
  /** What happened this time: to which id, what was expected and what was got. */
  readonly detail: string;
  readonly code: ErrorCode;
  /** What to do about it, in the imperative. */
  readonly remedy: string;
  /** Whether the same request may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** Facts for programs. Absent when there are none. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The media type of a {@link Problem}. */
export const problemType = 'application/problem+json';
