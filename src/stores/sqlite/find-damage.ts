import { DatabaseSync } from 'node:sqlite';

/** How many faults are told; one is reason enough to act. */
const faultsMax = 5;

/**
 * What is wrong with the pages of a database file, one sentence per fault; empty if it is sound. Reads only, beside a running
 * engine if there is one; takes time in proportion to the size of the file.
 *
 * @throws What SQLite throws when the file cannot be opened or is no database.
 */
export function findDamage(path: string): readonly string[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare(`PRAGMA quick_check(${faultsMax})`).all();
    return rows.map((row) => String(row['quick_check'])).filter((text) => text !== 'ok');
  } finally {
    database.close();
  }
}
