/**
 * Signatures of Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md:
 * HMAC-SHA256 over `id.timestamp.body`, in base64, behind `v1,`; several, separated by spaces, while secrets are exchanged.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { TuttiError } from '../../base/tutti-error.ts';

/** What is signed. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

const secretPrefix = 'whsec_';
const keyBytesMin = 24;
const keyBytesMax = 64;

/** The key of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. @throws TUTTI_DEFINITION_INVALID; the secret is not shown. */
export function standardKey(secret: string, what: string): Buffer {
  const text = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret;
  const key = Buffer.from(text, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (isBase64 && key.length >= keyBytesMin && key.length <= keyBytesMax) return key;
  throw new TuttiError(
    'TUTTI_DEFINITION_INVALID',
    `A secret of ${what} is no secret of Standard Webhooks; expected whsec_ and ${keyBytesMin} to ${keyBytesMax} bytes in base64.`,
  );
}

/** The value of `webhook-signature`: one signature per key. */
export function signStandard(keys: readonly Buffer[], message: SignedMessage): string {
  return keys.map((key) => `v1,${signature(key, message).toString('base64')}`).join(' ');
}

/** Whether one of the signatures is by one of the keys; takes as long for a wrong one as for a right one. */
export function isSignedStandard(keys: readonly Buffer[], message: SignedMessage, given: string): boolean {
  const signatures = given
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .slice(0, signaturesMax)
    .map((one) => Buffer.from(one.slice(3), 'base64'));
  const expected = keys.map((key) => signature(key, message));
  let isSigned = false;
  for (const one of signatures) {
    for (const right of expected) isSigned = isSame(one, right) || isSigned;
  }
  return isSigned;
}

/** More than these are not looked at: a header full of them must not cost time. */
const signaturesMax = 16;

/** Whether two values are the same, in a time that depends on their lengths alone. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function signature(key: Buffer, { id, timestamp, body }: SignedMessage): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
