import child from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import tls from 'node:tls';
import workers from 'node:worker_threads';

type Module = Record<string, unknown>;

/** What to write instead of a wait of Node's. */
export const sleepCure = "Wait with ctx.sleep('5m'), which survives a crash.";

/**
 * Calls of `fs` that are given a path. Those on an open descriptor are left alone: somebody must have opened it, and the
 * console itself writes through them.
 */
const pathCalls: readonly string[] = [
  ...[
    'access',
    'appendFile',
    'chmod',
    'chown',
    'copyFile',
    'cp',
    'glob',
    'lchmod',
    'lchown',
    'link',
    'lstat',
  ],
  ...[
    'lutimes',
    'mkdir',
    'mkdtemp',
    'mkdtempDisposable',
    'open',
    'opendir',
    'readdir',
    'readFile',
    'readlink',
  ],
  ...[
    'realpath',
    'rename',
    'rm',
    'rmdir',
    'stat',
    'statfs',
    'symlink',
    'truncate',
    'unlink',
    'utimes',
    'writeFile',
  ],
];
const resolverCalls: readonly string[] = [
  ...[
    'lookup',
    'lookupService',
    'resolve',
    'resolve4',
    'resolve6',
    'resolveAny',
    'resolveCaa',
    'resolveCname',
  ],
  ...[
    'resolveMx',
    'resolveNaptr',
    'resolveNs',
    'resolvePtr',
    'resolveSoa',
    'resolveSrv',
    'resolveTlsa',
    'resolveTxt',
  ],
  'reverse',
];

interface GuardedModule {
  readonly name: string;
  readonly module: object;
  /** Those that this Node does not have are passed over. */
  readonly calls: readonly string[];
  /** Default: a step around the call. */
  readonly cure?: string;
}

const guarded: readonly GuardedModule[] = [
  {
    name: 'fs',
    module: fs,
    calls: [
      ...pathCalls.flatMap((call) => [call, `${call}Sync`]),
      ...['exists', 'existsSync', 'createReadStream', 'createWriteStream', 'openAsBlob'],
      ...['watch', 'watchFile', 'unwatchFile'],
    ],
  },
  { name: 'fs.promises', module: fs.promises, calls: [...pathCalls, 'watch'] },
  { name: 'http', module: http, calls: ['request', 'get', 'createServer'] },
  { name: 'https', module: https, calls: ['request', 'get', 'createServer'] },
  { name: 'http2', module: http2, calls: ['connect', 'createServer', 'createSecureServer'] },
  { name: 'net', module: net, calls: ['connect', 'createConnection', 'createServer'] },
  { name: 'tls', module: tls, calls: ['connect', 'createServer'] },
  { name: 'dgram', module: dgram, calls: ['createSocket'] },
  { name: 'dns', module: dns, calls: resolverCalls },
  { name: 'dns.promises', module: dns.promises, calls: resolverCalls },
  { name: 'worker_threads', module: workers, calls: ['Worker'] },
  {
    name: 'child_process',
    module: child,
    calls: ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
  },
  { name: 'timers', module: timers, calls: ['setTimeout', 'setInterval', 'setImmediate'], cure: sleepCure },
  {
    name: 'timers/promises',
    module: timersPromises,
    calls: ['setTimeout', 'setInterval', 'setImmediate'],
    cure: sleepCure,
  },
];

/** Makes the I/O functions of Node's modules ask first. Returns how to restore them. */
export function guardModules(refuse: (call: string, cure: string) => void): () => void {
  const restore: (() => void)[] = [];
  for (const { name, module, calls, cure } of guarded) {
    for (const call of calls) {
      const text = cure ?? `Put it into a step: await ctx.step('${call}', () => ${name}.${call}(...)).`;
      restore.push(guardCall(module as Module, call, () => refuse(`${name}.${call}`, text)));
    }
  }
  // Named imports of built-in modules are copies; this renews them.
  syncBuiltinESMExports();
  return () => {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  };
}

/** Makes one function, or class, of an object ask first. Returns how to restore it; one that is not there is passed over. */
export function guardCall(module: Module, call: string, ask: () => void): () => void {
  const original = module[call];
  if (typeof original !== 'function') return () => undefined;
  // A proxy, because some of them are classes, and others carry more (promisify's symbol, realpath.native).
  module[call] = new Proxy(original, {
    apply(target, self, args): unknown {
      ask();
      return Reflect.apply(target as (...all: unknown[]) => unknown, self, args);
    },
    construct(target, args, newTarget): object {
      ask();
      return Reflect.construct(target, args, newTarget) as object;
    },
  });
  return () => {
    module[call] = original;
  };
}
