/**
 * Imports an archive through the client of an engine, in this process or another: first all lines are checked, then all are
 * published. It may be killed anywhere and begun again: what was published is known where it was published (A1).
 */
import { createHash } from 'node:crypto';
import { TuttiError } from '../../base/tutti-error.ts';
import type {
  ArchiveChunk,
  ArchiveLines,
  BadLine,
  CheckedLines,
  ImportedChunk,
  ImportOptions,
} from './archive-chunk.ts';
import type { Pace } from './pace.ts';

/** Where archives are imported. */
interface ArchiveTarget {
  checkArchive(topic: string, lines: ArchiveLines): Promise<CheckedLines>;
  importArchive(topic: string, chunk: ArchiveChunk): Promise<ImportedChunk>;
}

/** Lines as an archive holds them, from the first on, each time it is called. */
type ArchiveText = () => AsyncIterable<string>;

/** An archive that was read once. */
export interface CheckedArchive {
  /** Of its lines, however they are compressed. SHA-256 in hex. */
  readonly digest: string;
  readonly lines: number;
  /** How many of them could be published. */
  readonly events: number;
  /** How many could not. */
  readonly badLines: number;
}

/** How an import goes on. */
export interface ImportSteps {
  /** Called with the lines done so far. */
  readonly onProgress?: (lines: number) => void;
  /** Called with each line that cannot be published, and its text. */
  readonly onBad?: (bad: BadLine, text: string) => void;
  /** Ends the import between two chunks. */
  readonly signal: AbortSignal;
}

/** What an import did. */
export interface ImportReport {
  readonly archive: string;
  readonly lines: number;
  /** Published now; duplicates are among them. */
  readonly events: number;
  readonly duplicates: number;
  readonly badLines: number;
  /** Lines that a former try of this import had done. */
  readonly doneBefore: number;
  /** False if it was stopped: the same call goes on. */
  readonly isComplete: boolean;
}

/** What is imported where. */
export interface ArchiveToImport {
  readonly target: ArchiveTarget;
  readonly topic: string;
  readonly text: ArchiveText;
  readonly options: ImportOptions;
}

const linesMax = 500;
/** Characters of one chunk, so that it fits into a request; a longer line goes alone. */
const charactersMax = 1 << 19;

/** Reads and checks all lines; publishes nothing. @throws TUTTI_ARCHIVE_DAMAGED, TUTTI_TOPIC_NOT_FOUND */
export async function checkArchive(what: ArchiveToImport, steps: ImportSteps): Promise<CheckedArchive> {
  const { target, topic, text, options } = what;
  const hash = createHash('sha256');
  let [lines, events, badLines] = [0, 0, 0];
  for await (const chunk of chunksOf(text(), linesMax)) {
    for (const line of chunk.lines) hash.update(line).update('\n');
    const checked = await target.checkArchive(topic, { ...options, ...chunk });
    for (const bad of checked.bad) steps.onBad?.(bad, chunk.lines[bad.line - chunk.line] ?? '');
    lines += chunk.lines.length;
    events += checked.events;
    badLines += checked.bad.length;
    steps.onProgress?.(lines);
    if (steps.signal.aborted) break;
  }
  return { digest: hash.digest('hex'), lines, events, badLines };
}

/**
 * Publishes the lines that were not published under this name before.
 *
 * @param archive Names the import for good: the same name and topic go on where they were.
 * @throws TUTTI_ARCHIVE_DAMAGED when its lines are not those that were checked, TUTTI_EVENT_INVALID when one that was fine then is not now:
 *   the chunks before are published.
 */
export async function publishArchive(
  what: ArchiveToImport & { readonly archive: string; readonly pace: Pace; readonly checked: CheckedArchive },
  steps: ImportSteps,
): Promise<ImportReport> {
  const { target, topic, text, options, archive, pace, checked } = what;
  const begun = await target.importArchive(topic, { archive, line: 1, lines: [] });
  const doneBefore = begun.next - 1;
  const hash = createHash('sha256');
  let [lines, events, duplicates, badLines] = [0, 0, 0, 0];
  for await (const chunk of chunksOf(text(), pace.atATime(linesMax))) {
    if (steps.signal.aborted) break;
    for (const line of chunk.lines) hash.update(line).update('\n');
    lines += chunk.lines.length;
    if (lines <= doneBefore) continue;
    const done = await target.importArchive(topic, { ...options, ...chunk, archive });
    if (done.next <= lines) throw changed(done.bad);
    events += done.events;
    duplicates += done.duplicates;
    badLines += done.bad.length;
    steps.onProgress?.(lines);
    await pace.after(done.events, steps.signal);
  }
  const isComplete = lines === checked.lines;
  if (!isComplete && !steps.signal.aborted) throw otherLines();
  if (isComplete && hash.digest('hex') !== checked.digest) throw otherLines();
  return {
    archive,
    lines,
    events,
    duplicates,
    badLines,
    doneBefore: Math.min(doneBefore, lines),
    isComplete,
  };
}

async function* chunksOf(
  lines: AsyncIterable<string>,
  most: number,
): AsyncGenerator<{ readonly line: number; readonly lines: readonly string[] }> {
  let first = 1;
  let chunk: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    if (chunk.length === most || (chunk.length > 0 && characters + line.length > charactersMax)) {
      yield { line: first, lines: chunk };
      first += chunk.length;
      chunk = [];
      characters = 0;
    }
    chunk.push(line);
    characters += line.length;
  }
  if (chunk.length > 0) yield { line: first, lines: chunk };
}

function changed([bad]: readonly BadLine[]): TuttiError {
  const what = bad === undefined ? '' : ` Line ${bad.line}: ${bad.message}`;
  return new TuttiError(
    'TUTTI_EVENT_INVALID',
    `A line of the archive that could be published when it was checked cannot be now.${what}`,
  );
}

function otherLines(): TuttiError {
  return new TuttiError(
    'TUTTI_ARCHIVE_DAMAGED',
    'The archive was changed while it was imported: its lines are not those that were checked.',
  );
}
