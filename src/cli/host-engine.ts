/**
 * Runs an engine with its API in this process until it is told to stop. Used by `start`, by the child of `dev`, and by the demo.
 *
 * Owns: engine.json (written when the API listens and no other engine has said that it answers, removed when it stops).
 * Order at the end: API first (no new work comes in), then the engine (runs are released), then the file.
 */
import { createTutti, type Tutti, type TuttiOptions } from '../app/index.ts';
import type { Clock } from '../base/clock.ts';
import { newId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import { startHttpServer, type HttpServer } from '../http/index.ts';
import { isAnswering } from './connect.ts';
import { packageVersion } from './package-version.ts';
import type { StoreDirectory } from './store-directory.ts';

/** What to host. */
export interface HostOptions {
  readonly data: StoreDirectory;
  readonly definitions: NonNullable<TuttiOptions['definitions']>;
  /** Absolute paths; remembered for commands that come while no engine runs. */
  readonly modules: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Compare every suspension with a replay. Default false. */
  readonly dev?: boolean;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: 4717, or any free port if that is taken. */
  readonly port?: number;
  /** Default: the token of the data directory. Null for none. */
  readonly token?: string | null;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
}

/** An engine at work. */
export interface HostedEngine {
  readonly tutti: Tutti;
  readonly url: string;
  readonly token: string | null;
  /** Ends gracefully; runs stay where they are and continue with the next engine. */
  stop(): Promise<void>;
}

/** Where the API listens when nothing else is said. */
const defaultPort = 4717;

/** @throws TUTTI_STORE_*, TUTTI_DEFINITION_*, TUTTI_OPTION_INVALID for an address that cannot be listened on; then nothing is left running. */
export async function hostEngine(options: HostOptions): Promise<HostedEngine> {
  const { data } = options;
  const token = options.token === undefined ? data.readToken(systemRandom) : options.token;
  const tutti = await createTutti({
    store: data.store,
    definitions: options.definitions,
    logger: options.logger,
    dev: options.dev === true,
  });
  const instance = newId(options.clock, systemRandom);
  let server: HttpServer | undefined;
  try {
    server = await listen(options, tutti, token, instance);
    await tutti.start();
  } catch (error) {
    await server?.close();
    await tutti.stop();
    throw error;
  }
  data.writeModules(options.modules);
  // A second process on one store is one more worker; commands keep talking to the first.
  const other = data.readEngine();
  const isFirst = other === undefined || !(await isAnswering(other));
  if (isFirst)
    data.writeEngine({ url: server.url, token, pid: process.pid, startedAt: options.clock.now(), instance });
  return {
    tutti,
    url: server.url,
    token,
    stop: async () => {
      await server.close();
      await tutti.stop();
      data.removeEngine(instance);
    },
  };
}

async function listen(
  options: HostOptions,
  tutti: Tutti,
  token: string | null,
  instance: string,
): Promise<HttpServer> {
  const { host, port, allowedHosts, allowedOrigins } = options;
  const server = {
    client: tutti.client,
    events: tutti.gateway,
    token,
    instance,
    version: packageVersion(),
    clock: options.clock,
    logger: options.logger,
    ...(host === undefined ? {} : { host }),
    ...(allowedHosts === undefined ? {} : { allowedHosts }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
  };
  if (port !== undefined) return startHttpServer({ ...server, port });
  try {
    return await startHttpServer({ ...server, port: defaultPort });
  } catch (error) {
    // Nobody asked for this port, so any other will do: several engines on one machine are normal.
    if (!isTuttiError(error) || error.details?.['reason'] !== 'EADDRINUSE') throw error;
    return startHttpServer({ ...server, port: 0 });
  }
}
