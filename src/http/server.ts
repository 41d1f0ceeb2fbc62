import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Client, EventGateway } from '../app/index.ts';
import { isLoopback } from './access.ts';
import { createApi } from './api.ts';

/** Where the API listens and whom it admits. */
export interface HttpServerOptions {
  readonly client: Client;
  /** Serves CloudEvents, server-sent events, webhooks and AsyncAPI. Default: none of them. */
  readonly events?: EventGateway;
  /** Address to listen on. Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Bearer token every request but `/health` must carry; null for none, allowed on loopback only. */
  readonly token: string | null;
  /** Host names that requests may be for, beside loopback names and `host`. Default none. */
  readonly allowedHosts?: readonly string[];
  /** Origins whose pages may call. Default none but the server's own. */
  readonly allowedOrigins?: readonly string[];
  /** Largest body of a request in bytes. Default 8 MiB. */
  readonly bodyBytesMax?: number;
  readonly version: string;
  /** Answered by `/health`; tells this engine from another one at the same address. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A listening server. */
export interface HttpServer {
  /** `http://127.0.0.1:4717` */
  readonly url: string;
  /** Takes no new requests, ends open ones after a short grace, and resolves when the port is free. */
  close(): Promise<void>;
}

const bodyBytesMaxDefault = 8 * 1024 * 1024;

/**
 * Starts the API. Resolves when it listens.
 *
 * @throws TUTTI_OPTION_INVALID if the address cannot be listened on, or is open to others and has no token.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const host = options.host ?? '127.0.0.1';
  if (options.token === null && !isLoopback(host)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `The API would be open to everyone who reaches ${host}; expected a token, or a loopback address.`,
    );
  }
  const stopping = new AbortController();
  const api = createApi({
    client: options.client,
    events: options.events ?? null,
    stopping: stopping.signal,
    access: {
      token: options.token,
      allowedHosts: [bracketed(host), ...(options.allowedHosts ?? [])],
      allowedOrigins: options.allowedOrigins ?? [],
    },
    bodyBytesMax: options.bodyBytesMax ?? bodyBytesMaxDefault,
    version: options.version,
    instance: options.instance,
    clock: options.clock,
    logger: options.logger,
  });
  const listener = getRequestListener(api.fetch, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    void listener(request, response);
  });
  const port = await listen(server, host, options.port ?? 0);
  return {
    url: `http://${bracketed(host)}:${port}`,
    close: () => {
      stopping.abort();
      return closeServer(server, options.clock);
    },
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process listens there' : cause.message;
      reject(
        new TuttiError('TUTTI_OPTION_INVALID', `The API cannot listen on ${host}, port ${port}: ${why}.`, {
          cause,
          details: { host, port, reason: cause.code ?? '' },
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** How long answers that are nearly ready may take. A long poll may be open for half a minute, and is not waited for. */
const closeGraceMs = 100;

async function closeServer(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = clock.setTimer(closeGraceMs, () => server.closeAllConnections());
  await closed;
  timer.cancel();
}
