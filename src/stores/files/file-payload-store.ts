/**
 * Payloads above the inline threshold as files: `<directory>/<2 characters>/<hash of the run id>/<hash of the bytes>`.
 *
 * A file appears under its name only when it is whole and synced: it is written under a temporary name, synced, renamed, and its
 * directory synced. A crash half-way leaves a temporary file, which goes with its run. Nothing is ever overwritten with other
 * bytes, since the name is the hash of the content.
 */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { ErrorCode } from '../../base/error-codes.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { PayloadStore } from '../../engine/index.ts';
import { createDurableDirectory, syncDirectory } from '../durable-directory.ts';

/** Where to keep the files. */
export interface FilePayloadStoreOptions {
  /** Created, with its parents, at the first payload. */
  readonly directory: string;
}

/** What a reference looks like; anything else is refused before it becomes a path. */
const referencePattern = /^([0-9a-f]{32})\/([0-9a-f]{64})$/;

const codesBySystemError: ReadonlyMap<string, ErrorCode> = new Map([
  ['ENOSPC', 'TUTTI_STORE_FULL'],
  ['EDQUOT', 'TUTTI_STORE_FULL'],
  ['EROFS', 'TUTTI_STORE_READ_ONLY'],
  ['EACCES', 'TUTTI_STORE_READ_ONLY'],
  ['EPERM', 'TUTTI_STORE_READ_ONLY'],
]);

/** A {@link PayloadStore} in files below one directory. Several processes may use the same directory. */
export function createFilePayloadStore(options: FilePayloadStoreOptions): PayloadStore {
  return new FilePayloadStore(resolve(options.directory));
}

class FilePayloadStore implements PayloadStore {
  readonly #directory: string;
  #writes = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async put(runId: string, bytes: Uint8Array): Promise<string> {
    const run = hash(runId).slice(0, 32);
    const content = hash(bytes);
    const directory = this.#directoryOf(run);
    try {
      createDurableDirectory(directory);
      const path = join(directory, content);
      if (!(await isWhole(path, bytes.length))) await this.#write(path, bytes);
      // Also when the file was there: whoever put it may not have come to this line.
      syncDirectory(directory);
    } catch (error) {
      throw writeError(error, runId, bytes.length);
    }
    return `${run}/${content}`;
  }

  async get(reference: string): Promise<Uint8Array> {
    const [, run, content] = referencePattern.exec(reference) ?? [];
    if (run === undefined || content === undefined) {
      throw new TuttiError(
        'TUTTI_STORE_FAILED',
        `The payload reference ${reference} is not one of this store.`,
      );
    }
    const bytes = await this.#read(reference, join(this.#directoryOf(run), content));
    const found = hash(bytes);
    if (found === content) return bytes;
    throw new TuttiError(
      'TUTTI_STORE_FAILED',
      `The payload ${reference} is damaged: expected content hash ${content}, got ${found}.`,
    );
  }

  async deleteRuns(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) {
      await rm(this.#directoryOf(hash(runId).slice(0, 32)), { recursive: true, force: true });
    }
  }

  #directoryOf(run: string): string {
    return join(this.#directory, run.slice(0, 2), run);
  }

  async #read(reference: string, path: string): Promise<Uint8Array> {
    try {
      const buffer = await readFile(path);
      return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    } catch (error) {
      throw new TuttiError('TUTTI_STORE_FAILED', `The payload ${reference} cannot be read.`, {
        cause: error,
      });
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    this.#writes += 1;
    // Unique among everything alive; the same name left by a dead process may be overwritten.
    const temporary = `${path}.${process.pid}-${threadId}-${this.#writes}.tmp`;
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  }
}

/** Whether the file is there; a file cut short by a damaged disk is written again. */
async function isWhole(path: string, length: number): Promise<boolean> {
  try {
    return (await stat(path)).size === length;
  } catch {
    return false;
  }
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function writeError(error: unknown, runId: string, length: number): TuttiError {
  const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
  const code = codesBySystemError.get(systemCode) ?? 'TUTTI_STORE_FAILED';
  return new TuttiError(code, `A payload of ${length} bytes for run ${runId} could not be stored.`, {
    cause: error,
  });
}
