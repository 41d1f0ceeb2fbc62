import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const execute = promisify(execFile);
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const node = ['--conditions=tutti-source', main];

let directory = '';
const open = new Set<ChildProcess>();

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-demo-'));
});
afterEach(() => {
  for (const child of open) child.kill('SIGKILL');
  open.clear();
  rmSync(directory, { recursive: true, force: true });
});

async function tutti(...words: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [...node, ...words, '--store', directory], {
    timeout: 60_000,
  });
  return stdout;
}

interface Demo {
  /** Resolves as soon as the demo has said this. */
  says(text: string): Promise<void>;
  /** Sends the signal, and resolves to the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** `demo onboarding` as its user starts it, without a terminal. */
function startDemo(): Demo {
  const child = spawn(
    process.execPath,
    [...node, 'demo', 'onboarding', '--survey-after', '200ms', '--store', directory],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  open.add(child);
  let said = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!said.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void exit.then(() => reject(new Error(`The demo ended without saying "${text}":\n${said}`)));
        look();
      }),
    end: (signal) => {
      child.kill(signal);
      return exit;
    },
  };
}

describe('demo onboarding', () => {
  it('lets the command line be the administrator, stops on a signal, and goes on where it was', async () => {
    const first = startDemo();
    await first.says('10 questions wait for an administrator');
    const questions = JSON.parse(await tutti('approvals', 'list', '-o', 'json')) as readonly unknown[];
    expect(questions).toHaveLength(10);
    await tutti('approvals', 'answer', 'onboarding-casa-verde', '--approve', '--by', 'a test');
    await first.says('● is on board');
    expect(await first.end('SIGTERM')).toBe(0);

    const second = await tutti('demo', 'onboarding', '--once');
    expect(second).toContain('10 of 10 companies have their run, 1 on board, 9 under way');
    expect(second).toContain('9 questions wait');
    expect(second).toMatch(/tenants +10 rows/);
  });

  it('survives a kill without starting anybody twice', async () => {
    const first = startDemo();
    await first.says('provisioned');
    await first.end('SIGKILL');
    const second = await tutti('demo', 'onboarding', '--once');
    expect(second).toContain('Going on where it was');
    expect(second).toContain('10 questions wait');
    expect(second).toMatch(/tenants +10 rows/);
    expect(second).toMatch(/databases +10 files/);
    expect(second).toMatch(/mails +10 files/);
  });
});

describe('demo crash', () => {
  it('kills its engine twice and finds nothing lost or repeated', async () => {
    const output = await tutti('demo', 'crash');
    expect(output.match(/SIGKILL \(process/g)).toHaveLength(2);
    expect(output.match(/without an engine/g)).toHaveLength(2);
    expect(output).not.toContain('  ✗ one');
    expect(output).toContain('Killed twice, nothing lost, no finished step ran again.');
  });
});
