/** Webhooks out: a subscription whose handler POSTs each event, signed by Standard Webhooks. */
import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Duration } from '../../base/duration.ts';
import { RetryAfterError } from '../../base/retry-errors.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { toCloudEvent } from '../cloud-events/cloud-event.ts';
import type { HandlerContext } from '../consume/handler-context.ts';
import { PauseSignal } from '../consume/handler-signals.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { AnyEvent, SubscriptionOptions } from '../model/subscription.ts';
import type { Subscription } from '../model/subscription-value.ts';
import type { Topic } from '../model/topic.ts';
import { guardedFetch, isLiteralPrivate } from './guarded-fetch.ts';
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
  /**
   * Whether it may be sent to an address of your own network: a loopback, private, link-local or reserved one. Looked at is the
   * address that is connected to, after the name was resolved. Default false.
   */
  readonly allowPrivate?: boolean;
  /** Sends instead of what is built in, and must see to `allowPrivate` itself. */
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
const optionNames: readonly string[] = [
  ...['url', 'secret', 'timeout', 'headers', 'format', 'allowPrivate', 'fetch', 'clock'],
];
/** Characters of an answer that a dead letter keeps. */
const excerptMax = 500;
/** A receiver may ask for patience, not for ever. */
const retryAfterMaxMs = 86_400_000;

/**
 * Sends a topic's events to an address: a subscription with its position, order per key, retries and dead letters.
 *
 * `webhook-id` is the same for every delivery of an event, also after a redrive. A receiver that fails, or redirects, is tried
 * again by `retry`, not before its `Retry-After`. One that answers 410 wants no more: the subscription is paused, with the reason in
 * `consumers list`, and its events wait until it is resumed; the one that was answered so is then sent again.
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
    url: checkUrl(name, delivery),
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

function checkUrl(name: string, options: OutgoingWebhookOptions): URL {
  const { url: given, allowPrivate = false, fetch } = options;
  const url = URL.parse(String(given));
  if (url === null) throw invalid(name, `has the URL ${JSON.stringify(given)}, which is none`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(name, `has a URL with ${url.protocol}; expected https: or http:`);
  if (url.username !== '' || url.password !== '')
    throw invalid(name, 'has a name or a password in its URL; expected them in `headers`');
  if (url.hash !== '') throw invalid(name, `has a URL with ${url.hash}, which is never sent`);
  if (!allowPrivate && fetch === undefined && isLiteralPrivate(url)) {
    throw invalid(
      name,
      `leads to ${url.hostname}, within this network; expected \`allowPrivate: true\` beside it`,
    );
  }
  return url;
}

async function deliver(
  destination: Destination,
  event: PublishedEvent,
  context: HandlerContext,
): Promise<void> {
  const { url, keys, options } = destination;
  const { format = 'standard', clock = systemClock } = options;
  const payload =
    format === 'cloudevents'
      ? toCloudEvent(event)
      : { type: event.type, timestamp: event.time, data: event.data };
  const body = Buffer.from(JSON.stringify(payload));
  const id = messageId(context.idempotencyKey);
  const timestamp = Math.floor(clock.now() / 1000);
  const headers = {
    'content-type': format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json',
    ...options.headers,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signStandard(keys, { id, timestamp, body }),
  };
  const { allowPrivate = false } = options;
  const { signal } = context;
  const answer =
    options.fetch === undefined
      ? await guardedFetch(url, { body, headers, signal, allowPrivate })
      : // Followed, a redirect would send the signed event to whoever it names.
        await options.fetch(url, { method: 'POST', body, redirect: 'manual', signal, headers });
  if (answer.ok) return finish(answer);
  await fail(destination, answer, clock.now());
}

/** A short answer is read to its end, so that its connection serves the next event. What it says counts for nothing. */
async function finish(answer: Response): Promise<void> {
  const length = Number(answer.headers.get('content-length') ?? Number.POSITIVE_INFINITY);
  if (length > excerptMax) return answer.body?.cancel();
  await answer.arrayBuffer().catch(() => undefined);
}

async function fail({ name, url }: Destination, answer: Response, now: number): Promise<never> {
  const said = await excerpt(answer);
  const message = `${url.origin} answered ${answer.status} to webhook "${name}"${said === '' ? '' : `: ${said}`}`;
  if (answer.status === 410) throw new PauseSignal(message);
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
