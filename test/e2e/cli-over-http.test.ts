import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, RunDetail } from '../../src/app/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { TuttiError } from '../../src/base/tutti-error.ts';
import { startHttpServer, type HttpServer } from '../../src/http/index.ts';
import { runCli, startCli, type Finished } from './cli-process.ts';

/** The command line against a server whose answers the test chooses: forms of output, exit codes, what is sent. */

let directory: string;
let server: HttpServer;
let answers: Partial<Record<keyof Client, unknown>>;
let asked: { method: string; args: readonly unknown[] }[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-cli-'));
  const client = new Proxy({} as Client, {
    get:
      (_, method: keyof Client) =>
      async (...args: readonly unknown[]) => {
        asked.push({ method, args });
        const answer = answers[method];
        if (answer instanceof Error) throw answer;
        return answer;
      },
  });
  server = await startHttpServer({
    client,
    token: 'secret',
    version: '0',
    instance: 'test',
    clock: systemClock,
    logger: silentLogger,
  });
});

afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  answers = { showRun: run(), listRuns: [run()], readHistory: [] };
  asked = [];
});

function run(over: Partial<RunDetail> = {}): RunDetail {
  return {
    id: 'order-7',
    generation: 1,
    kind: 'workflow',
    definition: 'order',
    version: '1',
    state: 'completed',
    status: null,
    createdAt: 1,
    startedAt: 2,
    updatedAt: 3,
    endedAt: 4,
    deadlineAt: null,
    worker: null,
    parent: null,
    trigger: null,
    cause: null,
    input: { at: new Date(5) },
    output: undefined,
    error: null,
    waits: [],
    inbox: 0,
    recent: [],
    children: [],
    codeMissing: false,
    ...over,
  };
}

function tutti(args: readonly string[], input?: string): Promise<Finished> {
  const env = { TUTTI_URL: server.url, TUTTI_TOKEN: 'secret' };
  return runCli(args, { cwd: directory, env, ...(input === undefined ? {} : { input }) });
}

describe('a command that waits for a run exits with its outcome', () => {
  it.each<[RunDetail['state'], RunDetail['error'], number]>([
    ['completed', null, 0],
    ['failed', { name: 'Error', message: 'no' }, 5],
    ['failed', { name: 'TuttiError', code: 'TUTTI_RUN_TIMEOUT', message: 'too late' }, 6],
    ['canceled', { name: 'TuttiError', code: 'TUTTI_RUN_CANCELED', message: 'by ada' }, 6],
    ['paused', { name: 'TuttiError', code: 'TUTTI_REPLAY_MISMATCH', message: 'differs' }, 4],
  ])('%s (%j): %i', async (state, error, exitCode) => {
    answers.startRun = run({ state: 'pending', endedAt: null });
    answers.waitForRun = run({ state, error, endedAt: state === 'paused' ? null : 4 });
    answers.showRun = answers.waitForRun;
    const waited = await tutti(['run', 'order', '--wait', '-o', 'json']);
    expect(waited.exitCode).toBe(exitCode);
    expect(JSON.parse(waited.stdout)).toMatchObject({ state, output: null });
    expect((await tutti(['runs', 'watch', 'order-7'])).exitCode).toBe(exitCode);
  });

  it('with 6 when it was told to wait no longer', async () => {
    answers.startRun = run({ state: 'pending', endedAt: null });
    answers.waitForRun = run({ state: 'running', endedAt: null });
    const result = await tutti(['run', 'order', '--wait-timeout', '10ms']);
    expect(result).toMatchObject({ exitCode: 6, stdout: '' });
    expect(result.stderr).toContain('TUTTI_WAIT_TIMEOUT');
  });
});

describe('an error ends a command with the exit code of its table, in three lines on stderr', () => {
  it.each<[string, readonly string[], TuttiError, number]>([
    ['unknown run', ['runs', 'show', 'x'], new TuttiError('TUTTI_RUN_NOT_FOUND', 'No run x.'), 3],
    ['finished run', ['runs', 'show', 'x'], new TuttiError('TUTTI_RUN_FINISHED', 'x has ended.'), 4],
    ['full disk', ['runs', 'show', 'x'], new TuttiError('TUTTI_STORE_FULL', 'The disk is full.'), 4],
    ['broken store', ['runs', 'show', 'x'], new TuttiError('TUTTI_STORE_FAILED', 'Torn page.'), 1],
    ['bad input', ['runs', 'show', 'x'], new TuttiError('TUTTI_INPUT_INVALID', 'name: required'), 2],
  ])('%s', async (_, args, error, exitCode) => {
    answers.showRun = error;
    const result = await tutti(args);
    expect(result).toMatchObject({ exitCode, stdout: '' });
    expect(result.stderr.split('\n')).toEqual([
      `error ${error.code}: ${error.message}`,
      `  → ${error.remedy}`,
      `  docs/reference/errors.md#${error.code.toLowerCase()}`,
      '',
    ]);
  });

  it.each<[readonly string[], number, string]>([
    [['statr'], 2, "Did you mean 'start'?"],
    [['runs', 'lst'], 2, "Did you mean 'runs list'?"],
    [['runs', 'show'], 2, "missing required argument 'run'"],
    [['runs', 'show', 'x', '--outptu', 'json'], 2, "did you mean '--output'?"],
    [['runs', 'list', '-o', 'xml'], 2, 'table, json, jsonl'],
    [['runs', 'list', '--limit', 'many'], 2, 'whole number from 1 to 1000'],
    [['runs', 'list', '--state', 'faild'], 2, "did you mean 'failed'?"],
    [['run', 'order', '{"a":}'], 2, 'line 1, column 6'],
    [['run', 'order', '{}', '--input-file', '-'], 2, 'expected one of them'],
    [['run', 'order', '--input-file', 'nowhere.json'], 2, 'nowhere.json'],
    [['run', 'order', '--timeout', 'soon'], 2, 'TUTTI_DURATION_INVALID'],
    [['run', 'order', '--on-conflict', 'replace'], 2, 'refuse, attach, restart, restartFailed'],
    [['approvals', 'answer', 'x'], 2, 'expected --approve, --reject'],
    [['start', 'nowhere.ts'], 2, 'TUTTI_MODULE_FAILED'],
    [['runs', 'list', '--url', 'http://127.0.0.1:9'], 7, 'TUTTI_ENGINE_UNREACHABLE'],
    [['runs', 'list', '--url', 'nonsense'], 2, 'expected something like http://127.0.0.1:4717'],
    [['runs', 'list', '--token', 'wrong'], 4, 'TUTTI_UNAUTHORIZED'],
  ])('%j: %i', async (args, exitCode, text) => {
    const result = await tutti(args);
    expect(result).toMatchObject({ exitCode, stdout: '' });
    expect(result.stderr).toContain(text);
    expect(asked).toEqual([]);
  });

  it('without an engine and without a database: 3, and it makes none', async () => {
    const result = await runCli(['runs', 'list'], { cwd: directory });
    expect(result).toMatchObject({ exitCode: 3, stdout: '' });
    expect(result.stderr).toContain('TUTTI_STORE_NOT_FOUND');
  });
});

