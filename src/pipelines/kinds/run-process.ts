/**
 * Runs one program to its end.
 *
 * Owns: the process and its process group. A program that is to stop gets SIGTERM, with all it has started, and SIGKILL if it
 * has not ended some time later: a task that is over must not go on writing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { TuttiError } from '../../base/tutti-error.ts';
import { systemClock } from '../../base/clock.ts';

/** What to run, and its limits. */
export interface ProcessRequest {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Written to standard input, which is then closed. */
  readonly input: string;
  readonly signal: AbortSignal;
  readonly killAfterMs: number;
  /** Bytes of standard output and standard error together. */
  readonly outputMax: number;
  /** Told each line of standard error when it is complete. */
  readonly onLine: (line: string) => void;
}

/** How it ended. */
export interface ProcessEnd {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output. */
  readonly output: string;
  /** The last lines of standard error, for messages. */
  readonly lastLines: readonly string[];
  /** Whether it was stopped because it printed too much. */
  readonly isTooLong: boolean;
}

/** How many lines of standard error a message quotes. */
const lastLinesMax = 5;
/** How much of one line is kept. Characters. */
const lineMax = 2_000;

/** @throws TUTTI_COMMAND_MISSING when it cannot be started, or the reason of the signal. */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  request.signal.throwIfAborted();
  const { command, args = [], env, cwd } = request;
  const child = spawn(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that what the program starts can be stopped with it.
    detached: true,
  });
  const stop = stopper(child, request.killAfterMs);
  request.signal.addEventListener('abort', stop, { once: true });
  try {
    const end = await collect(child, request, stop);
    request.signal.throwIfAborted();
    return end;
  } finally {
    request.signal.removeEventListener('abort', stop);
  }
}

/** How to stop it: politely first. */
function stopper(child: ChildProcess, killAfterMs: number): () => void {
  return () => {
    signalGroup(child, 'SIGTERM');
    const timer = systemClock.setTimer(killAfterMs, () => signalGroup(child, 'SIGKILL'));
    child.once('close', () => timer.cancel());
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself in the meantime.
  }
}

function collect(child: ChildProcess, request: ProcessRequest, stop: () => void): Promise<ProcessEnd> {
  const output: Buffer[] = [];
  const lines = new Lines(request.onLine);
  let bytes = 0;
  let isTooLong = false;
  const take = (chunk: Buffer): boolean => {
    bytes += chunk.length;
    if (bytes <= request.outputMax) return true;
    if (!isTooLong) stop();
    isTooLong = true;
    return false;
  };
  child.stdout?.on('data', (chunk: Buffer) => {
    if (take(chunk)) output.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (take(chunk)) lines.add(chunk.toString('utf8'));
  });
  // A program that does not read its input closes the pipe; that is its business.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(request.input);
  const { promise, resolve, reject } = Promise.withResolvers<ProcessEnd>();
  child.once('error', (error) => reject(missing(request, error)));
  child.once('close', (exitCode, signal) => {
    lines.flush();
    const text = Buffer.concat(output).toString('utf8');
    resolve({ exitCode, signal, output: text, lastLines: lines.last, isTooLong });
  });
  return promise;
}

function missing(request: ProcessRequest, cause: Error): Error {
  const where = request.cwd === undefined ? '' : ` in ${request.cwd}`;
  const isAbsent = 'code' in cause && cause.code === 'ENOENT';
  // Node says the same of a command and of a working directory that is not there.
  const place = request.cwd === undefined ? '' : ', or no such directory';
  const why = isAbsent ? `there is no such command on the PATH${place}` : cause.message;
  return new TuttiError(
    'TUTTI_COMMAND_MISSING',
    `"${request.command}"${where} could not be started: ${why}`,
    { cause, details: { command: request.command } },
  );
}

/** Cuts a stream of text into lines, and remembers the last few. */
class Lines {
  readonly last: string[] = [];
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = (parts.pop() ?? '').slice(-lineMax);
    for (const line of parts) this.#emit(line);
  }

  flush(): void {
    if (this.#rest !== '') this.#emit(this.#rest);
    this.#rest = '';
  }

  #emit(line: string): void {
    const kept = line.slice(0, lineMax);
    this.last.push(kept);
    if (this.last.length > lastLinesMax) this.last.shift();
    this.#onLine(kept);
  }
}
