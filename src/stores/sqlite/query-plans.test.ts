import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Cells } from './cells.ts';
import { Counters } from './counters.ts';
import { Logs } from './logs.ts';
import { migrate } from './migrate.ts';
import { Slots } from './slots.ts';

/** How SQLite will answer each statement that `prepareAll` prepares, by the text of the statement. */
function plansOf(prepareAll: (db: DatabaseSync) => unknown): ReadonlyMap<string, string> {
  const db = new DatabaseSync(':memory:');
  migrate(db, ':memory:');
  const texts: string[] = [];
  const recording = Object.create(db) as DatabaseSync;
  recording.prepare = (sql) => {
    texts.push(sql);
    return db.prepare(sql);
  };
  recording.exec = db.exec.bind(db);
  prepareAll(recording);
  const plan = (sql: string): string =>
    db
      .prepare(`explain query plan ${sql}`)
      .all()
      .map((row) => String(row['detail']))
      .join('; ');
  return new Map(texts.map((sql) => [sql.replaceAll(/\s+/g, ' '), plan(sql)]));
}

/** Statements that walk a table or sort. What they do must be bounded otherwise. */
function costly(plans: ReadonlyMap<string, string>): readonly string[] {
  return [...plans].filter(([, plan]) => /SCAN|TEMP B-TREE/.test(plan)).map(([sql]) => sql);
}

describe('the statements on', () => {
  it('cells look a cell up, or walk the primary key from where they begin', () => {
    const plans = plansOf((db) => new Cells(db, new Counters(db)));
    // The first of all spaces: one step into the index.
    expect(costly(plans)).toEqual(['select space from cell order by space limit 1']);
    expect(plans.get('select key, value, version from cell where space = ? and key = ?')).toBe(
      'SEARCH cell USING PRIMARY KEY (space=? AND key=?)',
    );
    const list =
      'select key, value, version from cell where space = ? and key > ? and key < ? order by key limit ?';
    expect(plans.get(list)).toBe('SEARCH cell USING PRIMARY KEY (space=? AND key>? AND key<?)');
  });

  it('logs begin where the reader left off', () => {
    const plans = plansOf((db) => {
      const logs = new Logs(db);
      logs.read(1, { after: 5, key: 'k', attempt: 1 });
    });
    expect(costly(plans)).toEqual([]);
    const reading = [...plans].find(([sql]) => sql.includes('from log where run = ? and seq > ?'));
    expect(reading?.[1]).toBe('SEARCH log USING INDEX log_by_run (run=? AND seq>?)');
  });

  it('slots read one row of the pool and the front of its line', () => {
    const plans = plansOf((db) => new Slots(db, new Counters(db)));
    // It walks the list it is given: the runs that a commit ends.
    const ofEnding =
      'select value as run from json_each(?) where exists (select 1 from slot where run = value)';
    expect(costly(plans)).toEqual([ofEnding]);
    expect(plans.get(ofEnding)).toContain('SEARCH slot EXISTS USING PRIMARY KEY (run=?)');
    const byIndex = [...plans].filter(([, plan]) => plan.includes('slot_waiting'));
    expect(byIndex.map(([, plan]) => plan)).toEqual([
      'SEARCH slot USING INDEX slot_waiting (pool=? AND priority>?)',
      'SEARCH slot USING INDEX slot_waiting (pool=?)',
      'SEARCH slot USING INDEX slot_waiting (pool=?)',
    ]);
  });
});
