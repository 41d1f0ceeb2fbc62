/**
 * One connection to one database file: opening it without harming what is not ours, and write transactions.
 *
 * Owns: the `DatabaseSync`, its settings, the begin/commit/rollback discipline. Knows no table.
 *
 * The database file is only ever opened through SQLite, never through `fs`: closing any other descriptor of the file
 * would drop the POSIX locks of every SQLite connection in this process, and another process could then delete the
 * write-ahead log under it (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { TuttiError } from '../../base/tutti-error.ts';
import { createDurableDirectory } from '../durable-directory.ts';
import { isWritable, sqliteCode, storeError } from './errors.ts';
import { applicationId, migrate, readVersion, refuseNewer } from './migrate.ts';
import type { WriteHooks, WritePoint } from './write-points.ts';

/** Bytes per page: rows of a commit fill fewer, larger pages (docs/decisions/0003-journal-layout.md). */
export const pageBytes = 8192;

/** A database in memory: gone with the process, for tests and trials. */
export const inMemory = ':memory:';

/** What {@link openConnection} needs. */
export interface ConnectionOptions {
  /** Absolute path, or `:memory:`. */
  readonly file: string;
  /** How long a statement waits, blocking its thread, for another connection's lock. */
  readonly busyTimeoutMs: number;
  readonly hooks: WriteHooks;
}

/** SQLITE_IOERR: the low byte of every I/O error's code. */
const ioError = 10;

/** An open, migrated connection. Not shared between threads. */
export class Connection {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly #onWrite: ((point: WritePoint) => void) | undefined;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  /** Why the connection can no longer be used; null while it can. */
  #broken: unknown = null;

  constructor(db: DatabaseSync, file: string, hooks: WriteHooks) {
    this.db = db;
    this.file = file;
    this.#onWrite = hooks.onWrite?.bind(hooks);
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#rollback = db.prepare('rollback');
  }

  /** Tells the test hook, if there is one, that a boundary was reached. */
  reached(point: WritePoint): void {
    this.#onWrite?.(point);
  }

  /**
   * Runs `body` in one write transaction. When this returns the changes are on disk; when it throws they are not there
   * and the connection can be used again.
   *
   * @throws TUTTI_STORE_FULL, TUTTI_STORE_READ_ONLY, TUTTI_STORE_BUSY, TUTTI_STORE_FAILED, or what `body` throws.
   */
  write<T>(body: () => T): T {
    this.#assertUsable();
    this.reached('begin');
    let isCommitting = false;
    let result: T;
    try {
      this.#begin.run();
      result = body();
      this.reached('commit');
      isCommitting = true;
      this.#commit.run();
    } catch (error) {
      this.#abandon(error, isCommitting);
      throw storeError(error, this.file);
    }
    this.reached('committed');
    return result;
  }

  /** Runs reads outside a write transaction, with errors translated. */
  read<T>(body: () => T): T {
    this.#assertUsable();
    try {
      return body();
    } catch (error) {
      throw storeError(error, this.file);
    }
  }

  /** Closes the database; further calls throw TUTTI_STORE_FAILED. */
  close(): void {
    if (this.db.isOpen) this.db.close();
  }

  #assertUsable(): void {
    if (!this.db.isOpen) {
      throw new TuttiError('TUTTI_STORE_FAILED', `The store ${this.file} is closed.`);
    }
    if (this.#broken === null) return;
    throw new TuttiError(
      'TUTTI_STORE_FAILED',
      `The store ${this.file} could not undo a failed write and refuses further ones; open it again.`,
      { cause: this.#broken },
    );
  }

  #abandon(error: unknown, wasCommitting: boolean): void {
    try {
      // SQLite rolls back by itself after some errors (disk full, I/O); then there is nothing left to do.
      if (this.db.isTransaction) this.#rollback.run();
      if (wasCommitting && ((sqliteCode(error) ?? 0) & 0xff) === ioError) this.#overwriteFailedCommit();
    } catch (second) {
      this.#broken = second;
    }
  }

  /**
   * When the sync of the log fails, the frames of the refused transaction lie in the log file, complete with their commit
   * mark. A crash before the next commit would let recovery find them, and a refused batch would come back to life. A
   * commit that changes a page overwrites the first of them, which breaks the chain of checksums; an update to the same
   * value would not do, since SQLite skips it. If this fails as well, only opening anew can tell what is on the disk.
   */
  #overwriteFailedCommit(): void {
    this.#begin.run();
    this.db.exec("update counter set value = value + 1 where name = 'undone'");
    this.#commit.run();
  }
}

/**
 * Opens the file, creating and migrating it as needed. A file that is not ours or is newer is left byte for byte as it was.
 *
 * @throws TUTTI_STORE_NOT_OURS, TUTTI_STORE_NEWER, TUTTI_STORE_READ_ONLY, TUTTI_STORE_FULL, TUTTI_STORE_BUSY, TUTTI_STORE_FAILED.
 */
