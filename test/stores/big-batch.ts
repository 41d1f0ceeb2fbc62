import type { CommitBatch } from '../../src/engine/index.ts';
import { append } from '../../src/testing/store-conformance/topic-builders.ts';
import { batch, complete, entry, sleep, start, startTime } from './records.ts';

/**
 * Something of everything for a store in which worker 1 owns runs 1 to 40:
 * starts, messages, records, cells, a guarded group, slots, lines, entries, waits, changes.
 */
export const bigBatch: CommitBatch = batch({
  worker: 1,
  starts: [start('new-1'), start('new-2', { owner: 1 })],
  sends: [{ run: 1, kind: 'signal', name: 'go', at: startTime, payload: '"now"' }],
  appends: [append(['a', 'b']), append(['c'], { partition: 1, deliverAt: startTime + 9 })],
  cells: [
    { space: 'clock', key: 'k', value: '1' },
    { space: 'clock', key: 'old', value: null },
  ],
  guarded: [
    {
      when: [{ space: 'clock', key: 'l', version: 0 }],
      cells: [{ space: 'clock', key: 'l', value: '2' }],
      starts: [start('new-3')],
      sends: [{ run: 4, kind: 'signal', name: 'go', at: startTime, payload: null }],
      appends: [append(['d'])],
    },
  ],
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
  // Run 3 holds the only slot and ends below, so that run 5 is granted it.
  slots: [
    { kind: 'limit', pool: 'db', limit: 1, at: startTime },
    { kind: 'request', run: 3, key: 'k', pool: 'db', slots: 1, priority: 0, at: startTime, limit: 1 },
    { kind: 'request', run: 5, key: 'k', pool: 'db', slots: 1, priority: 0, at: startTime, limit: 1 },
    { kind: 'request', run: 6, key: 'k', pool: 'db', slots: 1, priority: 0, at: startTime, limit: 1 },
    { kind: 'release', run: 6, key: 'k', at: startTime },
  ],
  logs: [
    { run: 1, key: '', attempt: 0, at: startTime, level: 'info', text: 'said', ordinal: 1 },
    { run: 3, key: 'k', attempt: 1, at: startTime, level: 'stdout', text: 'written' },
  ],
  runs: [sleep(1), sleep(2), complete(3)],
});
