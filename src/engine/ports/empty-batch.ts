import type { CommitBatch } from './store.ts';

/** A batch that writes nothing, in nobody's name: what a batch of few parts is made from. */
export const emptyBatch: CommitBatch = {
  worker: null,
  starts: [],
  sends: [],
  entries: [],
  waits: [],
  endedWaits: [],
  consumed: [],
  runs: [],
};
