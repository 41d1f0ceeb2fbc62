import { createHmac } from 'node:crypto';
import { TuttiError } from '../../base/tutti-error.ts';
import { isSame, isSignedStandard, standardKey } from './standard-webhook.ts';

/** A webhook as it arrived. */
export interface WebhookRequest {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they came: a signature is over them, not over what they mean. */
  readonly body: Uint8Array;
}

/** A signature in a header of the sender's own: HMAC-SHA256 over the body, as GitHub, Shopify and others do it. */
export interface HmacScheme {
  /** Header with the signature, for instance `x-hub-signature-256`. */
  readonly header: string;
  /** Default `hex`. */
  readonly encoding?: 'hex' | 'base64';
  /** What stands before the signature, for instance `sha256=`. Default nothing. */
  readonly prefix?: string;
  /** Header with the time of sending in seconds; then `timestamp.body` is signed, and old ones are refused. Default: none. */
  readonly timestampHeader?: string;
}

/** How a webhook is verified: by Standard Webhooks, by a header, or by a function of your own that tells whether it is genuine. */
export type WebhookVerification =
  'standard' | HmacScheme | ((request: WebhookRequest) => boolean | Promise<boolean>);

/** Throws TUTTI_WEBHOOK_REFUSED unless the request is genuine. `now`: milliseconds since the epoch. */
export type WebhookVerifier = (request: WebhookRequest, now: number) => void | Promise<void>;

/** What a verifier is made of. */
export interface VerifierOptions {
  readonly name: string;
  readonly verify: WebhookVerification;
  readonly secrets: readonly string[];
  readonly toleranceMs: number;
}

/** The verifier of a declared webhook. @throws TUTTI_DEFINITION_INVALID for secrets that are missing or malformed. */
export function webhookVerifier(options: VerifierOptions): WebhookVerifier {
  const { name, verify, secrets } = options;
  if (typeof verify === 'function') {
    return async (request) => {
      // Callers without types may answer anything; only a clear yes admits a stranger.
      const isGenuine: unknown = await verify(request);
      if (isGenuine !== true) throw refused(name, 'its verification says that it is not genuine');
    };
  }
  if (secrets.length === 0 || secrets.includes('')) {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Webhook "${name}" has no secret to verify signatures with; expected a text, or several while they are exchanged.`,
    );
  }
  return verify === 'standard' ? standardVerifier(options) : hmacVerifier(options, verify);
}

function standardVerifier({ name, secrets, toleranceMs }: VerifierOptions): WebhookVerifier {
  const keys = secrets.map((secret) => standardKey(secret, `webhook "${name}"`));
  return ({ headers, body }, now) => {
    const id = headers['webhook-id'];
    const signature = headers['webhook-signature'];
    if (id === undefined || signature === undefined)
      throw refused(name, 'it has no webhook-id or no webhook-signature');
    const timestamp = freshTimestamp(name, headers['webhook-timestamp'], { now, toleranceMs });
    if (!isSignedStandard(keys, { id, timestamp, body }, signature))
      throw refused(name, 'no signature is by a secret of this webhook over this body');
  };
}

function hmacVerifier({ name, secrets, toleranceMs }: VerifierOptions, scheme: HmacScheme): WebhookVerifier {
  const { encoding = 'hex', prefix = '', timestampHeader } = scheme;
  return ({ headers, body }, now) => {
    const given = headers[scheme.header.toLowerCase()];
    if (given === undefined || !given.startsWith(prefix))
      throw refused(name, `it has no ${scheme.header}, or one that does not begin with "${prefix}"`);
    let before = '';
    if (timestampHeader !== undefined) {
      const text = headers[timestampHeader.toLowerCase()];
      before = `${freshTimestamp(name, text, { now, toleranceMs })}.`;
    }
    const signature = Buffer.from(given.slice(prefix.length), encoding);
    let isGenuine = false;
    for (const secret of secrets) {
      const right = createHmac('sha256', secret).update(before).update(body).digest();
      isGenuine = isSame(signature, right) || isGenuine;
    }
    if (!isGenuine) throw refused(name, 'the signature is not by a secret of this webhook over this body');
  };
}

function freshTimestamp(
  name: string,
  text: string | undefined,
  { now, toleranceMs }: { readonly now: number; readonly toleranceMs: number },
): number {
  if (text === undefined || !/^\d{1,12}$/.test(text))
    throw refused(name, 'it has no time of sending in seconds');
  const ageMs = now - Number(text) * 1000;
  if (Math.abs(ageMs) <= toleranceMs) return Number(text);
  const fault = ageMs > 0 ? 'too old' : 'from the future';
  throw refused(
    name,
    `it is ${fault}: sent ${Math.round(ageMs / 1000)} s ago, at most ${toleranceMs / 1000} s either way are allowed`,
  );
}

function refused(name: string, fault: string): TuttiError {
  return new TuttiError('TUTTI_WEBHOOK_REFUSED', `A request to webhook "${name}" was refused: ${fault}.`, {
    details: { webhook: name },
  });
}
