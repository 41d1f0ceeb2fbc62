import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSqliteStore, type SqliteStore } from '../../src/stores/sqlite/index.ts';
import { storeConformance, type OpenedStore } from '../../src/testing/store-conformance/index.ts';

async function openSqlite(): Promise<OpenedStore> {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-conformance-'));
  const file = join(directory, 'tutti.db');
  const opened: SqliteStore[] = [];
  const open = async (): Promise<SqliteStore> => {
    const store = await createSqliteStore({ file });
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    async reopen() {
      await Promise.all(opened.map((store) => store.close()));
      return open();
    },
    second: open,
    async close() {
      await Promise.all(opened.map((store) => store.close()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

storeConformance('the SQLite store', openSqlite, { describe, it, expect });
