/**
 * Keeps one child with the user's code running, and replaces it when a file of theirs changes.
 *
 * Owns: the child process, the watch on the files.
 * In: file changes, the child's reports and end, the wish to stop. Out: notes on stderr.
 *
 * D1  At most one child runs: the old one has ended before the next is started, so they never meet at the port or in engine.json.
 * D2  Changes during a replacement lead to one more replacement.
 * D3  A child that ends by itself is started again by the next change only: restarting broken code at once would only repeat it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { fromErrorRecord } from '../../base/error-record.ts';
import { isTuttiError } from '../../base/tutti-error.ts';
import type { Output } from '../output.ts';
import { FileWatch } from './file-watch.ts';
import type { ChildReport, ServeRequest } from './messages.ts';

/** How long a child may take to stop gracefully before it is killed; its runs lose nothing by that (I1). */
const stopTimeoutMs = 10_000;

/** What a {@link Supervisor} needs. */
export interface SupervisorOptions {
  readonly request: ServeRequest;
  readonly out: Output;
  readonly clock: Clock;
  readonly reportError: (error: unknown) => void;
}

/** See the head of this file. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #watch: FileWatch;
  #child: ChildProcess | undefined;
  #replacing: Promise<void> | undefined;
  #isStopping = false;
  /** Kept over replacements, so that the address does not change under open consoles. */
  #port: number | undefined;
  readonly #fatal: PromiseWithResolvers<never> = Promise.withResolvers<never>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#port = options.request.serving.port;
    this.#watch = new FileWatch(options.clock, (path) => this.#onChange(path));
    for (const module of options.request.modules) this.#watch.add(module);
    this.#fatal.promise.catch(() => undefined);
  }

  /** Runs until `stop` is aborted. Rejects with what keeps the first child from starting, if that is not the user's code. */
  async run(stop: AbortSignal): Promise<void> {
    this.#startChild();
    try {
      if (!stop.aborted) await Promise.race([once(stop, 'abort'), this.#fatal.promise]);
    } finally {
      this.#isStopping = true;
      this.#watch.close();
      await this.#replacing;
      await this.#stopChild();
    }
  }

  #onChange(path: string): void {
    if (this.#isStopping) return;
    this.#options.out.note(`${relative('.', path)} changed: loading anew.`);
    // D2: whoever comes while a replacement runs queues one behind it.
    this.#replacing = (this.#replacing ?? Promise.resolve()).then(() => this.#replaceChild());
  }

  async #replaceChild(): Promise<void> {
    await this.#stopChild();
    if (!this.#isStopping) this.#startChild();
  }

  #startChild(): void {
    const file = import.meta.url.endsWith('.ts') ? './dev-process.ts' : './dev-process.js';
    const child = fork(new URL(file, import.meta.url), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => this.#onReport(message as ChildReport));
    child.on('exit', (code, signal) => this.#onExit(child, signal ?? `code ${code}`));
    const { request } = this.#options;
    child.send({
      ...request,
      serving: { ...request.serving, ...(this.#port === undefined ? {} : { port: this.#port }) },
    });
  }

  async #stopChild(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = this.#options.clock.setTimer(stopTimeoutMs, () => child.kill('SIGKILL'));
    await ended;
    timer.cancel();
  }

  #onReport(report: ChildReport): void {
    if (report.kind === 'file') this.#watch.add(report.path);
    else if (report.kind === 'failed') this.#onFailure(fromErrorRecord(report.error));
    else this.#onReady(report);
  }

  #onReady({ url, definitions, failures }: Extract<ChildReport, { kind: 'ready' }>): void {
    const { out, reportError } = this.#options;
    const isFirst = this.#port === undefined || this.#port === this.#options.request.serving.port;
    this.#port = Number(new URL(url).port);
    for (const failure of failures) reportError(fromErrorRecord(failure));
    const names = definitions.length === 0 ? 'none' : definitions.join(', ');
    out.note(`${isFirst ? 'Running' : 'Running again'} on ${url}. Definitions: ${names}.`);
  }

  #onFailure(error: Error): void {
    const isTheirs = isTuttiError(error) && error.code.startsWith('TUTTI_DEFINITION_');
    if (!isTheirs) {
      this.#fatal.reject(error);
      return;
    }
    this.#options.reportError(error);
  }

  #onExit(child: ChildProcess, how: string): void {
    if (this.#isStopping || this.#child !== child) return;
    // D3
    this.#child = undefined;
    this.#options.out.note(`The process with your code ended (${how}); it starts again when a file changes.`);
  }
}
