/**
 * Works at a redrive beside another process, until the redrive has ended and everything redriven is handled, or until it kills
 * itself at a point of its own commits. Arguments: database file, and the point as JSON (null: never). Says `ready`, and begins when
 * it is told the id of the redrive.
 */
import { once } from 'node:events';
import { createTutti } from 'tutti';
import type { CommitBatch } from '../../src/engine/index.ts';
import { openMortalStore } from './mortal-store.ts';
import type { KillPoint } from './redrive-case.ts';
import { counting, redriveCursor, redriveLog } from './redrive-topics.ts';

const [file = '', pointText = 'null'] = process.argv.slice(2);
const kill = JSON.parse(pointText) as KillPoint | null;
// Without its parent nobody would ever stop this process.
process.stdin.once('end', () => process.exit(0));

const store = await openMortalStore(file, kill, concerns);
const tutti = await createTutti({
  store,
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
  const [log] = await store.listPartitions(redriveLog);
  const cell = await store.getCell('cursor', redriveCursor);
  if (log === undefined || cell === null) return false;
  return (JSON.parse(String(cell.value)) as { readonly next: number }).next >= log.nextOffset;
}

function concerns({ guarded = [] }: CommitBatch): boolean {
  const space = kill?.of === 'the job' ? 'redrives' : 'cursor';
  return guarded.some(({ cells }) =>
    cells.some((cell) => cell.space === space && (space === 'redrives' || cell.key === redriveCursor)),
  );
}
