import { encodeValue } from '../base/codec.ts';
import type { ErrorRecord } from '../base/error-record.ts';

/** An error's details are the user's and may hold what cannot be stored; the error itself must reach the journal all the same. */
export function encodeError(
  value: ErrorRecord | { readonly error: ErrorRecord; readonly nextAt: number },
): string {
  try {
    return encodeValue(value, 'an error');
  } catch {
    return encodeValue(
      'error' in value ? { ...value, error: withoutDetails(value.error) } : withoutDetails(value),
      'an error',
    );
  }
}

function withoutDetails(error: ErrorRecord): ErrorRecord {
  const { details: _details, cause, errors, ...rest } = error;
  return {
    ...rest,
    ...(cause === undefined ? {} : { cause: withoutDetails(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(withoutDetails) }),
  };
}
