/**
 * Webhooks in: what others POST becomes an event. The value checks and translates; who serves it brings bytes and publishes.
 */
import { createHash } from 'node:crypto';
import { parseDuration, type Duration } from '../../base/duration.ts';
import { parseJsonText } from '../../base/json-text.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { EventDefinition, NewEvent } from '../model/event.ts';
import type { AnyEvent } from '../model/subscription.ts';
import type { Topic } from '../model/topic.ts';
import { parseTransform, type Transform } from '../transform/transform.ts';
import {
  webhookVerifier,
  type WebhookRequest,
  type WebhookVerification,
  type WebhookVerifier,
} from './verify-webhook.ts';

/** A verified webhook, as a transform sees it. */
export interface WebhookMessage {
  /** The sender's id of it, the same when it is sent again. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON that was sent. */
  readonly body: unknown;
}

/** What is said of a webhook from outside. */
export interface IncomingWebhookOptions<D extends AnyEvent> {
  /** Where its events go. The topic needs a window for duplicates (`dedupe`), because senders repeat themselves. */
  readonly to: Topic<D>;
  /** What it becomes; one of the topic's events. */
  readonly event: D;
  readonly verify: WebhookVerification;
  /** With what it is signed; several while they are exchanged. Needed unless `verify` is a function. */
  readonly secret?: string | readonly string[];
  /** How far its time of sending may be off. Default 5 min. */
  readonly tolerance?: Duration;
  /** Header with the sender's id, or a function. Default: `webhook-id` for `standard`, else a digest of the body. */
  readonly dedupe?: string | ((request: WebhookRequest) => string);
  /** What the event's data is: a template over `{ id, headers, body }`, or a function. Default: the body. */
  readonly transform?: Transform | ((message: WebhookMessage) => unknown);
  /** Bytes of a body at most. Default 1 MiB. */
  readonly bodyBytesMax?: number;
}

const bodyBytesMaxDefault = 1 << 20;
const toleranceDefault: Duration = '5m';
const optionNames: readonly string[] = [
  ...['to', 'event', 'verify', 'secret', 'tolerance', 'dedupe', 'transform', 'bodyBytesMax'],
];

/** A declared webhook from outside, served under `/hooks/<name>`. */
export class IncomingWebhook {
  readonly type = 'incoming-webhook';
  readonly name: string;
  /** Name of the topic its events go to. */
  readonly topic: string;
  readonly bodyBytesMax: number;
  readonly #event: EventDefinition;
  readonly #verifier: WebhookVerifier;
  readonly #idOf: (request: WebhookRequest) => string | undefined;
  readonly #transform: (message: WebhookMessage) => unknown;

  constructor(name: string, options: IncomingWebhookOptions<AnyEvent>) {
    checkDeclaration(name, options);
    const { to, event, verify, secret = [], dedupe, transform } = options;
    this.name = name;
    this.topic = to.name;
    this.bodyBytesMax = options.bodyBytesMax ?? bodyBytesMaxDefault;
    this.#event = event;
    this.#verifier = webhookVerifier({
      name,
      verify,
      secrets: typeof secret === 'string' ? [secret] : secret,
      toleranceMs: parseDuration(options.tolerance ?? toleranceDefault, `tolerance of webhook "${name}"`),
    });
    this.#idOf = idReader(dedupe ?? (verify === 'standard' ? 'webhook-id' : digestOf));
    this.#transform = transformerOf(name, transform);
  }

  /**
   * The event of a request. Nothing is read of a body before its signature is verified.
   *
   * @throws TUTTI_WEBHOOK_REFUSED, TUTTI_JSON_MALFORMED, TUTTI_EVENT_INVALID when the transform throws.
   */
  async accept(request: WebhookRequest, now: number): Promise<NewEvent> {
    await this.#verifier(request, now);
    const messageId = this.#idOf(request);
    if (messageId === undefined || messageId === '')
      throw new TuttiError(
        'TUTTI_WEBHOOK_REFUSED',
        `A request to webhook "${this.name}" has no id to tell it from others by.`,
        { details: { webhook: this.name } },
      );
    const body = parseBody(request.body, this.name);
    const data = this.#translate({ id: messageId, headers: request.headers, body });
    return this.#event(data, { id: `${this.name}:${messageId}`, source: `/hooks/${this.name}` });
  }

  #translate(message: WebhookMessage): unknown {
    try {
      return this.#transform(message);
    } catch (cause) {
      throw new TuttiError(
        'TUTTI_EVENT_INVALID',
        `The transform of webhook "${this.name}" failed for message "${message.id}": ${String(cause)}`,
        { cause, details: { webhook: this.name } },
      );
    }
  }
}

/**
 * Declares a webhook from outside. Pass it to `createTutti` beside its topic; it is served under `/hooks/<name>`.
 *
 * @example
 * export const payments = incomingWebhook('payments', { to: charges, event: Charged, verify: 'standard', secret: process.env['SECRET'] ?? '' });
 * @throws TUTTI_DEFINITION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_TRANSFORM_INVALID, TUTTI_DURATION_INVALID
 */
export function incomingWebhook<D extends AnyEvent>(
  name: string,
  options: IncomingWebhookOptions<D>,
): IncomingWebhook {
  return new IncomingWebhook(name, options);
}

/** Whether a value (for example an export of a module) is a webhook from outside. */
export function isIncomingWebhook(value: unknown): value is IncomingWebhook {
  return value instanceof IncomingWebhook;
}

function checkDeclaration(name: string, options: IncomingWebhookOptions<AnyEvent>): void {
  const fault = (text: string): TuttiError =>
    new TuttiError('TUTTI_DEFINITION_INVALID', `Webhook ${JSON.stringify(name)} ${text}.`);
  if (typeof name !== 'string' || !/^[A-Za-z0-9][\w.-]{0,99}$/.test(name))
    throw fault('has a name that is no part of a path; expected letters, digits, _, . and -');
  refuseUnknownOptions(options, optionNames, `webhook "${name}"`);
  const { settings } = options.to;
  if (settings.events.get(options.event.type) !== options.event)
    throw fault(`makes events "${options.event.type}", which topic "${settings.name}" does not declare`);
  if (settings.dedupe === null)
    throw fault(
      `goes to topic "${settings.name}", which recognises no duplicates; expected \`dedupe\` there`,
    );
  if (settings.durability !== 'fsync')
    throw fault(`goes to topic "${settings.name}", which acknowledges events before they are on disk`);
}

function idReader(
  dedupe: string | ((request: WebhookRequest) => string),
): (request: WebhookRequest) => string | undefined {
  if (typeof dedupe === 'function') return dedupe;
  const header = dedupe.toLowerCase();
  return ({ headers }) => headers[header];
}

function digestOf({ body }: WebhookRequest): string {
  return createHash('sha256').update(body).digest('base64url');
}

function transformerOf(
  name: string,
  transform: IncomingWebhookOptions<AnyEvent>['transform'],
): (message: WebhookMessage) => unknown {
  if (transform === undefined) return ({ body }) => body;
  if (typeof transform === 'function') return transform;
  return parseTransform(transform, `The transform of webhook "${name}"`);
}

function parseBody(bytes: Uint8Array, name: string): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    // Called for its error alone, which tells where; tags of our own codec are not for strangers to set.
    return parseJsonText(text, `The body for webhook "${name}"`);
  }
}
