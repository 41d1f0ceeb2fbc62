/**
 * The import of archives into topics, in the engine's process. How far an import has come is a cell under its name and the
 * topic's; events and cell are one guarded group, which is one transaction.
 *
 * Invariants:
 * A1  A line is published once, however often its chunk is sent, by whomever and in chunks of whatever size.
 * A2  Events of one key keep the order of their lines: a chunk that would leave a gap is refused.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import { absentCell, type Engine, type GuardedResult, type TopicAppend } from '../../engine/index.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import type { EncodedEvent } from '../publish/encode-event.ts';
import type { ArchiveChunk, ArchiveLines, BadLine, CheckedLines, ImportedChunk } from './archive-chunk.ts';
import { readArchiveLine } from './archive-line.ts';
import { encodeArchived } from './encode-archived.ts';

const space = 'imports';
const linesMax = 1_000;
/** Tries of a chunk while others publish chunks of the same import. */
const triesMax = 50;
const namePattern = /^[\w.:-]{1,200}$/;

/** How far an import has come, as it is stored. */
interface Progress {
  /** Lines that are done, from the first on. */
  readonly lines: number;
  /** When the last of them were. Milliseconds since the epoch. */
  readonly at: number;
}

interface EncodedLines {
  readonly encoded: readonly EncodedEvent[];
  readonly bad: readonly BadLine[];
}

/** See the top of the file. */
export class ArchiveImport {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Says what could not be published; nothing is. @throws TUTTI_OPTION_INVALID */
  async check(topic: TopicSettings, lines: ArchiveLines): Promise<CheckedLines> {
    checkLines(lines);
    const { encoded, bad } = await this.#encode(topic, { ...lines, archive: 'check' });
    return { events: encoded.length, bad };
  }

  /**
   * Publishes lines that this import has not published yet. Without lines it only tells which come next.
   *
   * @throws TUTTI_OPTION_INVALID for a name that is none, or lines beyond the next one; TUTTI_STORE_*: nothing was published.
   */
  async publish(topic: TopicSettings, chunk: ArchiveChunk): Promise<ImportedChunk> {
    checkLines(chunk);
    checkName(chunk.archive);
    for (let tries = 0; tries < triesMax; tries += 1) {
      const done = await this.#tryOnce(topic, chunk);
      if (done !== null) return done;
    }
    throw new TuttiError('TUTTI_STORE_BUSY', `Import "${chunk.archive}" is under way elsewhere; try again.`);
  }

  /** Null if somebody else was faster. */
  async #tryOnce(topic: TopicSettings, chunk: ArchiveChunk): Promise<ImportedChunk | null> {
    const key = `${topic.name}/${chunk.archive}`;
    const cell = await this.#engine.store.getCell(space, key);
    const done = cell === null ? 0 : this.#progressOf(cell.value).lines;
    const nothing = { next: done + 1, events: 0, duplicates: 0, bad: [] };
    const end = chunk.line + chunk.lines.length - 1;
    if (end <= done) return nothing;
    if (chunk.line > done + 1) throw gap(chunk, done);
    const left = { ...chunk, line: done + 1, lines: chunk.lines.slice(done + 1 - chunk.line) };
    const { encoded, bad } = await this.#encode(topic, left);
    if (bad.length > 0 && chunk.skipBad !== true) return { ...nothing, bad };
    const at = this.#engine.clock.now();
    const progress: Progress = { lines: end, at };
    const result = await this.#engine.change({
      when: [{ space, key, version: cell?.version ?? absentCell }],
      cells: [{ space, key, value: JSON.stringify(progress) }],
      starts: [],
      sends: [],
      appends: appendsOf(topic, encoded, at),
    });
    if (!result.applied) return null;
    return { next: end + 1, events: encoded.length, duplicates: duplicatesOf(result), bad };
  }

  async #encode(
    topic: TopicSettings,
    { archive, line: first, lines, ...options }: ArchiveChunk,
  ): Promise<EncodedLines> {
    const now = this.#engine.clock.now();
    const encoded: EncodedEvent[] = [];
    const bad: BadLine[] = [];
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const line = first + index;
      try {
        const archived = readArchiveLine(topic, text);
        encoded.push(await encodeArchived(topic, archived, options, { archive, line, now }));
      } catch (error) {
        // Code of the topic may throw anything: its key, its names of duplicates, its schemas.
        const isOurs = error instanceof TuttiError;
        const message = isOurs ? error.message : String(error);
        bad.push({ line, code: isOurs ? error.code : 'TUTTI_EVENT_INVALID', message });
      }
    }
    return { encoded, bad };
  }

  #progressOf(value: Parameters<Engine['payloads']['textNow']>[0]): Progress {
    return JSON.parse(this.#engine.payloads.textNow(value) ?? 'null') as Progress;
  }
}

function appendsOf(
  topic: TopicSettings,
  encoded: readonly EncodedEvent[],
  at: number,
): readonly Omit<TopicAppend, 'producer'>[] {
  return [...Map.groupBy(encoded, ({ partition }) => partition)].map(([partition, group]) => ({
    topic: topic.name,
    partition,
    at,
    records: group.map(({ draft }) => draft),
    ...(topic.dedupe === null ? {} : { dedupeUntil: at + topic.dedupe.withinMs }),
  }));
}

function duplicatesOf({ appends }: GuardedResult): number {
  return appends.reduce((sum, { duplicates }) => sum + duplicates.length, 0);
}

function checkLines({ line, lines }: ArchiveLines): void {
  if (!Number.isSafeInteger(line) || line < 1) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The number of a line is ${line}; expected 1 or more.`);
  }
  if (lines.length <= linesMax) return;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `${lines.length} lines of an archive were given at a time; expected at most ${linesMax}.`,
  );
}

function checkName(archive: string): void {
  if (namePattern.test(archive)) return;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `The name of an import is ${JSON.stringify(archive)}; expected 1 to 200 letters, digits and "._:-".`,
  );
}

function gap({ archive, line }: ArchiveChunk, done: number): TuttiError {
  return new TuttiError(
    'TUTTI_OPTION_INVALID',
    `Import "${archive}" is given line ${line}, which would leave a gap; expected at most line ${done + 1}.`,
    { details: { archive, line, next: done + 1 } },
  );
}
