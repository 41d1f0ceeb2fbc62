/**
 * Works at a redrive beside another process, until the redrive has ended and everything redriven is handled, or until it kills
 * itself at a point of its own commits. Arguments: database file, and the point as JSON (null: never). Says `ready`, and begins when
 * it is told the id of the redrive.
 */
import { once } from 'node:events';
import { createTutti } from 'tutti';
import type { CommitBatch, Store } from '../../src/engine/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import type { KillPoint } from './redrive-case.ts';
import { counting, redriveCursor, redriveLog } from './redrive-topics.ts';

const [file = '', pointText = 'null'] = process.argv.slice(2);
const kill = JSON.parse(pointText) as KillPoint | null;
// Without its parent nobody would ever stop this process.
process.stdin.once('end', () => process.exit(0));

/** Whether the commit at hand is the one at which this process dies. */
let isFatal = false;
let seen = 0;

const sqlite = await createSqliteStore({
  file,
  pollMs: 5,
  hooks: {
    onWrite: (point) => {
      if (isFatal && point === kill?.point) process.kill(process.pid, 'SIGKILL');
    },
  },
});
const tutti = await createTutti({
  store: watched(sqlite),
  definitions: [counting(false).orders],
  leaseMs: 1_000,
});
await tutti.start();
process.stdout.write('ready\n');
const told: readonly unknown[] = await once(process.stdin, 'data');
const id = String(told[0]).trim();
while (!(await isOver())) {
  await tutti.events.redrives.work();
  await new Promise<void>((resolve) => setImmediate(resolve));
}
await tutti.stop();
process.exit(0);

async function isOver(): Promise<boolean> {
  const { state } = await tutti.events.redrives.show(id);
  if (state === 'running') return false;
  const [log] = await sqlite.listPartitions(redriveLog);
  const cell = await sqlite.getCell('cursor', redriveCursor);
  if (log === undefined || cell === null) return false;
  return (JSON.parse(String(cell.value)) as { readonly next: number }).next >= log.nextOffset;
}

/** The store with commits counted that concern what this process may die of. Its transactions are over when its calls return. */
function watched(store: Store): Store {
  return new Proxy(store, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target) as unknown;
      return (batch: CommitBatch) => {
        if (concerns(batch)) seen += 1;
        isFatal = concerns(batch) && seen === kill?.at;
        const result = target.commit(batch);
        isFatal = false;
        return result;
      };
    },
  });
}

function concerns({ guarded = [] }: CommitBatch): boolean {
  const space = kill?.of === 'the job' ? 'redrives' : 'cursor';
  return guarded.some(({ cells }) =>
    cells.some((cell) => cell.space === space && (space === 'redrives' || cell.key === redriveCursor)),
  );
}
