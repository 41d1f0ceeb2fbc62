import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { migrate, readVersion } from './migrate.ts';

const first = 'create table a (x)';
const second = 'create table b (x); insert into b values (1)';

function tables(db: DatabaseSync): unknown[] {
  return db
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all()
    .map((row) => row['name']);
}

describe('migrate', () => {
  it('applies what is missing, in order, and nothing twice', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, 'x', [first]);
    migrate(db, 'x', [first, second]);
    migrate(db, 'x', [first, second]);
    expect(tables(db)).toEqual(['a', 'b']);
    expect(db.prepare('select count(*) as n from b').get()).toEqual({ n: 1 });
    expect(readVersion(db)).toBe(2);
  });

  it('stays at the version before a migration that fails half-way', () => {
    const db = new DatabaseSync(':memory:');
    expect(() => migrate(db, 'x', [first, `${second}; create table a (x)`])).toThrow(/already exists/);
    expect(tables(db)).toEqual(['a']);
    expect(readVersion(db)).toBe(1);
  });

  it('refuses a newer version and leaves it', () => {
    const db = new DatabaseSync(':memory:');
    db.exec('pragma user_version = 3');
    expect(() => migrate(db, 'x', [first, second])).toThrow(
      expect.objectContaining({ code: 'TUTTI_STORE_NEWER' }),
    );
    expect(readVersion(db)).toBe(3);
  });
});