export function openConnection(options: ConnectionOptions): Connection {
  let db: DatabaseSync | undefined;
  try {
    if (options.file !== inMemory) inspect(options);
    db = new DatabaseSync(options.file, {
      timeout: options.busyTimeoutMs,
      enableForeignKeyConstraints: true,
    });
    configure(db, options.file);
    return new Connection(db, options.file, options.hooks);
  } catch (error) {
    if (db?.isOpen === true) db.close();
    throw storeError(error, options.file);
  }
}

/** Decides, changing nothing, whether we may open the file for writing. */
function inspect({ file, busyTimeoutMs }: ConnectionOptions): void {
  const size = sizeOf(file);
  if (size === null) {
    createDirectoryOf(file);
  } else if (size > 0) {
    undoInterruptedCreation(file, busyTimeoutMs);
    if (sizeOf(file) !== 0) inspectHeader(file);
  }
  for (const path of [file, dirname(file)]) {
    if (isWritable(path)) continue;
    throw new TuttiError(
      'TUTTI_STORE_READ_ONLY',
      `The store ${file} cannot be opened: this process may not write ${path}.`,
      { details: { file, path } },
    );
  }
}

/** Size in bytes, null when there is no file. */
function sizeOf(file: string): number | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (found.isFile()) return found.size;
  throw new TuttiError(
    'TUTTI_STORE_NOT_OURS',
    `The store ${file} should be a file but is a directory or device.`,
  );
}

function createDirectoryOf(file: string): void {
  const directory = dirname(file);
  try {
    createDurableDirectory(directory);
  } catch (error) {
    const code = isWritable(dirname(resolve(directory))) ? 'TUTTI_STORE_FAILED' : 'TUTTI_STORE_READ_ONLY';
    throw new TuttiError(code, `The directory ${directory} of the store could not be created.`, {
      cause: error,
    });
  }
}

/**
 * A rollback journal beside the file is a transaction that a crash interrupted: with us the one that creates the
 * schema, since every later one goes to the log. Until it is undone the file alone is neither old nor new, and may look
 * damaged. Undoing it is what any reader of the file would do, whoever wrote it, and loses nothing that was committed.
 */
function undoInterruptedCreation(file: string, busyTimeoutMs: number): void {
  if ((sizeOf(`${file}-journal`) ?? 0) === 0) return;
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    db.prepare('pragma user_version').get();
  } finally {
    db.close();
  }
}

/**
 * `immutable` makes SQLite read the main file alone, without locks and without creating anything beside it. That is
 * enough: our mark is in the main file from its first byte on, because it is written before the file gets a log.
 * A newer version may still be in the log only; then the log is read too.
 */
function inspectHeader(file: string): void {
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  readHeader(url, file);
  if ((sizeOf(`${file}-wal`) ?? 0) > 0) readHeader(file, file);
}

/**
 * A checkpoint that is under way, or that a kill interrupted, has copied the first page before the last ones, so the file alone
 * is shorter than it says, and SQLite takes that for damage. Only the first page is wanted, and it is whole: with `writable_schema`
 * SQLite does not compare. Nothing is written, the connection can only read.
 */
function readHeader(location: string | URL, file: string): void {
  const db = new DatabaseSync(location, { readOnly: true, defensive: false });
  try {
    db.exec('pragma writable_schema = on');
    const id = Number(db.prepare('pragma application_id').get()?.['application_id']);
    if (id !== applicationId) {
      throw new TuttiError(
        'TUTTI_STORE_NOT_OURS',
        `The database ${file} belongs to another application: expected application id ${applicationId}, got ${id}.`,
        { details: { file, applicationId: id } },
      );
    }
    refuseNewer(readVersion(db), file);
  } finally {
    db.close();
  }
}

function configure(db: DatabaseSync, file: string): void {
  // Only a file without pages takes these two; the mark must be on disk before the log exists, see inspectHeader.
  db.exec(`pragma page_size = ${pageBytes}`);
  migrate(db, file);
  if (file !== inMemory) useLog(db);
  db.exec(`
    pragma synchronous = full;
    pragma fullfsync = on;
    pragma checkpoint_fullfsync = on;
    pragma wal_autocheckpoint = 0;
    pragma cache_size = -32768;
    pragma temp_store = memory;
  `);
}

/** SQLite does not wait for locks when it changes the journal mode, so two processes creating a store at once try again. */
function useLog(db: DatabaseSync): void {
  const triesMax = 50;
  for (let tries = 1; ; tries++) {
    try {
      if (db.prepare('pragma journal_mode = wal').get()?.['journal_mode'] === 'wal') return;
    } catch (error) {
      if (tries >= triesMax || ((sqliteCode(error) ?? 0) & 0xff) !== 5) throw error;
    }
    if (tries >= triesMax) {
      throw new TuttiError(
        'TUTTI_STORE_FAILED',
        'The file system of the store does not support a write-ahead log.',
      );
    }
    // Blocks the thread for a moment, as waiting for a lock inside SQLite does.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
}
