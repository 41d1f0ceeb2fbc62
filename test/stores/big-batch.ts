import type { CommitBatch } from '../../src/engine/index.ts';
import { append } from '../../src/testing/store-conformance/topic-builders.ts';
import { batch, complete, entry, sleep, start, startTime } from './records.ts';

/**
 * Something of everything for a store in which worker 1 owns runs 1 to 40: starts, messages, entries, waits, changes.
 */
export const bigBatch: CommitBatch = batch({
  worker: 1,
  starts: [start('new-1'), start('new-2', { owner: 1 })],
  sends: [{ run: 1, kind: 'signal', name: 'go', at: startTime, payload: '"now"' }],
  appends: [append(['a', 'b']), append(['c'], { partition: 1, deliverAt: startTime + 9 })],
  entries: Array.from({ length: 40 }, (_, index) => entry(index + 1, 0)),
  waits: [
    {
      run: 2,
      key: '/signal:go#0',
      kind: 'signal',
      name: 'go',
      since: startTime,
      deadline: null,
      detail: null,
    },
  ],
  runs: [sleep(1), sleep(2), complete(3)],
});
