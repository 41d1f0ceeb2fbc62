import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a finished command left behind. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves when stderr or stdout contains the text. Rejects when the command ends without it. */
  readonly said: (text: string) => Promise<void>;
  readonly finished: Promise<Finished>;
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** What surrounds a command. */
export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Starts the command line from source, in an environment that says nothing about npm, Tutti or colors. */
export function startCli(args: readonly string[], { cwd, env = {}, input }: Surroundings): Running {
  const child = spawn(process.execPath, ['--conditions=tutti-source', main, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
    for (const listener of listeners) listener();
  });
  child.stdin.on('error', () => undefined).end(input ?? '');
  const finished = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr,
  }));
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    finished,
    said: (text) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (!stderr.includes(text) && !stdout.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void finished.then(() => reject(new Error(`ended without saying "${text}":\n${stdout}\n${stderr}`)));
      }),
  };
}

/** Runs a command to its end. */
export function runCli(args: readonly string[], surroundings: Surroundings): Promise<Finished> {
  return startCli(args, surroundings).finished;
}
