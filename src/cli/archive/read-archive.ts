import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { TuttiError } from '../../base/tutti-error.ts';
import { compressionOfBytes, decompressor, linesOf, magicBytes } from '../../events/index.ts';

/**
 * The lines of a file, decompressed by what its first bytes say. Each call reads it from the beginning.
 *
 * @throws TUTTI_OPTION_INVALID when it cannot be read, TUTTI_ARCHIVE_DAMAGED when it ends early.
 */
export async function* readArchive(path: string): AsyncGenerator<string> {
  const unpacked = decompressor(compressionOfBytes(await headOf(path)));
  const file = createReadStream(path);
  if (unpacked === null) {
    yield* linesOf(file as AsyncIterable<Uint8Array>);
    return;
  }
  file.on('error', (error) => unpacked.destroy(error));
  try {
    yield* linesOf(piecesOf(file.pipe(unpacked), path));
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

async function* piecesOf(unpacked: Duplex, path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of unpacked) yield piece as Uint8Array;
  } catch (cause) {
    throw new TuttiError(
      'TUTTI_ARCHIVE_DAMAGED',
      `The archive ${path} cannot be read to its end: ${String(cause)}`,
      { cause },
    );
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const head = new Uint8Array(magicBytes);
      const { bytesRead } = await file.read(head, 0, magicBytes, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The file ${path} cannot be read: ${String(cause)}`, {
      cause,
    });
  }
}
