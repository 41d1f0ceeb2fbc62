import child from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

type Module = Record<string, unknown>;

const guarded: readonly {
  readonly name: string;
  readonly module: object;
  readonly calls: readonly string[];
}[] = [
  {
    name: 'fs',
    module: fs,
    calls: [
      'readFile',
      'readFileSync',
      'writeFile',
      'writeFileSync',
      'appendFile',
      'appendFileSync',
      'readdir',
      'readdirSync',
      'stat',
      'statSync',
      'existsSync',
      'mkdir',
      'mkdirSync',
      'rm',
      'rmSync',
      'unlink',
      'unlinkSync',
      'rename',
      'renameSync',
      'createReadStream',
      'createWriteStream',
    ],
  },
  {
    name: 'fs.promises',
    module: fs.promises,
    calls: [
      'readFile',
      'writeFile',
      'appendFile',
      'readdir',
      'stat',
      'mkdir',
      'rm',
      'unlink',
      'rename',
      'open',
      'copyFile',
      'access',
    ],
  },
  { name: 'http', module: http, calls: ['request', 'get'] },
  { name: 'https', module: https, calls: ['request', 'get'] },
  { name: 'net', module: net, calls: ['connect', 'createConnection'] },
  {
    name: 'child_process',
    module: child,
    calls: ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
  },
];

/** Makes the I/O functions of Node's modules ask first. Returns how to restore them. */
export function guardModules(refuse: (call: string, cure: string) => void): () => void {
  const restore: (() => void)[] = [];
  for (const { name, module, calls } of guarded) {
    for (const call of calls)
      restore.push(guardCall(module as Module, call, () => refuse(`${name}.${call}`, cureOf(name, call))));
  }
  // Named imports of built-in modules are copies; this renews them.
  syncBuiltinESMExports();
  return () => {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  };
}

function cureOf(name: string, call: string): string {
  return `Put it into a step: await ctx.step('${call}', () => ${name}.${call}(...)).`;
}

function guardCall(module: Module, call: string, ask: () => void): () => void {
  const original = module[call];
  if (typeof original !== 'function') return () => undefined;
  const real = original as (this: unknown, ...args: unknown[]) => unknown;
  const asking = function (this: unknown, ...args: unknown[]): unknown {
    ask();
    return real.apply(this, args);
  };
  module[call] = Object.defineProperties(asking, Object.getOwnPropertyDescriptors(real));
  return () => {
    module[call] = original;
  };
}
