/**
 * Commits to a SQLite store and kills itself at a write boundary.
 * Arguments: file, write point. Prints `acknowledged` if the commit returned first.
 */
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { bigBatch } from './big-batch.ts';

const [file = '', point = ''] = process.argv.slice(2);
let isArmed = false;
const store = await createSqliteStore({
  file,
  hooks: {
    onWrite: (reached) => {
      if (isArmed && reached === point) process.kill(process.pid, 'SIGKILL');
    },
  },
});
isArmed = true;
await store.commit(bigBatch);
process.stdout.write('acknowledged');
await store.close();
