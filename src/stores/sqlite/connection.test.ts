import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore, temporaryDirectory } from '../../../test/stores/sqlite-scene.ts';
import { batch, registerWorker } from '../../../test/stores/records.ts';
import { openConnection, pageBytes } from './connection.ts';
import { applicationId, schemaVersion } from './migrate.ts';

function fileIn(directory: string): string {
  return join(directory, 'tutti.db');
}

/** What lies in a directory, byte for byte; `-shm` is SQLite's shared memory and holds no data. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory).filter((name) => !name.endsWith('-shm'));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(directory, name)).toString('base64')]),
  );
}

async function expectRefusedUnharmed(directory: string, code: string): Promise<void> {
  const before = contents(directory);
  await expect(openStore({ file: fileIn(directory) })).rejects.toMatchObject({ code });
  expect(contents(directory)).toEqual(before);
}

/** A database with an open connection, so that what it wrote is still in the log. */
function foreignDatabase(directory: string, sql: string): DatabaseSync {
  const db = new DatabaseSync(fileIn(directory));
  db.exec(sql);
  return db;
}

/** Opens in a child that is not the superuser, for whom permissions mean nothing; prints the code. */
function openAsNobody(file: string): string {
  const store = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `
    if (process.getuid() === 0) process.setuid(65534);
    const { createSqliteStore } = await import(${JSON.stringify(store)});
    await createSqliteStore({ file: ${JSON.stringify(file)} }).then(
      () => process.stdout.write('opened'), (error) => process.stdout.write(String(error.code ?? error)));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).stdout.toString();
}

function openBare(): ReturnType<typeof openConnection> {
  return openConnection({ file: fileIn(temporaryDirectory()), busyTimeoutMs: 10, hooks: {} });
}

describe('opening', () => {
  it('creates the file and its directories, marked as ours', async () => {
    const file = join(temporaryDirectory(), 'a', 'b', 'tutti.db');
    const store = await openStore({ file });
    await store.close();
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('pragma application_id').get()).toEqual({ application_id: applicationId });
    expect(db.prepare('pragma user_version').get()).toEqual({ user_version: schemaVersion });
    expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it('takes over an empty file', async () => {
    const directory = temporaryDirectory();
    writeFileSync(fileIn(directory), '');
    const store = await openStore({ file: fileIn(directory) });
    expect(await store.integrityCheck()).toEqual([]);
  });

  it('regression: opens a file while its log is being copied into it, or after that was interrupted', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ file: fileIn(directory) });
    const cells = Array.from({ length: 50 }, (_, n) => ({
      space: 's',
      key: `${n}`,
      value: 'x'.repeat(1_000),
    }));
    await store.commit(batch({ cells }));
    const interrupted = fileIn(join(directory, 'interrupted'));
    mkdirSync(dirname(interrupted));
    for (const end of ['', '-wal']) copyFileSync(`${fileIn(directory)}${end}`, `${interrupted}${end}`);
    await store.close();
    // The first page is copied first, and says how long the file is to be.
    const [before, after] = [readFileSync(interrupted), readFileSync(fileIn(directory))];
    expect(after.length).toBeGreaterThan(before.length);
    writeFileSync(interrupted, Buffer.concat([after.subarray(0, pageBytes), before.subarray(pageBytes)]));
    const opened = await openStore({ file: interrupted });
    expect(await opened.listCells('s')).toHaveLength(50);
    expect(await opened.integrityCheck()).toEqual([]);
  });

  it('keeps everything in memory when asked to', async () => {
    const store = await openStore({ file: ':memory:' });
    expect(await registerWorker(store)).toBe(1);
    expect(await store.fileSizeBytes()).toBe(0);
  });

  it.each([
    ['short', 'hello'],
    ['long', 'id,name\n1,Ada\n'.repeat(1000)],
  ])('leaves a %s file that is no database as it was', async (_length, text) => {
    const directory = temporaryDirectory();
    writeFileSync(fileIn(directory), text);
    await expectRefusedUnharmed(directory, 'TUTTI_STORE_NOT_OURS');
  });

  it.each(['delete', 'wal'])(
    'leaves a database of another application (journal mode %s) as it was',
    async (mode) => {
      const directory = temporaryDirectory();
      foreignDatabase(directory, `pragma journal_mode = ${mode}; create table invoice (id integer)`).close();
      await expectRefusedUnharmed(directory, 'TUTTI_STORE_NOT_OURS');
    },
  );

  it('undoes a creation that a crash interrupted, and creates the store', async () => {
    const [crashed, copy] = [temporaryDirectory(), temporaryDirectory()];
    const db = new DatabaseSync(fileIn(crashed));
    // A cache of one page makes SQLite write into the file before the transaction is committed.
    db.exec('pragma page_size = 8192; pragma cache_size = 1; begin immediate');
    for (let table = 0; table < 20; table += 1) db.exec(`create table t${table} (a text, b text)`);
    for (const name of readdirSync(crashed)) copyFileSync(join(crashed, name), join(copy, name));
    db.close();
    expect(readdirSync(copy)).toEqual(['tutti.db', 'tutti.db-journal']);
    expect(readFileSync(fileIn(copy)).length).toBeGreaterThan(0);
    const store = await openStore({ file: fileIn(copy) });
    expect(await store.integrityCheck()).toEqual([]);
    expect(await store.listRuns({})).toEqual([]);
  });

  it('leaves a database that another application is using as it was', async () => {
    const directory = temporaryDirectory();
    const db = foreignDatabase(
      directory,
      'pragma application_id = 7; pragma journal_mode = wal; create table t (a)',
    );
    await expectRefusedUnharmed(directory, 'TUTTI_STORE_NOT_OURS');
    db.close();
  });

  it.each(['delete', 'wal'])('leaves a newer store (journal mode %s) as it was', async (mode) => {
    const directory = temporaryDirectory();
    const mark = `pragma application_id = ${applicationId}; pragma user_version = ${schemaVersion + 1}`;
    foreignDatabase(directory, `${mark}; create table t (a); pragma journal_mode = ${mode}`).close();
    await expectRefusedUnharmed(directory, 'TUTTI_STORE_NEWER');
  });

  it('leaves a store as it was whose newer version is only in the log', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ file: fileIn(directory) });
    await store.close();
    const db = foreignDatabase(directory, `pragma user_version = ${schemaVersion + 1}`);
    // What a crash of the newer process would leave: nobody has the log open, and closing it would copy it.
    const crashed = temporaryDirectory();
    for (const ending of ['', '-wal']) copyFileSync(fileIn(directory) + ending, fileIn(crashed) + ending);
    db.close();
    await expectRefusedUnharmed(crashed, 'TUTTI_STORE_NEWER');
  });

  it('refuses a directory in place of the file', async () => {
    const directory = temporaryDirectory();
    mkdirSync(fileIn(directory));
    await expect(openStore({ file: fileIn(directory) })).rejects.toMatchObject({
      code: 'TUTTI_STORE_NOT_OURS',
    });
  });

  it('says that the store is busy when another process holds the lock for too long', async () => {
    const store = await openStore({ busyTimeoutMs: 1 });
    const other = new DatabaseSync(store.file);
    other.exec('begin immediate');
    await expect(registerWorker(store)).rejects.toMatchObject({ code: 'TUTTI_STORE_BUSY', retryable: true });
    other.exec('rollback');
    other.close();
    expect(await registerWorker(store)).toBe(1);
  });

  it('refuses calls after closing', async () => {
    const store = await openStore();
    await store.close();
    await expect(store.listWorkers()).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
    await expect(registerWorker(store)).rejects.toMatchObject({ code: 'TUTTI_STORE_FAILED' });
  });
});

describe.skipIf(process.platform === 'win32')('without permission', () => {
  it.each([
    ['file', 0o444, 0o777],
    ['directory', 0o666, 0o555],
  ])('a read-only %s is named as such and left as it was', async (_what, fileMode, directoryMode) => {
    const directory = temporaryDirectory();
    const store = await openStore({ file: fileIn(directory) });
    await store.close();
    const before = contents(directory);
    chmodSync(fileIn(directory), fileMode);
    chmodSync(directory, directoryMode);
    expect(openAsNobody(fileIn(directory))).toBe('TUTTI_STORE_READ_ONLY');
    chmodSync(directory, 0o777);
    expect(contents(directory)).toEqual(before);
  });

  it('a new store in a read-only directory is refused as such', () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o555);
    expect(openAsNobody(join(directory, 'new', 'tutti.db'))).toBe('TUTTI_STORE_READ_ONLY');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a write', () => {
  it('that finds the disk full leaves nothing behind and the connection usable', () => {
    const connection = openBare();
    const pages = Number(connection.db.prepare('pragma page_count').get()?.['page_count']);
    connection.db.exec(`pragma max_page_count = ${pages + 1}`);
    const insert = connection.db.prepare(
      "insert into inbox values (?, 1, 'signal', 'go', 1, zeroblob(5000))",
    );
    const fill = (rows: number) =>
      connection.write(() => {
        for (let id = 1; id <= rows; id++) insert.run(id);
      });
    expect(() => fill(50)).toThrow(expect.objectContaining({ code: 'TUTTI_STORE_FULL', retryable: true }));
    expect(connection.db.prepare('select count(*) as n from inbox').get()).toEqual({ n: 0 });
    connection.db.exec('pragma max_page_count = 4294967294');
    fill(50);
    expect(connection.db.prepare('select count(*) as n from inbox').get()).toEqual({ n: 50 });
    connection.close();
  });

  it('that fails in its body is undone whole', () => {
    const connection = openBare();
    const fail = () =>
      connection.write(() => {
        connection.db.exec("insert into inbox values (1, 1, 'signal', 'go', 1, null)");
        connection.db.exec('insert into nowhere values (1)');
      });
    expect(fail).toThrow(expect.objectContaining({ code: 'TUTTI_STORE_FAILED' }));
    expect(connection.db.prepare('select count(*) as n from inbox').get()).toEqual({ n: 0 });
    connection.close();
  });
});
