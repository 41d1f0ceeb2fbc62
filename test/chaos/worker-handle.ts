import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { frozenMark, type WorkerMessage, type WorkerOrder, type WorkerTask } from './worker-task.ts';

const program = fileURLToPath(new URL('./worker-process.ts', import.meta.url));

/** How long a process may take for everything it has to do, on a busy machine. Milliseconds. */
const lifeMaxMs = 60_000;
/** The same with a fault in it, which may keep it from ever coming to an end. */
const faultyLifeMaxMs = 20_000;

/** How a process is started. */
export interface SpawnOptions {
  /** Command and arguments that come before Node. Default none. */
  readonly within?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where Node keeps compiled code between processes. */
  readonly compileCache: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote to its standard error. */
  readonly complaints: string;
}

/** A worker process as its parent holds it. */
export class WorkerHandle {
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #heard = new Set<string>();
  readonly #waiting = new Map<string, () => void>();

  constructor(task: WorkerTask, { within = [], env = {}, compileCache }: SpawnOptions) {
    const node = [process.execPath, '--conditions=tutti-source', program, JSON.stringify(task)];
    const [command = '', ...args] = [...within, ...node];
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env },
    });
    this.#child = child;
    const maxMs = task.fault === null ? lifeMaxMs : faultyLifeMaxMs;
    const tooLong = setTimeout(() => child.kill('SIGKILL'), maxMs);
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(frozenMark)) this.#hear('frozen');
    });
    child.on('message', (message: WorkerMessage) => this.#hear(message.type));
    this.exit = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        clearTimeout(tooLong);
        resolve({ code, signal, complaints });
        for (const wake of this.#waiting.values()) wake();
      });
    });
  }

  /** Resolves with true when the process has said this, with false when it is gone without. */
  async said(what: WorkerMessage['type'] | 'frozen'): Promise<boolean> {
    const heard = new Promise<void>((resolve) => this.#waiting.set(what, resolve));
    if (!this.#heard.has(what)) await Promise.race([heard, this.exit]);
    return this.#heard.has(what);
  }

  order(order: WorkerOrder): void {
    // A process that is gone takes no orders; its exit tells.
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #hear(what: string): void {
    this.#heard.add(what);
    this.#waiting.get(what)?.();
  }
}
