import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli, startCli, type Finished, type Running } from './cli-process.ts';

/** Inside the checkout, so that modules find this package by its name. */
const home = fileURLToPath(new URL('../../.tutti/', import.meta.url));

/** Where an engine answers. */
export interface EngineAddress {
  readonly url: string;
  readonly token: string;
}

/** The directory of a user's project: its modules, and the commands and engines that run in it. */
export class ProjectDirectory {
  readonly path: string;
  readonly #begun: Running[] = [];

  /** `files`: texts by name. */
  constructor(name: string, files: Readonly<Record<string, string>>) {
    mkdirSync(home, { recursive: true });
    this.path = mkdtempSync(join(home, `${name}-`));
    for (const [file, text] of Object.entries(files)) writeFileSync(this.file(file), text);
  }

  file(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  tutti(...args: readonly string[]): Promise<Finished> {
    return runCli(args, { cwd: this.path });
  }

  /** What a command prints as JSON. @throws when it fails or complains. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { stdout, stderr, exitCode } = await this.tutti(...args, '-o', 'json');
    if (exitCode !== 0 || stderr.includes('error')) {
      throw new Error(`${args.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
    }
    return JSON.parse(stdout) as T;
  }

  /** Begins a command that goes on; {@link close} kills it if it is still there. */
  begin(...args: readonly string[]): Running {
    const command = startCli(args, { cwd: this.path });
    this.#begun.push(command);
    return command;
  }

  /** Resolves when the engine is at work. */
  async startEngine(module = 'flows.ts', ...options: readonly string[]): Promise<Running> {
    const engine = this.begin('start', module, '--port', '0', ...options);
    await engine.said('Stop with Ctrl-C');
    return engine;
  }

  async stopEngine(engine: Running): Promise<void> {
    engine.process.kill('SIGTERM');
    await engine.finished;
  }

  /** Of the engine at work. */
  get address(): EngineAddress {
    return JSON.parse(readFileSync(this.file('.tutti/engine.json'), 'utf8')) as EngineAddress;
  }

  /** A request to the engine at work, as JSON; a POST if there is a body. */
  async request(path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
    const { url, token } = this.address;
    const response = await fetch(new URL(path, url), {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async close(): Promise<void> {
    for (const command of this.#begun) {
      command.process.kill('SIGKILL');
      await command.finished;
    }
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Asks again until the answer is there; each asking starts a process, which is pause enough. */
export async function until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
  }
}
