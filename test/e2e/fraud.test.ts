import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './cli-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const adds = 'It adds up: nothing lost, nothing decided twice';
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-fraud-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the fraud example', () => {
  it('killed twice with SIGKILL in mid-run, loses nothing and decides nothing twice', async () => {
    const program = ['--conditions=tutti-source', join(root, 'examples/fraud/main.ts')];
    const options = ['--rate', '800', '--seconds', '4', '--crash', '--directory', directory];
    const { stdout } = await promisify(execFile)(process.execPath, [...program, ...options]);
    expect(stdout.match(/^SIGKILL/gm)).toHaveLength(2);
    expect(stdout.match(/^Going on: \d+ authorizations/gm)).toHaveLength(2);
    expect(stdout).toContain('3200 authorizations, 3200 decisions');
    expect(stdout).toContain(adds);
  });

  it('is a demo, whose count adds up for the seed', async () => {
    const { stdout, exitCode } = await runCli(
      ['demo', 'fraud', '--rate', '500', '--seconds', '2', '--seed', '59', '--store', directory],
      { cwd: directory },
    );
    expect(stdout).toContain('1000 payments, 1000 decisions');
    expect(stdout).toContain(adds);
    expect(exitCode).toBe(0);
  });

  it('refuses a rate that is none', async () => {
    const refused = await runCli(['demo', 'fraud', '--rate', 'fast', '--store', directory], {
      cwd: directory,
    });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('TUTTI_OPTION_INVALID')]);
  });
});
