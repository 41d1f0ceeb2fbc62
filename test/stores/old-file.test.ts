import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { schemaVersion } from '../../src/stores/sqlite/migrate.ts';
import { dumpStore } from '../../src/testing/store-conformance/index.ts';
import { batch, registerWorker, startTime } from './records.ts';
import { openStore, temporaryDirectory } from './sqlite-scene.ts';

/** A file that the code of schema version 1 wrote: a waiting run with a message, a finished one, a pending one. */
function oldFile(): string {
  const packed = fileURLToPath(new URL('./schema-0001.db.gz', import.meta.url));
  const file = join(temporaryDirectory(), 'tutti.db');
  writeFileSync(file, gunzipSync(readFileSync(packed)));
  return file;
}

function version(file: string): unknown {
  const db = new DatabaseSync(file, { readOnly: true });
  const row = db.prepare('pragma user_version').get();
  db.close();
  return row?.['user_version'];
}

describe('a file of schema version 1', () => {
  it('is brought to the newest version when it is opened, with everything it holds', async () => {
    const file = oldFile();
    expect(version(file)).toBe(1);
    const store = await openStore({ file });
    expect(version(file)).toBe(schemaVersion);
    expect(await store.integrityCheck()).toEqual([]);
    expect(await dumpStore(store)).toMatchObject({
      runs: [
        { run: { id: 'waiting', state: 'waiting' }, journal: [{ seq: 0 }], waits: [{ name: 'go' }] },
        { run: { id: 'finished', state: 'completed' }, journal: [{ seq: 0 }], inbox: [] },
        { run: { id: 'pending', state: 'pending' }, journal: [] },
      ],
      counts: { waiting: 1, completed: 1, pending: 1 },
      cells: [],
    });
  });

  it('is worked on as a new one: its runs go on and cells can be written', async () => {
    const store = await openStore({ file: oldFile() });
    await store.declareDead(startTime + 20_000);
    const worker = await registerWorker(store, startTime + 60_000);
    const request = { worker, now: startTime + 20_000, runsMax: 9, definitions: ['greet'] };
    expect((await store.claim(request)).map(({ run }) => run.id)).toEqual(['waiting', 'pending']);
    await store.commit(batch({ worker, cells: [{ space: 'clock', key: 'k', value: '1' }] }));
    expect(await store.getCell('clock', 'k')).toEqual({ key: 'k', value: '1', version: 1 });
  });
});
