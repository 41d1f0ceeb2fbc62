import { TuttiError } from '../../base/tutti-error.ts';
import {
  checkArchive,
  type ArchiveToImport,
  type BadLine,
  type CheckedArchive,
  type ImportSteps,
} from '../../events/index.ts';
import type { Output } from '../output.ts';
import { readArchive } from './read-archive.ts';
import { openSkippedLines } from './skipped-lines.ts';

/** Of bad lines so many are told. */
const badLinesShown = 20;

/** Which files, for where. */
export interface FilesToCheck {
  readonly files: readonly string[];
  readonly what: Omit<ArchiveToImport, 'text'>;
  /** Where to write bad lines; undefined to refuse them. */
  readonly skipBad: string | undefined;
  /** Nothing is to be published: then bad lines are told, not refused. */
  readonly isDryRun: boolean;
  readonly out: Output;
  readonly signal: AbortSignal;
}

/** A file whose lines were all checked. */
export interface CheckedFile {
  readonly file: string;
  readonly what: ArchiveToImport;
  readonly checked: CheckedArchive;
}

/** @throws TUTTI_EVENT_INVALID when a line of any file cannot be published and bad ones are refused; what reading throws. */
export async function checkFiles(request: FilesToCheck): Promise<readonly CheckedFile[]> {
  const { files, what, skipBad, isDryRun, out, signal } = request;
  const skipped = skipBad === undefined ? null : openSkippedLines(skipBad);
  const checked: CheckedFile[] = [];
  let badLines = 0;
  try {
    for (const file of files) {
      const steps: ImportSteps = {
        signal,
        onProgress: (lines) => out.progress(`${file}: ${lines} lines checked`),
        onBad: (bad: BadLine, text: string) => {
          badLines += 1;
          skipped?.write(file, bad, text);
          if (badLines <= badLinesShown) out.note(`${file}:${bad.line} ${bad.code} ${bad.message}`);
        },
      };
      const toImport = { ...what, text: () => readArchive(file) };
      checked.push({ file, what: toImport, checked: await checkArchive(toImport, steps) });
    }
  } finally {
    skipped?.close();
    out.progress('');
  }
  if (badLines === 0 || skipped !== null || isDryRun) return checked;
  throw new TuttiError(
    'TUTTI_EVENT_INVALID',
    `${badLines} ${badLines === 1 ? 'line' : 'lines'} cannot be published, so nothing was; correct them, or leave them out with --skip-bad <file>.`,
    { details: { badLines } },
  );
}
