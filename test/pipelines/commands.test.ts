import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pipeline, shell } from 'tutti';
import { z } from 'zod';
import { runOnce, withTutti } from './scene.ts';

const directory = mkdtempSync(join(tmpdir(), 'tutti-shell-'));
afterAll(() => rmSync(directory, { recursive: true }));

const node = process.execPath;

/** A command that runs a line of JavaScript. */
function line(code: string, args: readonly string[] = []): { command: string; args: readonly string[] } {
  return { command: node, args: ['-e', code, ...args] };
}

const said = (): {
  lines: string[];
  logger: { [level in 'debug' | 'info' | 'warn' | 'error']: (m: string) => void };
} => {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  return { lines, logger: { debug: log, info: log, warn: log, error: log } };
};

describe('a command', () => {
  it('is given the inputs as JSON and results in the JSON it prints, whatever it says before', async () => {
    const script = join(directory, 'sum.py');
    writeFileSync(
      script,
      [
        'import json, sys, os',
        'rows = json.load(sys.stdin)["rows"]',
        'print("adding", len(rows), file=sys.stderr)',
        'print("note")',
        'print(json.dumps({"sum": sum(rows), "unit": os.environ["UNIT"], "arg": sys.argv[1]}))',
      ].join('\n'),
    );
    const { lines, logger } = said();
    const sums = pipeline('sums', {}, (p) => {
      const rows = p.task('rows', {}, () => [1, 2, 3]);
      return p.task(
        'sum',
        { rows },
        shell(
          { command: 'python3', args: [script, 'x'], env: { UNIT: 'kg' } },
          { schema: z.object({ sum: z.number() }).loose() },
        ),
      );
    });
    const run = await runOnce(sums, undefined, { logger });
    expect(run.output).toEqual({ sum: 6, unit: 'kg', arg: 'x' });
    expect(lines).toContain('adding 3');
  });

  it('that is missing, fails, prints no JSON or too much fails its task alone, with what it said', async () => {
    const many = pipeline('many', {}, (p) => {
      const options = { leaf: true } as const;
      p.task('missing', {}, shell({ command: 'no-such-command' }), options);
      p.task('script', {}, shell({ command: 'python3', args: [join(directory, 'none.py')] }), options);
      p.task('code', {}, shell(line("console.error('disk is full'); process.exit(3)")), options);
      p.task('text', {}, shell(line("console.log('hello')")), options);
      p.task('flood', {}, shell({ command: 'yes' }, { outputMax: 1e6 }), options);
      p.task('good', {}, shell(line("console.log('{}')")), options);
    });
    const run = await withTutti([many], async ({ client }) => {
      const { id } = await client.startRun('many', undefined);
      const { state } = await client.waitForRun(id);
      return { state, history: await client.readHistory(id) };
    });
    expect(run.state).toBe('failed');
    const errors = Object.fromEntries(
      run.history.map(({ name, value }) => [name, (value as { message?: string }).message ?? '']),
    );
    expect(errors).toMatchObject({
      missing: expect.stringMatching(
        /"no-such-command" could not be started: there is no such command on the PATH/,
      ),
      script: expect.stringMatching(/exit code 2.*can't open file/),
      code: expect.stringMatching(/exit code 3; it said last: disk is full/),
      text: expect.stringMatching(/was to print one JSON value, and printed "hello"/),
      flood: expect.stringMatching(/printed more than 1000000 bytes/),
      good: '',
    });
  });

  it('that never ends is stopped by its timeout, with everything it has started, even if it ignores SIGTERM', async () => {
    const pids = join(directory, 'pids');
    const stubborn = `process.on('SIGTERM', () => {}); const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e3)']);
      require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid); setInterval(() => {}, 1e3)`;
    const endless = pipeline('endless', {}, (p) =>
      p.task('wait', {}, shell(line(stubborn), { killAfter: '200ms' }), { attemptTimeout: '1500ms' }),
    );
    const run = await runOnce(endless);
    expect(run.error?.message).toMatch(/exceeded its attempt timeout/);
    const started = readFileSync(pids, 'utf8').split(' ').map(Number);
    await expect.poll(() => started.filter(isAlive), { timeout: 5_000 }).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
