/** What the tests of webhooks share: a topic, secrets, and receivers on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { event, topic, type EventDefinition, type Topic } from 'tutti';
import { z } from 'zod';

/** Two secrets of Standard Webhooks. */
export const secret: string = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`;
export const newSecret: string = `whsec_${Buffer.from('another one of that size!').toString('base64')}`;

/** The data of an event. */
interface Charge {
  readonly id: string;
  readonly cents: number;
}

/** What is sent and received. */
export const Charged: EventDefinition<'charge.made', Charge> = event('charge.made', {
  schema: z.object({ id: z.string(), cents: z.number() }),
});

/** A topic that knows duplicates. */
export function charges(): Topic<typeof Charged> {
  return topic('charges', { events: [Charged], dedupe: { within: '10m' } });
}

/** A request that a receiver got. */
export interface Delivered {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A receiver that answers as told, in turn; the last answer stays. */
export async function receiver(
  ...answers: ((response: ServerResponse) => void)[]
): Promise<{ url: string; delivered: Delivered[] }> {
  const delivered: Delivered[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      delivered.push({ headers: request.headers as Record<string, string>, body });
      (answers[delivered.length - 1] ?? answers.at(-1))?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, delivered };
}

/** An answer without anything. */
export const ok = (response: ServerResponse): void => void response.end();
/** An answer of this kind. */
export const answer =
  (status: number, text = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(text);
