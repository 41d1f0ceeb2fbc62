import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';

/** Room is made as soon as less than this is left. Bytes: several times what the commit of a single step writes. */
const marginBytes = 128 * 1024;
const pauseCommits = 1_000;

/**
 * Room ahead of the write-ahead log's end, filled with zeros. A sync that makes a file longer must also write the file
 * system's own journal; one that only overwrites need not, and takes about half as long
 * (docs/decisions/0014-room-in-the-log.md). SQLite reads a log up to the first frame whose checksum does not fit, so zeros
 * behind the last frame mean nothing to it, just as the frames of an earlier lap do.
 *
 * Nothing depends on this: where room cannot be made, commits are slower and as safe.
 */
export class LogRoom {
  readonly #path: string;
  readonly #zeros: Buffer;
  #file: number | null = null;
  /** For how many commits no room is made after it failed. */
  #pause = 0;

  /** `databaseFile`: the path of the database; its log lies beside it. `stepBytes`: how much is written at a time. */
  constructor(databaseFile: string, stepBytes: number) {
    this.#path = `${databaseFile}-wal`;
    this.#zeros = Buffer.alloc(stepBytes);
  }

  /**
   * Makes room behind the first `usedBytes` of the log if little is left. To be called within a write transaction only: its
   * lock keeps every other connection from writing at the end of the log meanwhile. Never throws.
   */
  keep(usedBytes: number): void {
    if (this.#pause > 0) {
      this.#pause -= 1;
      return;
    }
    try {
      // The log is there as long as a connection is open, so the descriptor stays that of the log. Closing one does not
      // drop locks: SQLite has them on the database file and its index of the log.
      this.#file ??= openSync(this.#path, 'r+');
      const { size } = fstatSync(this.#file);
      if (size - usedBytes < marginBytes) writeSync(this.#file, this.#zeros, 0, this.#zeros.length, size);
    } catch {
      // A full disk most likely: the commit itself will find out, and say so.
      this.#pause = pauseCommits;
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
