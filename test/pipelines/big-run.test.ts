import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bigTasks, openOn } from './big-run.ts';

const directory = mkdtempSync(join(tmpdir(), 'tutti-big-run-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the other process said at its end. */
interface OtherProcess {
  readonly looks: number;
  readonly failures: readonly string[];
  readonly lines: readonly string[];
  readonly pid: number;
}

/** Starts the other process; `ready` once it works on the file, `ended` with what it saw. */
function startOther(file: string): { readonly ready: Promise<void>; readonly ended: Promise<OtherProcess> } {
  const path = fileURLToPath(new URL('big-run-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=tutti-source', path, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = Promise.withResolvers<void>();
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.startsWith('ready')) ready.resolve();
  });
  const ended = new Promise<OtherProcess>((resolve, reject) => {
    child.once('close', (code) => {
      const [, report] = said.trim().split('\n');
      if (report === undefined) reject(new Error(`The other process ended with ${code}: ${said}`));
      else resolve(JSON.parse(report) as OtherProcess);
    });
  });
  ended.catch((error: unknown) => ready.reject(error));
  return { ready: ready.promise, ended };
}

describe('ten thousand tasks on a file that another process works on, too', () => {
  it('run to their end, and to neither process is the database ever locked', async () => {
    const file = join(directory, 'tutti.db');
    const { tutti, lines } = await openOn(file, 'big');
    const starter = await openOn(file, 'client');
    const other = startOther(file);
    await other.ready;
    const { id } = await tutti.client.startRun('big', undefined);
    // Only the other process has their code, so it claims and writes while this one does.
    const small = await Promise.all(
      Array.from({ length: 300 }, () => starter.tutti.client.startRun('small', undefined)),
    );
    const run = await tutti.client.waitForRun(id);
    const pids = await Promise.all(small.map(async (one) => (await tutti.client.waitForRun(one.id)).output));
    const { looks, failures, lines: otherLines, pid } = await other.ended;
    await starter.tutti.stop();
    await tutti.stop();
    expect(run.state).toBe('completed');
    expect((run.output as number[]).length).toBe(bigTasks);
    expect(failures).toEqual([]);
    const said = [...lines, ...starter.lines, ...otherLines];
    expect(said.filter((line) => /locked|busy/i.test(line))).toEqual([]);
    expect(looks).toBeGreaterThan(0);
    expect(new Set(pids)).toEqual(new Set([pid]));
  });
});
