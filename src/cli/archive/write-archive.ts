import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TuttiError } from '../../base/tutti-error.ts';
import { compressionOfName, compressor } from '../../events/index.ts';

/** Where to write. */
export interface ArchiveFile {
  readonly path: string;
  /** Tells what is being written apart from what others write under the same name. */
  readonly id: string;
  /** Whether a file of this name may be replaced. */
  readonly mayReplace: boolean;
  /** Aborted when the command is to stop. */
  readonly signal: AbortSignal;
}

/**
 * Writes text to a file, compressed as its name says, and resolves to its size in bytes. It is written under a name of its
 * own beside it, synced, and renamed when it is whole: whatever stops this, no file of the wanted name is a part of one.
 *
 * @throws TUTTI_OPTION_INVALID when the file is there or cannot be written; what the text throws. Nothing is left then.
 */
export async function writeArchive(
  text: AsyncIterable<string>,
  { path, id, mayReplace, signal }: ArchiveFile,
): Promise<number> {
  refuseExisting(path, mayReplace);
  const partial = `${path}.${id}.part`;
  try {
    await writeSynced(text, partial, compressionOfName(path), signal);
    refuseExisting(path, mayReplace);
    await rename(partial, path);
    await syncDirectory(dirname(path));
    return (await stat(path)).size;
  } catch (error) {
    await rm(partial, { force: true });
    throw asRefusal(error, path);
  }
}

async function writeSynced(
  text: AsyncIterable<string>,
  partial: string,
  compression: ReturnType<typeof compressionOfName>,
  signal: AbortSignal,
): Promise<void> {
  const source = Readable.from(text, { objectMode: true, highWaterMark: 1 });
  const file = createWriteStream(partial, { flags: 'wx', flush: true });
  const packed = compressor(compression);
  if (packed === null) await pipeline(source, file, { signal });
  else await pipeline(source, packed, file, { signal });
}

/** The new name itself must survive a power cut. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function refuseExisting(path: string, mayReplace: boolean): void {
  if (mayReplace || !existsSync(path)) return;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `The file ${path} is there already; expected a new name, or --force.`,
  );
}

function asRefusal(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // What the file system says: ENOENT, EACCES, ENOSPC. An engine's error has a code of ours.
  if (!/^E[A-Z]+$/.test(code)) return error;
  return new TuttiError('TUTTI_OPTION_INVALID', `The file ${path} cannot be written: ${String(error)}`, {
    cause: error,
  });
}
