/**
 * Where one engine's files lie: the database, and beside it what other commands need to find the engine.
 *
 *   tutti.db       the store
 *   engine.json    0600; where the running engine answers. Removed when it stops, recognised as stale by asking it.
 *   modules.json   the modules the last engine was started with, so that commands can check inputs without it
 *   token          0600; the bearer token, kept over restarts
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { renameSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { Random } from '../base/random.ts';

/** What engine.json holds. */
export interface EngineFile {
  readonly url: string;
  readonly token: string | null;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Also answered by `/health`. */
  readonly instance: string;
  /** The database the engine works on; a directory may hold several. */
  readonly store: string;
}

/** The default directory, in the current one. */
const defaultDirectory = '.tutti';

const databaseName = 'tutti.db';

/** The place of an engine's files. */
export class StoreDirectory {
  /** Absolute path of the directory. */
  readonly directory: string;
  /** Absolute path of the database, or `:memory:`. */
  readonly store: string;
  /** The place as the user named it; undefined for the default. */
  readonly named: string | undefined;

  /** @param named A directory, a database file (known by its ending or because it exists), or `:memory:`. */
  constructor(named: string | undefined) {
    this.named = named;
    if (named === ':memory:') {
      this.directory = resolve(defaultDirectory);
      this.store = named;
      return;
    }
    const path = resolve(named ?? defaultDirectory);
    const isFile = existsSync(path) ? !statSync(path).isDirectory() : extname(basename(path)) !== '';
    this.directory = isFile ? dirname(path) : path;
    this.store = isFile ? path : join(path, databaseName);
  }

  /** Whether there is a database to open. */
  hasStore(): boolean {
    return this.store !== ':memory:' && existsSync(this.store);
  }

  /** The engine that said it works on this database; it may be gone. */
  readEngine(): EngineFile | undefined {
    const file = this.#read('engine.json') as Partial<EngineFile> | undefined;
    if (file === undefined || typeof file.url !== 'string' || file.store !== this.store) return undefined;
    return file as EngineFile;
  }

  /** Says where the engine answers. */
  writeEngine(file: Omit<EngineFile, 'store'>): void {
    this.#write('engine.json', { ...file, store: this.store }, 0o600);
  }

  /** Withdraws what {@link writeEngine} said, unless another engine has taken its place. */
  removeEngine(instance: string): void {
    const file = this.#read('engine.json') as Partial<EngineFile> | undefined;
    if (file?.instance === instance) rmSync(join(this.directory, 'engine.json'), { force: true });
  }

  /** Absolute paths of the modules of the last engine. */
  readModules(): readonly string[] {
    const file = this.#read('modules.json') as { modules?: unknown } | undefined;
    return Array.isArray(file?.modules) ? file.modules.map(String) : [];
  }

  /** Remembers the modules an engine is started with. */
  writeModules(modules: readonly string[]): void {
    this.#write('modules.json', { modules }, 0o644);
  }

  /** Absolute path of the file that holds the bearer token of this directory. */
  get tokenFile(): string {
    return join(this.directory, 'token');
  }

  /** The bearer token of this directory, made at the first call. */
  readToken(random: Random): string {
    const path = this.tokenFile;
    if (existsSync(path)) {
      const token = readFileSync(path, 'utf8').trim();
      if (token !== '') return token;
    }
    const token = Array.from({ length: 8 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
    this.#writeText('token', `${token}\n`, 0o600);
    return token;
  }

  #read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.directory, name), 'utf8')) as unknown;
    } catch {
      // Missing, half gone or not ours: all mean that there is nothing to learn from it.
      return undefined;
    }
  }

  #write(name: string, content: object, mode: number): void {
    this.#writeText(name, `${JSON.stringify(content, null, 2)}\n`, mode);
  }

  /** Written aside and renamed, so that no reader sees half a file. */
  #writeText(name: string, text: string, mode: number): void {
    mkdirSync(this.directory, { recursive: true });
    const path = join(this.directory, name);
    const aside = `${path}.${process.pid}.new`;
    writeFileSync(aside, text, { mode });
    renameSync(aside, path);
  }
}
