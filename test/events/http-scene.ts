import { onTestFinished } from 'vitest';
import { createTutti, type Tutti, type TuttiOptions } from 'tutti';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { startHttpServer, type HttpServer } from '../../src/http/index.ts';

/** An engine in memory behind a real server on loopback. */
export interface HttpScene {
  readonly tutti: Tutti;
  readonly server: HttpServer;
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
}

const token = 'correct-horse';

/** Starts both; they stop when the test has finished. */
export async function openHttpScene(
  definitions: NonNullable<TuttiOptions['definitions']>,
  options: TuttiOptions & { readonly serverClock?: Clock } = {},
): Promise<HttpScene> {
  const { serverClock = systemClock, ...rest } = options;
  const tutti = await createTutti({ store: ':memory:', ...rest, definitions });
  const server = await startHttpServer({
    client: tutti.client,
    events: tutti.gateway,
    token,
    bodyBytesMax: 10_000,
    version: '1.2.3',
    instance: 'one',
    clock: serverClock,
    logger: silentLogger,
  });
  onTestFinished(async () => {
    await server.close();
    await tutti.stop();
  });
  await tutti.start();
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(server.url + path, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    });
  return { tutti, server, request };
}

/** Reads server-sent events, one block at a time; null at the end. */
export function blocksOf(response: Response): () => Promise<string | null> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async () => {
    while (!text.includes('\n\n')) {
      const { value, done } = await reader.read();
      if (done) return null;
      text += value;
    }
    const end = text.indexOf('\n\n');
    const block = text.slice(0, end);
    text = text.slice(end + 2);
    return block;
  };
}
