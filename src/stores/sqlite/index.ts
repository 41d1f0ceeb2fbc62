/** The embedded store on SQLite: the front door for `app`, `testing` and the command line. */
export { createSqliteStore, type SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
export { writePoints, type WriteHooks, type WritePoint } from './write-points.ts';
export { findDamage } from './find-damage.ts';
