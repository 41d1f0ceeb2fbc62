import { TuttiError } from '../../base/tutti-error.ts';
import type { Notification } from '../notification.ts';

/** Sends each event as JSON to an address. The receiver gets the delivery's idempotency key, and answers with 2xx. */
export function webhook(
  url: string | URL,
  options: { readonly headers?: Readonly<Record<string, string>> } = {},
): Notification {
  return async (event, { signal, idempotencyKey }) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey, ...options.headers },
      body: JSON.stringify(event),
      signal,
    });
    if (answer.ok) return;
    throw new TuttiError(
      'TUTTI_HTTP_REQUEST_FAILED',
      `${String(url)} answered ${answer.status} to a notification.`,
      {
        details: { status: answer.status },
      },
    );
  };
}
