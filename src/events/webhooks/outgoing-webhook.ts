/** Webhooks out: a subscription whose handler POSTs each event, signed by Standard Webhooks. */
import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Duration } from '../../base/duration.ts';
import { RetryAfterError } from '../../base/retry-errors.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { toCloudEvent } from '../cloud-events/cloud-event.ts';
import type { HandlerContext } from '../consume/handler-context.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { AnyEvent, SubscriptionOptions } from '../model/subscription.ts';
import type { Subscription } from '../model/subscription-value.ts';
import type { Topic } from '../model/topic.ts';
import { signStandard, standardKey } from './standard-webhook.ts';

type TypeOf<D> = D extends { readonly type: infer Type extends string } ? Type : never;

/** Where and how events are sent; beside it whatever a subscription takes. */
export interface OutgoingWebhookOptions {
  /** `https:`, or `http:` for what is on your own network. */
  readonly url: string | URL;
  /** `whsec_…`; two while they are exchanged: then both sign, and the receiver may know either. */
  readonly secret: string | readonly string[];
  /** How long one request may take. Default 15 s. */
  readonly timeout?: Duration;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `standard`: `{type, timestamp, data}`. `cloudevents`: the event in structured mode. Default `standard`. */
  readonly format?: 'standard' | 'cloudevents';
  /** Default: Node's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Gives the time that is signed. Default: the machine's. */
  readonly clock?: Clock;
}

interface Destination {
  readonly name: string;
  readonly url: URL;
  readonly keys: readonly Buffer[];
  readonly options: OutgoingWebhookOptions;
}

const timeoutDefault: Duration = '15s';
const optionNames: readonly string[] = ['url', 'secret', 'timeout', 'headers', 'format', 'fetch', 'clock'];
/** Characters of an answer that a dead letter keeps. */
const excerptMax = 500;
/** A receiver may ask for patience, not for ever. */
const retryAfterMaxMs = 86_400_000;

/**
 * Sends a topic's events to an address: a subscription with its position, order per key, retries and dead letters.
 *
 * `webhook-id` is the same for every delivery of an event, also after a redrive. A receiver that fails, or redirects, is tried
 * again by `retry`, not before its `Retry-After`; one that answers 410 is not, and the event becomes a dead letter at once.
 * After a crash between the answer and the commit the event is sent again under the same id.
 *
 * @param delivery Where to, and the secrets.
 * @param subscription As for `subscribe`: `on`, `filter`, `retry`, `limit`, …
 * @throws TUTTI_DEFINITION_INVALID for a URL that cannot work, or a malformed secret; else as `subscribe`.
 */
export function outgoingWebhook<
  D extends AnyEvent,
  const On extends readonly TypeOf<D>[] = readonly TypeOf<D>[],
>(
  topic: Topic<D>,
  name: string,
  delivery: OutgoingWebhookOptions,
  subscription: Omit<SubscriptionOptions<D, On>, 'transform' | 'attemptTimeout'> = {},
): Subscription {
  refuseUnknownOptions(delivery, optionNames, `webhook "${name}"`);
  const { secret, timeout = timeoutDefault } = delivery;
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (secrets.length === 0) throw invalid(name, 'has no secret to sign with');
  const destination: Destination = {
    name,
    url: checkUrl(name, delivery.url),
    keys: secrets.map((one) => standardKey(one, `webhook "${name}"`)),
    options: delivery,
  };
  return topic.subscribe<On>(name, {
    ...(subscription as SubscriptionOptions<D, On>),
    attemptTimeout: timeout,
    handler: (event, context) => deliver(destination, event as PublishedEvent, context),
  });
}

function invalid(name: string, fault: string): TuttiError {
  return new TuttiError('TUTTI_DEFINITION_INVALID', `Webhook "${name}" ${fault}.`);
}

function checkUrl(name: string, given: string | URL): URL {
  const url = URL.parse(String(given));
  if (url === null) throw invalid(name, `has the URL ${JSON.stringify(given)}, which is none`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(name, `has a URL with ${url.protocol}; expected https: or http:`);
  if (url.username !== '' || url.password !== '')
    throw invalid(name, 'has a name or a password in its URL; expected them in `headers`');
  if (url.hash !== '') throw invalid(name, `has a URL with ${url.hash}, which is never sent`);
  return url;
}

async function deliver(
  destination: Destination,
  event: PublishedEvent,
  context: HandlerContext,
): Promise<void> {
  const { url, keys, options } = destination;
  const { format = 'standard', clock = systemClock, fetch = globalThis.fetch } = options;
  const payload =
    format === 'cloudevents'
      ? toCloudEvent(event)
      : { type: event.type, timestamp: event.time, data: event.data };
  const body = Buffer.from(JSON.stringify(payload));
  const id = messageId(context.idempotencyKey);
  const timestamp = Math.floor(clock.now() / 1000);
  const answer = await fetch(url, {
    method: 'POST',
    body,
    // Followed, a redirect would send the signed event to whoever it names.
    redirect: 'manual',
    signal: context.signal,
    headers: {
      'content-type': format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json',
      ...options.headers,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signStandard(keys, { id, timestamp, body }),
    },
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return;
  }
  await fail(destination, answer, { context, now: clock.now() });
}

async function fail(
  { name, url }: Destination,
  answer: Response,
  { context, now }: { readonly context: HandlerContext; readonly now: number },
): Promise<never> {
  const said = await excerpt(answer);
  const message = `${url.origin} answered ${answer.status} to webhook "${name}"${said === '' ? '' : `: ${said}`}`;
  if (answer.status === 410) return context.deadLetter(message);
  const afterMs = retryAfterMs(answer.headers.get('retry-after'), now);
  if (afterMs !== null) throw new RetryAfterError(message, afterMs);
  throw new TuttiError('TUTTI_HTTP_REQUEST_FAILED', message, { details: { status: answer.status } });
}

/** The key names topics and has separators in it; an id of Standard Webhooks must not contain a full stop. */
function messageId(idempotencyKey: string): string {
  return `msg_${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 32)}`;
}

/** The beginning of an answer; the rest is left unread. */
async function excerpt(answer: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length >= excerptMax) break;
    }
  } catch {
    // The status is what counts; an answer that breaks off has said what it had to say.
  }
  return text.slice(0, excerptMax);
}

/** Seconds or a date, RFC 9110 section 10.2.3; null when absent or neither. */
function retryAfterMs(text: string | null, now: number): number | null {
  if (text === null) return null;
  const given = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(given) ? Math.min(Math.max(0, given), retryAfterMaxMs) : null;
}
