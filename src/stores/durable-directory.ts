import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Creates a directory with its parents so that they are still there after a power cut: the entry of each new directory
 * is synced in its parent. Does nothing if it exists.
 */
export function createDurableDirectory(directory: string): void {
  const path = resolve(directory);
  const firstCreated = mkdirSync(path, { recursive: true });
  if (firstCreated === undefined) return;
  const top = dirname(resolve(firstCreated));
  for (let current = path; current !== top; current = dirname(current)) syncDirectory(dirname(current));
}

/** Makes created, renamed and deleted entries of a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  // Windows has no handle to sync for a directory, and makes renames durable by itself.
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
