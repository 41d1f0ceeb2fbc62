import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import type { ErrorCode } from '../../base/error-codes.ts';
import { isTuttiError, TuttiError } from '../../base/tutti-error.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html): the low byte of `errcode`. */
const codes: ReadonlyMap<number, ErrorCode> = new Map([
  [5, 'TUTTI_STORE_BUSY'],
  [6, 'TUTTI_STORE_BUSY'],
  [8, 'TUTTI_STORE_READ_ONLY'],
  [13, 'TUTTI_STORE_FULL'],
  [26, 'TUTTI_STORE_NOT_OURS'],
]);
const cannotOpen = 14;

const happened: Partial<Record<ErrorCode, string>> = {
  TUTTI_STORE_BUSY: 'is locked by another connection for longer than the busy timeout',
  TUTTI_STORE_READ_ONLY: 'cannot be written',
  TUTTI_STORE_FULL: 'has no room: the disk is full or the file is at its size limit',
  TUTTI_STORE_NOT_OURS: 'is not a database of Tutti',
};

/** SQLite's extended result code of an error, or null if the error did not come from SQLite. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

/**
 * Translates what SQLite threw into the closed table, keeping it as the cause. An error that already is one of ours
 * passes unchanged.
 */
export function storeError(error: unknown, file: string): TuttiError {
  if (isTuttiError(error)) return error;
  const extended = sqliteCode(error);
  const primary = extended === null ? null : extended & 0xff;
  const code = primary === cannotOpen ? codeOfUnopened(file) : codes.get(primary ?? -1);
  const reason = error instanceof Error ? error.message : String(error);
  return new TuttiError(
    code ?? 'TUTTI_STORE_FAILED',
    `The store ${file} ${happened[code ?? 'TUTTI_STORE_FAILED'] ?? 'failed'}: ${reason}.`,
    { cause: error, details: { file, ...(extended === null ? {} : { sqliteCode: extended }) } },
  );
}

/** SQLite says only "unable to open": the file system knows whether permission was the reason. */
function codeOfUnopened(file: string): ErrorCode {
  return isWritable(file) && isWritable(dirname(file)) ? 'TUTTI_STORE_FAILED' : 'TUTTI_STORE_READ_ONLY';
}

/** Whether this process may write the path; true when there is nothing at the path. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
