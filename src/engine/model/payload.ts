/**
 * A value as it lies in the store.
 *
 * - a string that starts with `@`: a reference into the payload store (the value was above the inline threshold);
 * - any other string: the text of `encodeValue`, perhaps with what triggered a run (`~`) or which events cancel it (`!`, see
 *   `encodeRunInput`) or with a cause (`^`, see `withCause`) in front;
 * - bytes: what the user's codec made of that text (compressed, encrypted).
 *
 * JSON text never starts with `@`, `~`, `!` or `^`, so the forms cannot be mistaken for each other.
 */
export type Payload = string | Uint8Array;

/** Whether the payload lies outside the store, in the payload store. */
export function isPayloadReference(payload: Payload): payload is string {
  return typeof payload === 'string' && payload.charCodeAt(0) === 64;
}
