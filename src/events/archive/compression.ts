/** How archives are compressed: not at all, with gzip, or with Zstandard. */
import type { Duplex } from 'node:stream';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';

/** A way to compress. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** What the name of a file asks for: `.gz`, `.zst`, or else nothing. */
export function compressionOfName(name: string): Compression {
  if (name.endsWith('.gz')) return 'gzip';
  return name.endsWith('.zst') ? 'zstd' : 'none';
}

/** How many bytes {@link compressionOfBytes} looks at. */
export const magicBytes = 4;

/** What a file is, by its first bytes, whatever it is called. RFC 1952 section 2.3.1, RFC 8878 section 3.1.1. */
export function compressionOfBytes(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : 'none';
}

/** What compresses; null for nothing. */
export function compressor(compression: Compression): Duplex | null {
  if (compression === 'gzip') return createGzip();
  return compression === 'zstd' ? createZstdCompress() : null;
}

/** What gives the bytes back; null for nothing. Fails when the bytes end early or are damaged. */
export function decompressor(compression: Compression): Duplex | null {
  if (compression === 'gzip') return createGunzip();
  return compression === 'zstd' ? createZstdDecompress() : null;
}
