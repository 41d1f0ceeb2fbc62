/**
 * Who may use the API. A page in a browser is the danger on loopback: it can send requests to 127.0.0.1 (refused by
 * Origin and by the token) and can make its own host name resolve there (refused by Host).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { TuttiError } from '../base/tutti-error.ts';

/** What a server admits. */
export interface AccessRules {
  /** The bearer token every request must carry; null for none. */
  readonly token: string | null;
  /** Host names (without port) that may stand in the Host header, beside the loopback names and the address listened on. */
  readonly allowedHosts: readonly string[];
  /** Origins (`https://console.example`) whose pages may call, beside the server's own. */
  readonly allowedOrigins: readonly string[];
}

/** The names of this machine for itself. */
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Checks where a request claims to go and which page sent it.
 *
 * @throws TUTTI_REQUEST_REFUSED
 */
export function checkHostAndOrigin(headers: Headers, rules: AccessRules): void {
  const host = headers.get('host') ?? '';
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (![...loopbackHosts, ...rules.allowedHosts].includes(name)) {
    throw new TuttiError(
      'TUTTI_REQUEST_REFUSED',
      `The request is for host '${host}', which this engine does not answer to.`,
      {
        details: { host },
      },
    );
  }
  const origin = headers.get('origin');
  if (origin !== null && origin !== `http://${host}` && !rules.allowedOrigins.includes(origin)) {
    throw new TuttiError('TUTTI_REQUEST_REFUSED', `A page of '${origin}' may not call this engine.`, {
      details: { origin },
    });
  }
}

/**
 * Checks the bearer token, in a time that does not depend on how much of it is right.
 *
 * @throws TUTTI_UNAUTHORIZED
 */
export function checkToken(headers: Headers, rules: AccessRules): void {
  if (rules.token === null) return;
  const given = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (given === undefined) throw new TuttiError('TUTTI_UNAUTHORIZED', 'The request has no bearer token.');
  if (!timingSafeEqual(digest(given), digest(rules.token))) {
    throw new TuttiError(
      'TUTTI_UNAUTHORIZED',
      'The bearer token of the request is not the one of this engine.',
    );
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
