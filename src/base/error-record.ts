import { inspect } from 'node:util';
import { errorCodes, type ErrorCode } from './error-codes.ts';
import { NonRetryableError, RetryAfterError } from './retry-errors.ts';
import { isTuttiError, TuttiError } from './tutti-error.ts';

/** An error as it stands in the journal: plain data, storable, restored by {@link fromErrorRecord}. */
export interface ErrorRecord {
  /** The error's own name; `NonError` when the thrown value was no error. */
  readonly name: string;
  readonly message: string;
  /** The class, where it differs from the name: `class CardDeclined extends Error {}` still calls itself `Error`. */
  readonly type?: string;
  readonly stack?: string;
  /** The code, where the error has a textual one: Tutti's, Node's (`ECONNREFUSED`) or the user's. */
  readonly code?: string;
  /** A TuttiError's details; any other error's own properties that are texts, numbers or booleans. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: ErrorRecord;
  /** The members of an AggregateError. */
  readonly errors?: readonly ErrorRecord[];
  /** Present when no retry policy may try again. */
  readonly nonRetryable?: true;
}

/** Longest message and stack kept, in characters. A journal is no place for a megabyte of HTML error page. */
const textMax = 16_384;
/** Longest chain of causes kept; also what stops a chain that loops. */
const causesMax = 8;
/** Most members of an AggregateError kept. */
const membersMax = 32;

/** The thrown value as a record. Takes anything, never throws; long texts and chains are cut. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  return recordAtDepth(thrown, 0);
}

function recordAtDepth(thrown: unknown, depth: number): ErrorRecord {
  if (!(thrown instanceof Error)) return { name: 'NonError', message: cut(describeNonError(thrown)) };
  // Anyone may have put anything into these properties.
  const { stack, cause, code, ...texts } = readUntrusted(thrown);
  const name = String(texts.name);
  const type = thrown.constructor.name;
  const details = isTuttiError(thrown) ? thrown.details : plainProperties(thrown);
  const members = thrown instanceof AggregateError ? thrown.errors.slice(0, membersMax) : [];
  const isInside = depth + 1 < causesMax;
  return {
    name,
    message: cut(String(texts.message)),
    ...(type === name || type === '' ? {} : { type }),
    ...(typeof stack === 'string' ? { stack: cut(stack) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(details === undefined ? {} : { details }),
    ...(cause === undefined || !isInside ? {} : { cause: recordAtDepth(cause, depth + 1) }),
    ...(members.length === 0 || !isInside
      ? {}
      : { errors: members.map((member) => recordAtDepth(member, depth + 1)) }),
    ...(isNonRetryable(thrown) ? { nonRetryable: true } : {}),
  };
}

interface UntrustedError {
  readonly name: unknown;
  readonly message: unknown;
  readonly stack: unknown;
  readonly cause: unknown;
  readonly code: unknown;
}

function readUntrusted(error: Error): UntrustedError {
  const { name, message, stack, cause } = error;
  return { name, message, stack, cause, code: 'code' in error ? error.code : undefined };
}

function isNonRetryable(error: Error): boolean {
  if (isTuttiError(error)) return !error.retryable;
  return 'nonRetryable' in error && error.nonRetryable === true;
}

/** Names with a field of their own in the record. */
const namedProperties: ReadonlySet<string> = new Set([
  'name',
  'message',
  'stack',
  'cause',
  'code',
  'errors',
  'nonRetryable',
]);

function plainProperties(error: Error): Readonly<Record<string, unknown>> | undefined {
  const entries = Object.entries(error).filter(
    ([key, value]) => !namedProperties.has(key) && ['string', 'number', 'boolean'].includes(typeof value),
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function describeNonError(thrown: unknown): string {
  return typeof thrown === 'string'
    ? thrown
    : inspect(thrown, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
}

function cut(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}… (${text.length} characters)`;
}

/**
 * An error like the recorded one: name, message, stack, code, details and cause are restored. Errors of the language
 * and of Tutti come back as their own class; a user's class cannot be known here and comes back as an Error that
 * carries the same name and properties.
 */
export function fromErrorRecord(record: ErrorRecord): Error {
  const cause = record.cause === undefined ? undefined : fromErrorRecord(record.cause);
  const error = construct(record, cause === undefined ? undefined : { cause });
  if (!isTuttiError(error)) {
    Object.assign(error, record.details);
    if (record.code !== undefined) Object.assign(error, { code: record.code });
    if (record.nonRetryable === true) Object.assign(error, { nonRetryable: true });
  }
  if (error.name !== record.name) setHidden(error, 'name', record.name);
  setHidden(error, 'stack', record.stack ?? `${record.name}: ${record.message}`);
  return error;
}

const ownConstructors: ReadonlyMap<string, (message: string, options?: ErrorOptions) => Error> = new Map([
  ['TypeError', (message, options): Error => new TypeError(message, options)],
  ['RangeError', (message, options): Error => new RangeError(message, options)],
  ['SyntaxError', (message, options): Error => new SyntaxError(message, options)],
  ['ReferenceError', (message, options): Error => new ReferenceError(message, options)],
  ['URIError', (message, options): Error => new URIError(message, options)],
  ['EvalError', (message, options): Error => new EvalError(message, options)],
  ['NonRetryableError', (message, options): Error => new NonRetryableError(message, options)],
  ['RetryAfterError', (message, options): Error => new RetryAfterError(message, 0, options)],
]);

function construct(record: ErrorRecord, options: ErrorOptions | undefined): Error {
  if (record.name === 'TuttiError' && isErrorCode(record.code)) {
    return new TuttiError(record.code, record.message, {
      ...options,
      ...(record.details === undefined ? {} : { details: record.details }),
    });
  }
  if (record.errors !== undefined)
    return new AggregateError(record.errors.map(fromErrorRecord), record.message, options);
  const create = ownConstructors.get(record.name);
  return create === undefined ? new Error(record.message, options) : create(record.message, options);
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(errorCodes, code);
}

/** As the language does it: name and stack do not show up when the error is spread or listed. */
function setHidden(error: Error, key: 'name' | 'stack', value: string): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
}
