/**
 * Entry of the checkpoint thread: copies the write-ahead log into the database file on its own connection, on request,
 * so that the copying and its syncs stay off the thread that commits. Passive only: it never waits for, nor blocks, anyone.
 *
 * In: `checkpoint` (answered by a {@link CheckpointAnswer}), `close` (the thread ends).
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin, windows do */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread says after a checkpoint: null, or why it failed. */
export interface CheckpointAnswer {
  readonly failure: string | null;
}

const db = new DatabaseSync(String(workerData));
db.exec(
  'pragma synchronous = full; pragma fullfsync = on; pragma checkpoint_fullfsync = on; pragma wal_autocheckpoint = 0',
);
const passive = db.prepare('pragma wal_checkpoint(passive)');
const port = parentPort;

port?.on('message', (request: 'checkpoint' | 'close') => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  let failure: string | null = null;
  try {
    passive.get();
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  port.postMessage({ failure } satisfies CheckpointAnswer);
});
