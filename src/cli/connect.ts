/**
 * Gives a command its `Client`: the engine at `--url`, else the engine that works on the store, else the store itself.
 * On the store itself everything can be read, and accepted for an engine that will start later; nothing is executed.
 */
import { relative } from 'node:path';
import type { Client } from '../app/index.ts';
import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { StoreDirectory, EngineFile } from './store-directory.ts';
import type { Output } from './output.ts';
import { shellWord } from './program-name.ts';

/** What a command will do with its client. */
export interface ConnectNeeds {
  /** It changes something: on the file, that is said afterwards. */
  readonly writes?: boolean;
  /** It needs the definitions, to check an input or to list them: on the file, modules are imported for it. */
  readonly definitions?: boolean;
}

/** A client, and what it talks to. */
export interface Connection {
  readonly client: Client;
  /** Whether an engine is at work behind it: the one that answers, or a worker on the store whose lease runs. */
  readonly isLive: boolean;
  /** Says, once a write has succeeded, what it takes to have it executed. */
  announce(): Promise<void>;
  close(): Promise<void>;
}

/** What {@link connect} is told. */
export interface ConnectRequest {
  readonly data: StoreDirectory;
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly out: Output;
  readonly needs: ConnectNeeds;
  readonly typed: (command: string) => string;
  readonly clock: Clock;
}

/** How long an engine on this machine may take to say that it lives. */
const pingTimeoutMs = 2_000;

/** @throws TUTTI_ENGINE_UNREACHABLE for an explicit address that does not answer, TUTTI_STORE_NOT_FOUND, TUTTI_STORE_*. */
export async function connect(request: ConnectRequest): Promise<Connection> {
  const engine = request.data.readEngine();
  if (request.url !== undefined)
    return connectTo(request.url, request.token ?? tokenFor(engine, request.url));
  if (engine !== undefined && (await isAnswering(engine)))
    return connectTo(engine.url, request.token ?? engine.token);
  return openStore(request);
}

function tokenFor(engine: EngineFile | undefined, url: string): string | null {
  return engine !== undefined && URL.canParse(url) && new URL(url).origin === engine.url
    ? engine.token
    : null;
}

async function connectTo(url: string, token: string | null): Promise<Connection> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `The address of the engine is '${url}'; expected something like http://127.0.0.1:4717.`,
    );
  }
  const { createHttpClient } = await import('../http/index.ts');
  const client = createHttpClient({ url, ...(token === null ? {} : { token }) });
  return { client, isLive: true, announce: async () => undefined, close: async () => undefined };
}

/** Whether the engine that wrote the file still lives: another one may have its address by now, and must not see its token. */
export async function isAnswering(engine: EngineFile): Promise<boolean> {
  try {
    const response = await fetch(new URL('/health', engine.url), {
      signal: AbortSignal.timeout(pingTimeoutMs),
    });
    const health = (await response.json()) as { instance?: unknown };
    return health.instance === engine.instance;
  } catch {
    return false;
  }
}

async function openStore({ data, out, needs, typed, clock }: ConnectRequest): Promise<Connection> {
  if (!data.hasStore()) {
    throw new TuttiError(
      'TUTTI_STORE_NOT_FOUND',
      `No engine runs here, and there is no database at ${data.store}.`,
      {
        details: { store: data.store },
      },
    );
  }
  const modules = data.readModules();
  const { createTutti } = await import('../app/index.ts');
  const { loadModules } = await import('./load-modules.ts');
  const loaded = needs.definitions === true ? await loadModules(modules) : { definitions: [], failures: [] };
  for (const failure of loaded.failures) out.note(`warning: ${failure.message}`);
  const tutti = await createTutti({
    store: data.store,
    definitions: loaded.definitions,
    logger: silentLogger,
  });
  const isLive = (await tutti.client.status()).workers.some(
    ({ state, leaseUntil }) => state === 'alive' && leaseUntil > clock.now(),
  );
  return {
    client: tutti.client,
    isLive,
    close: () => tutti.stop(),
    announce: async () => {
      if (needs.writes !== true || isLive) return;
      const words =
        modules.length === 0 ? ['<modules...>'] : modules.map((path) => shellWord(relative('.', path)));
      out.note(
        `On disk in ${data.store}. No engine is running on it, so nothing happens until you start one:`,
      );
      out.note(`  ${typed(`start ${words.join(' ')}`)}`);
    },
  };
}
