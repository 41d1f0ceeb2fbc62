import { documentationOf, errorCodes, errorEntry, type ErrorCode } from '../base/error-codes.ts';
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import type { Problem } from './contract/problem.ts';

/** Any thrown value as a problem. What is not Tutti's own error becomes TUTTI_INTERNAL without revealing its text. */
export function toProblem(thrown: unknown): Problem {
  const error = isTuttiError(thrown)
    ? thrown
    : new TuttiError(
        'TUTTI_INTERNAL',
        'The request failed for a reason that only the log of the engine tells.',
      );
  const entry = errorEntry(error.code);
  return {
    type: documentationOf(error.code),
    title: entry.summary,
    status: entry.status,
    detail: error.message,
    code: error.code,
    remedy: entry.remedy,
    retryable: entry.retryable,
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

/** The error a problem was made from; undefined if the value is not a problem with a code of this version's table. */
export function fromProblem(value: unknown): TuttiError | undefined {
  if (typeof value !== 'object' || value === null || !('code' in value) || !('detail' in value))
    return undefined;
  const { code, detail } = value;
  if (typeof code !== 'string' || typeof detail !== 'string' || !Object.hasOwn(errorCodes, code))
    return undefined;
  const details =
    'details' in value && typeof value.details === 'object' && value.details !== null
      ? value.details
      : undefined;
  return new TuttiError(code as ErrorCode, detail, details === undefined ? {} : { details: { ...details } });
}
