/**
 * The process in which `tutti dev` runs the user's code. Its supervisor replaces it whole when a file changes: a fresh process is
 * the only place where every module of the graph, and everything a module keeps for itself, is certain to be new. (Importing with a
 * changing query renews the first module only, keeps what it imports, and never frees the old ones.)
 */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { StoreDirectory } from '../store-directory.ts';
import { engineLog } from '../engine-log.ts';
import { hostEngine, type HostedEngine } from '../host-engine.ts';
import { loadModules } from '../load-modules.ts';
import { Output } from '../output.ts';
import type { ChildReport, ServeRequest } from './messages.ts';

let engine: HostedEngine | undefined;
let isStopping = false;

function report(message: ChildReport): void {
  process.send?.(message);
}

/** Tells the supervisor every file of the user's module graph, as it is resolved. */
function reportFiles(): void {
  const ownCode = new URL('../../', import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const resolved = nextResolve(specifier, context);
      const isTheirs =
        resolved.url.startsWith('file:') &&
        !resolved.url.startsWith(ownCode) &&
        !resolved.url.includes('/node_modules/');
      if (isTheirs) report({ kind: 'file', path: fileURLToPath(resolved.url) });
      return resolved;
    },
  });
}

async function serve({ store, modules, serving, isVerbose }: ServeRequest): Promise<void> {
  reportFiles();
  const { definitions, failures } = await loadModules(modules);
  engine = await hostEngine({
    data: new StoreDirectory(store ?? undefined),
    definitions,
    modules,
    clock: systemClock,
    logger: engineLog(new Output('table', process.env), systemClock, isVerbose),
    dev: true,
    ...serving,
  });
  report({
    kind: 'ready',
    url: engine.url,
    definitions: definitions.map(({ name }) => name),
    failures: failures.map(toErrorRecord),
  });
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await engine?.stop();
  // The user's modules may hold the process open with sockets or timers of their own.
  process.exit(0);
}

process.once('message', (request) => {
  serve(request as ServeRequest).catch((error: unknown) => {
    process.send?.({ kind: 'failed', error: toErrorRecord(error) } satisfies ChildReport, () =>
      process.exit(1),
    );
  });
});
process.on('SIGTERM', () => void stop());
// The terminal sends SIGINT to both processes; the supervisor decides what it means.
process.on('SIGINT', () => undefined);
// The supervisor is gone, even if it was killed: nobody could stop this process any more.
process.on('disconnect', () => void stop());
