import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { TuttiError } from '../../base/tutti-error.ts';
import type { BadLine } from '../../events/index.ts';

/** What the first line of such a file begins with. */
const beginning = '{"file":';

/** Where lines of archives that cannot be published go. */
export interface SkippedLines {
  write(file: string, bad: BadLine, text: string): void;
  close(): void;
}

/**
 * Opens the file for lines that are left out, one JSON object a line: file, line, code, message, text. One that a former try
 * wrote is written anew; any other is left alone.
 *
 * @throws TUTTI_OPTION_INVALID when it is another file, or cannot be written.
 */
export function openSkippedLines(path: string): SkippedLines {
  let file: number;
  try {
    refuseOther(path);
    file = openSync(path, 'w');
  } catch (cause) {
    if (cause instanceof TuttiError) throw cause;
    throw new TuttiError('TUTTI_OPTION_INVALID', `The file ${path} cannot be written: ${String(cause)}`, {
      cause,
    });
  }
  return {
    write: (from, bad, text) => void writeSync(file, `${JSON.stringify({ file: from, ...bad, text })}\n`),
    close: () => closeSync(file),
  };
}

function refuseOther(path: string): void {
  const file = openSync(path, 'a+');
  try {
    const head = Buffer.alloc(beginning.length);
    const bytes = readSync(file, head, 0, head.length, 0);
    if (bytes === 0 || head.toString() === beginning) return;
  } finally {
    closeSync(file);
  }
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `The file ${path} is there and holds something else than lines left out; expected a new name.`,
  );
}
