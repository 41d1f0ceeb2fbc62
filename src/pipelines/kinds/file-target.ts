import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Target } from '../target.ts';

/** A file that says whether a task's work is done. */
export interface FileTarget extends Target<string> {
  readonly path: string;
  /**
   * Writes the file whole: under another name in the same directory, flushed to disk, then renamed. A reader sees the old file
   * or the new one, also after a crash.
   */
  write(content: string | Uint8Array): Promise<string>;
}

/** The target of a task whose output is a file. The task results in its path. */
export function fileTarget(path: string): FileTarget {
  return {
    name: path,
    path,
    exists: async () => (await stat(path).catch(() => null))?.isFile() === true,
    read: () => path,
    write: async (content) => {
      const directory = dirname(path);
      await mkdir(directory, { recursive: true });
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      try {
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
        await syncDirectory(directory);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      return path;
    },
  };
}

/** Makes the new name durable. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
