import { TuttiError } from '../../base/tutti-error.ts';
import type { DatabaseSync } from 'node:sqlite';
import { initialSchema } from './migrations/0001-initial.ts';
import { cellsSlotsLogsSchema } from './migrations/0002-cells-slots-logs.ts';
import { topicsSchema } from './migrations/0003-topics.ts';
import { noSlotMarkSchema } from './migrations/0004-no-slot-mark.ts';

/** Marks a file as ours in its header: the letters `Tutt`. */
export const applicationId = 0x54757474;

/** The statements that lead from version n to n + 1, at index n. Forward only; a released one is never edited. */
const migrations: readonly string[] = [initialSchema, cellsSlotsLogsSchema, topicsSchema, noSlotMarkSchema];

/** The schema version this code reads and writes; the file's `user_version`. */
export const schemaVersion: number = migrations.length;

/**
 * Brings the schema to {@link schemaVersion}, each migration in a transaction of its own that also writes the version:
 * a crash leaves the file at one of the versions, never between two. Another process may migrate at the same time: the
 * version is read again under the write lock.
 *
 * @throws TUTTI_STORE_NEWER when the file's version is higher than this code's; nothing was changed.
 */
export function migrate(db: DatabaseSync, file: string, steps: readonly string[] = migrations): void {
  while (readVersion(db) !== steps.length) {
    db.exec('begin immediate');
    try {
      const version = readVersion(db);
      refuseNewer(version, file, steps.length);
      const sql = steps[version];
      if (sql !== undefined) {
        db.exec(sql);
        db.exec(`pragma application_id = ${applicationId}`);
        db.exec(`pragma user_version = ${version + 1}`);
      }
      db.exec('commit');
    } catch (error) {
      if (db.isTransaction) db.exec('rollback');
      throw error;
    }
  }
}

/** The schema version written in the file. */
export function readVersion(db: DatabaseSync): number {
  return Number(db.prepare('pragma user_version').get()?.['user_version']);
}

/** @throws TUTTI_STORE_NEWER when the version is higher than what this code knows. */
export function refuseNewer(version: number, file: string, known: number = schemaVersion): void {
  if (version <= known) return;
  throw new TuttiError(
    'TUTTI_STORE_NEWER',
    `The store ${file} has schema version ${version}; this version of Tutti knows up to ${known}.`,
    { details: { file, version, known } },
  );
}
