/**
 * Sends a request of a webhook, and sees to it that it leaves the own network: whoever may choose the address of a webhook could
 * otherwise make this process ask what only this process can reach (server-side request forgery).
 *
 * Looked at is the address that the socket is connected to. A check of the name before the request would look at another answer of
 * the name server than the connection does. Names are resolved once, here, and what is left of the answer is what is tried.
 */
import { lookup as resolveName } from 'node:dns';
import { Agent, request as requestPlain, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { TuttiError } from '../../base/tutti-error.ts';
import { isPrivateAddress } from './private-address.ts';

/** What is sent, and how far it may go. */
export interface GuardedRequest {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Whether it may be sent to an address of the own network. */
  readonly allowPrivate: boolean;
}

/** Statuses whose answers have no body, by the Fetch standard; a `Response` refuses one. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Connections are kept for the next event. Those without the guard are apart: one of them must not serve a guarded request. */
const agents = {
  guarded: { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) },
  open: { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) },
};

/**
 * POSTs once and gives the answer, whatever its status; a redirect is not followed.
 *
 * @throws TUTTI_ADDRESS_REFUSED when the name leads into the own network: nothing was sent. Else what the network says.
 */
export async function guardedFetch(url: URL, guarded: GuardedRequest): Promise<Response> {
  const { body, headers, signal, allowPrivate } = guarded;
  // A literal address is never looked up.
  if (!allowPrivate && isLiteralPrivate(url)) throw refused(url.hostname, [literalOf(url)]);
  const scheme = url.protocol === 'https:' ? 'https:' : 'http:';
  const send = scheme === 'https:' ? requestSecure : requestPlain;
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const outgoing = send(
    url,
    {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length) },
      signal,
      agent: agents[allowPrivate ? 'open' : 'guarded'][scheme],
      ...(allowPrivate ? {} : { lookup: publicLookup }),
    },
    (incoming) => resolve(responseOf(incoming)),
  );
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}

/** Whether the URL names an address of the own network without a name server. */
export function isLiteralPrivate(url: URL): boolean {
  const literal = literalOf(url);
  return /^[\d.]+$|:/.test(literal) && isPrivateAddress(literal);
}

function literalOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Resolves a name to those of its addresses that lie in the internet. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const allowed = found.filter(({ address }) => !isPrivateAddress(address));
    const [first] = allowed;
    if (first === undefined)
      return callback(
        refused(
          hostname,
          found.map(({ address }) => address),
        ),
        [],
      );
    if (options.all === true) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};

function refused(hostname: string, addresses: readonly string[]): TuttiError {
  return new TuttiError(
    'TUTTI_ADDRESS_REFUSED',
    `"${hostname}" leads to ${addresses.join(', ')}, within this network; expected an address of the internet.`,
    { details: { hostname, addresses } },
  );
}

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode: status = 502 } = incoming;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(incoming.headersDistinct))
    for (const value of values) headers.append(name, value);
  if (!bodiless.has(status)) {
    return new Response(Readable.toWeb(incoming) as ReadableStream, { status, headers });
  }
  incoming.resume();
  return new Response(null, { status, headers });
}
