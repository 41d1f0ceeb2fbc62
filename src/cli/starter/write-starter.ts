import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TuttiError } from '../../base/tutti-error.ts';
import type { StarterFile } from './starter-file.ts';

/**
 * Writes a project into a directory that is new or empty. Interrupted half-way, it leaves a directory that the next call
 * refuses: delete it.
 *
 * @throws TUTTI_DIRECTORY_NOT_EMPTY: nothing was written.
 */
export function writeStarter(directory: string, files: readonly StarterFile[]): void {
  const present = existsSync(directory) ? readdirSync(directory).filter((name) => name !== '.git') : [];
  if (present.length > 0) {
    throw new TuttiError(
      'TUTTI_DIRECTORY_NOT_EMPTY',
      `The directory ${directory} holds ${present.slice(0, 3).join(', ')}${present.length > 3 ? ' and more' : ''}; expected an empty or a new one.`,
      { details: { directory } },
    );
  }
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}
