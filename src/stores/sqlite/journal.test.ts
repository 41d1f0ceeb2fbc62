import { expect, it } from 'vitest';
import { batch, entry, registerWorker, start } from '../../../test/stores/records.ts';
import { openStore } from '../../../test/stores/sqlite-scene.ts';
import type { JournalAppend } from '../../engine/index.ts';

/** What differs in one thing from a step that succeeded at once, so that a group of rows cannot be written the short way. */
const others: readonly Partial<JournalAppend>[] = [
  { kind: 'timer' },
  { scope: 'inner' },
  { attempt: 2 },
  { outcome: 'error' },
];

it.each([15, 16, 17, 32, 47])('gives %i entries of one commit back as they were written', async (count) => {
  const store = await openStore();
  const owner = await registerWorker(store);
  const plain = Array.from({ length: count }, (_, seq) => entry(1, seq));
  for (const other of [{}, ...others]) {
    for (const at of [0, count >> 1, count - 1]) {
      const { starts } = await store.commit(
        batch({ worker: owner, starts: [start(`${JSON.stringify(other)} at ${at}`, { owner })] }),
      );
      const run = starts[0]?.run.number ?? 0;
      const entries = plain.map((one, seq) => ({ ...one, run, ...(seq === at ? other : {}) }));
      await store.commit(batch({ worker: owner, entries }));
      // What is read does not name the run.
      expect(entries).toMatchObject(await store.readJournal(run, 0, 100));
    }
  }
});
