/** A process that publishes and consumes is killed in the middle, again and again; the log checker looks at what is left. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { checkLog, type PublishSeen, type RecordSeen } from '../../src/testing/index.ts';
import { readTopicLog } from '../read-topic-log.ts';

const child = fileURLToPath(new URL('events-process.ts', import.meta.url));

interface Acknowledged {
  readonly id: string;
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
}

/** One life of the process; killed after so many acknowledgements, or allowed to end. */
async function live(file: string, life: number, killAfter: number | null): Promise<readonly Acknowledged[]> {
  const started = spawn(process.execPath, ['--conditions=tutti-source', child, file, String(life), '60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: started.stdout })) {
    const value = JSON.parse(line) as Acknowledged | 'done';
    if (value !== 'done') acknowledged.push(value);
    if (killAfter !== null && acknowledged.length >= killAfter) started.kill('SIGKILL');
  }
  return acknowledged;
}

it('killed at work, it loses nothing, does nothing twice, and keeps the order of every key', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-chaos-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'tutti.db');
  const publishes: PublishSeen[] = [];
  for (const [life, killAfter] of [7, 23, 41, 12, null].entries()) {
    const acknowledged = await live(file, life, killAfter);
    publishes.push(...acknowledged.map((one) => ({ ...one, outcome: 'acknowledged' as const })));
  }
  const store = await createSqliteStore({ file });
  onTestFinished(() => store.close());
  const log = (await readTopicLog(store, 'input')).map(({ partition, offset, id, key }) => ({
    partition,
    offset,
    id,
    key,
  }));
  const effects = (await readTopicLog(store, 'output')).map(
    (record) => JSON.parse(record.data.toString()) as RecordSeen & { count: number },
  );
  const readers = [
    { name: 'the log', kind: 'log' as const, records: log },
    { name: 'the subscription', kind: 'effects' as const, records: effects },
  ];
  expect(publishes.length).toBeGreaterThan(100);
  expect(checkLog({ publishes, readers, isDrained: true })).toEqual([]);
  // The state per key counted each event once.
  for (const [key, ofKey] of Map.groupBy(effects, (one) => one.key)) {
    expect(
      ofKey.map(({ count }) => count),
      String(key),
    ).toEqual(ofKey.map((_, index) => index));
  }
});
