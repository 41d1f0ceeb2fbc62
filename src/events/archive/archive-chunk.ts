/** What an import sends, some lines at a time. Numbers of lines count from 1, empty ones too. */

/** How the events of an archive are published. */
export interface ImportOptions {
  /** `keep` the ids, or give `new` ones, which are the same in every try. Default `keep`. */
  readonly ids?: 'keep' | 'new';
  /** `keep` time and expiry, or take the time of the import as `new` time. Default `keep`. */
  readonly times?: 'keep' | 'new';
  /** Leave out lines that cannot be published, instead of refusing all. Default false. */
  readonly skipBad?: boolean;
  /** Do not check data by its schema. Default false. */
  readonly unchecked?: boolean;
}

/** Lines of an archive to be checked. */
export interface ArchiveLines extends ImportOptions {
  /** Number of the first of them. */
  readonly line: number;
  /** At most 1,000. */
  readonly lines: readonly string[];
}

/** Lines of an archive to be published. */
export interface ArchiveChunk extends ArchiveLines {
  /** Names the import: what was published under it is not published again. 1 to 200 letters, digits and `._:-`. */
  readonly archive: string;
}

/** A line that cannot be published. */
export interface BadLine {
  readonly line: number;
  readonly code: string;
  readonly message: string;
}

/** What a check found. */
export interface CheckedLines {
  /** How many could be published. */
  readonly events: number;
  readonly bad: readonly BadLine[];
}

/** What became of a chunk. */
export interface ImportedChunk {
  /** The first line that this import has not published or passed over yet. */
  readonly next: number;
  /** How many events of the chunk were published now. */
  readonly events: number;
  /** Of these, how many the topic knew within its window of duplicates; they were not stored. */
  readonly duplicates: number;
  /** Lines passed over. Without `skipBad`: why nothing of the chunk was published. */
  readonly bad: readonly BadLine[];
}
