import { errorEntry, type ErrorCode } from './error-codes.ts';

/** Shared by every copy of the package in one process, so that `isTuttiError` works across duplicates. */
const brand = Symbol.for('tutti.error');

/** What may accompany a {@link TuttiError}. */
export interface TuttiErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** Facts for programs: ids, names, limits. Must be storable, since errors are recorded in the journal. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The one class of errors Tutti itself throws. The message says what happened, to which id, what was expected and
 * what was got; the code's row in the table says what to do about it.
 */
export class TuttiError extends Error {
  /** The row of the closed table this error belongs to; stable across versions, unlike the message. */
  readonly code: ErrorCode;
  /** Facts for programs; absent when there are none. */
  declare readonly details?: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: TuttiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TuttiError';
    this.code = code;
    if (options.details !== undefined) this.details = options.details;
  }

  /** What to do about it, in the imperative. */
  get remedy(): string {
    return errorEntry(this.code).remedy;
  }

  /** The HTTP status the API answers with. */
  get status(): number {
    return errorEntry(this.code).status;
  }

  /** Whether the same call may succeed later without anyone changing anything. */
  get retryable(): boolean {
    return errorEntry(this.code).retryable;
  }
}

// On the prototype, so that the mark neither shows up in listings nor is stored.
Object.defineProperty(TuttiError.prototype, brand, { value: true });

/** Whether the value is a {@link TuttiError}, also one made by another copy of the package. */
export function isTuttiError(value: unknown): value is TuttiError {
  return typeof value === 'object' && value !== null && brand in value;
}
