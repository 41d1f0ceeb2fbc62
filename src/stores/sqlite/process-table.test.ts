import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSqliteStore } from './sqlite-store.ts';
import { machineProcesses } from './process-table.ts';

const knowsProcesses = existsSync('/proc/self/stat');

async function otherProcess(): Promise<{ readonly name: string; readonly kill: () => Promise<void> }> {
  const url = new URL('./process-table.ts', import.meta.url).href;
  const program = `import { machineProcesses } from '${url}'; console.log(machineProcesses().self); setInterval(() => {}, 1e9);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program]);
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { name: output.toString().trim(), kill };
}

test.runIf(knowsProcesses)('a process is gone once it was killed, and not before', async () => {
  const processes = machineProcesses();
  const other = await otherProcess();
  expect(processes.isGone(other.name)).toBe(false);
  await other.kill();
  expect(processes.isGone(other.name)).toBe(true);
});

test.runIf(knowsProcesses)(
  'this process lives; another one with its PID, started at another time, is gone',
  () => {
    const { self, isGone } = machineProcesses();
    expect(isGone(self ?? '')).toBe(false);
    expect(isGone(`${self ?? ''}1`)).toBe(true);
  },
);

test('nothing is said of processes of other machines, boots, namespaces and users', () => {
  const { self, isGone } = machineProcesses();
  expect(isGone('elsewhere boot pid:[1] 0 1 1')).toBe(false);
  expect(isGone(`other-${self ?? ''}`)).toBe(false);
  expect(isGone('')).toBe(false);
});

test('a worker whose process is gone is declared dead before its lease ends', async () => {
  const gone = new Set<string>();
  const processes = { self: 'first', isGone: (name: string) => gone.has(name) };
  const store = await createSqliteStore({ file: ':memory:', processes });
  const worker = await store.registerWorker({ name: 'w', now: 0, leaseUntil: 10_000, definitions: [] });
  expect(await store.declareDead(1)).toEqual([]);
  gone.add('first');
  expect(await store.declareDead(1)).toEqual([worker]);
  await store.close();
});
