/**
 * The comparison behind docs/decisions/0003-journal-layout.md: the same rows into two layouts of the journal table,
 * one group commit per step of all runs. Prints one JSON object per line.
 *
 *   node bench/store-layout.ts [runs=2000] [steps=60] [rounds=2]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

interface Layout {
  readonly name: string;
  readonly pageBytes: number;
  readonly rowsPerInsert: number;
  readonly schema: string;
}

const columns =
  'run integer, seq integer, kind text, name text, attempt integer, started integer, at integer, payload any';
const ordered = `create table journal (${columns}, primary key (run, seq)) without rowid`;
const appended = `create table journal (${columns}); create unique index by_run on journal (run, seq)`;

const layouts: readonly Layout[] = [
  { name: 'ordered', pageBytes: 4096, rowsPerInsert: 1, schema: ordered },
  { name: 'appended', pageBytes: 4096, rowsPerInsert: 1, schema: appended },
  { name: 'appended, 8 rows per insert', pageBytes: 4096, rowsPerInsert: 8, schema: appended },
  { name: 'appended, 16 rows per insert, 8 KiB pages', pageBytes: 8192, rowsPerInsert: 16, schema: appended },
];

const [runs = 2000, steps = 60, rounds = 2] = process.argv.slice(2).map(Number);
const startedAt = 1_700_000_000_000;

/** The layouts take turns, since absolute figures drift on a shared machine. */
for (let round = 1; round <= rounds; round++) {
  for (const layout of layouts) process.stdout.write(`${JSON.stringify({ round, ...measure(layout) })}\n`);
}

function measure(layout: Layout): object {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  try {
    const db = new DatabaseSync(join(directory, 'layout.db'));
    db.exec(`pragma page_size = ${layout.pageBytes}; pragma journal_mode = wal; pragma synchronous = full;
      pragma wal_autocheckpoint = 0; pragma cache_size = -65536; ${layout.schema}`);
    const writeMs = write(db, layout);
    const logMegabytes = statSync(join(directory, 'layout.db-wal')).size / 1e6;
    const readMs = read(db);
    db.close();
    const rows = runs * steps;
    return {
      layout: layout.name,
      writtenPerSecond: Math.round((rows / writeMs) * 1000),
      readPerSecond: Math.round((rows / readMs) * 1000),
      logMegabytes: Math.round(logMegabytes),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function write(db: DatabaseSync, { rowsPerInsert }: Layout): number {
  const row = '(?, ?, ?, ?, ?, ?, ?, ?)';
  const many = db.prepare(
    `insert into journal values ${Array.from({ length: rowsPerInsert }, () => row).join()}`,
  );
  const one = db.prepare(`insert into journal values ${row}`);
  const begin = db.prepare('begin immediate');
  const commit = db.prepare('commit');
  const start = process.hrtime.bigint();
  for (let step = 0; step < steps; step++) {
    begin.run();
    let parameters: (number | string)[] = [];
    for (let run = 1; run <= runs; run++) {
      parameters.push(run, step, 'step', 'create tenant', 1, startedAt, startedAt + step, '{"ok":true}');
      if (run % rowsPerInsert !== 0) continue;
      many.run(...parameters);
      parameters = [];
    }
    for (let at = 0; at < parameters.length; at += 8) one.run(...parameters.slice(at, at + 8));
    commit.run();
  }
  return Number(process.hrtime.bigint() - start) / 1e6;
}

function read(db: DatabaseSync): number {
  const journal = db.prepare('select * from journal where run = ? order by seq');
  const start = process.hrtime.bigint();
  for (let run = 1; run <= runs; run++) journal.all(run);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