describe('data goes to stdout in the form asked for', () => {
  it('as a table without colors where no terminal is', async () => {
    const { stdout, stderr } = await tutti(['runs', 'list']);
    expect(stdout).toMatch(/^RUN +STATE +DEFINITION +STARTED +TOOK +STATUS\norder-7 +completed +order /);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('as one JSON document that keeps what JSON would lose', async () => {
    const { stdout } = await tutti(['runs', 'show', 'latest', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      input: { at: { $tutti: 'Date', value: '1970-01-01T00:00:00.005Z' } },
    });
  });

  it('as one JSON value a line', async () => {
    answers.listRuns = [run(), run({ id: 'order-8' })];
    const { stdout } = await tutti(['runs', 'list', '-o', 'jsonl']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as RunDetail).id),
    ).toEqual(['order-7', 'order-8']);
  });

  it('and nothing is said when the reader of a pipe has enough', async () => {
    answers.listRuns = Array.from({ length: 49 }, () => run({ status: 'x'.repeat(10_000) }));
    const child = startCli(['runs', 'list', '-o', 'jsonl'], {
      cwd: directory,
      env: { TUTTI_URL: server.url, TUTTI_TOKEN: 'secret' },
    });
    child.process.stdout?.destroy();
    expect(await child.finished).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('a command sends what was typed', () => {
  it('an input from stdin, and options', async () => {
    answers.startRun = run({ state: 'pending' });
    const args = [
      'run',
      'order',
      '--input-file',
      '-',
      '--id',
      'a',
      '--on-conflict',
      'attach',
      '--timeout',
      '1m',
    ];
    expect((await tutti(args, '{"n":1}')).exitCode).toBe(0);
    expect(asked).toEqual([
      { method: 'startRun', args: ['order', { n: 1 }, { id: 'a', onConflict: 'attach', timeoutMs: 60_000 }] },
    ]);
  });

  it('a signal to the generation it found', async () => {
    await tutti(['signal', 'latest', 'paid', '{"n":1}']);
    expect(asked.at(-1)).toEqual({ method: 'sendSignal', args: ['order-7@1', 'paid', { n: 1 }] });
  });

  it('a decision, when the form has a field for it', async () => {
    const question = {
      id: 'order-7:/approval:ok#0',
      runId: 'order-7',
      definition: 'order',
      question: 'ok',
      since: 1,
    };
    const form = { type: 'object', properties: { approved: { type: 'boolean' } } };
    answers.listApprovals = [
      { ...question, to: null, deadline: null, remindEveryMs: null, remindedAt: null, detail: null, form },
    ];
    answers.answerApproval = { ...question };
    expect(
      (await tutti(['approvals', 'answer', 'order-7', '--reject', '--by', 'ada', '{"note":"no"}'])).exitCode,
    ).toBe(0);
    expect(asked.at(-1)).toEqual({
      method: 'answerApproval',
      args: [question.id, { approved: false, note: 'no' }, 'ada'],
    });
  });
});

describe('help', () => {
  it('is there for every command, with examples, and options may stand before the command', async () => {
    const { catalog } = await import('../../src/cli/catalog.ts');
    const { describeCommand } = await import('../../src/cli/parse-command-line.ts');
    for (const [name, load] of Object.entries(catalog)) {
      const { command } = await load();
      expect(command.examples.length, name).toBeGreaterThan(0);
      for (const example of command.examples)
        expect(example.command.startsWith(name), example.command).toBe(true);
      expect(describeCommand(name, command, 'tutti').helpInformation()).toContain(
        command.summary.slice(0, 40),
      );
    }
    expect(await runCli(['--store', 'x', 'runs', 'list', '--help'], { cwd: directory })).toMatchObject({
      exitCode: 0,
    });
  });

  it('lists all commands', async () => {
    const { stdout, exitCode } = await runCli([], { cwd: directory });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('approvals answer <approval> [answer]');
  });
});

describe('version', () => {
  it('answers at once', async () => {
    await runCli(['version'], { cwd: directory });
    const { stdout } = await runCli(['version', '-o', 'json'], { cwd: directory });
    expect(JSON.parse(stdout)).toMatchObject({ node: process.versions.node });
  });
});
