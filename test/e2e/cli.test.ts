import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DefinitionView, LogView, RunDetail, RunView } from '../../src/app/index.ts';
import { runCli, startCli, type Finished, type Running } from './cli-process.ts';

/** The command line with a real engine and without one, as a user meets it. */

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
let running: Running[];

beforeEach(() => {
  // Inside the checkout, so that modules find this package by its name.
  mkdirSync(join(root, '.tutti'), { recursive: true });
  directory = mkdtempSync(join(root, '.tutti', 'cli-'));
  running = [];
  writeFileSync(join(directory, 'flows.ts'), flows);
});

afterEach(async () => {
  for (const command of running) {
    command.process.kill('SIGKILL');
    await command.finished;
  }
  rmSync(directory, { recursive: true, force: true });
});

const flows = `
import { signal, workflow } from 'tutti';
import * as z from 'zod';

export const paid = signal('paid', z.object({ amount: z.number() }));

export const greet = workflow('greet', { input: z.string() }, async (ctx, name) => {
  return ctx.step('compose', () => \`Hello, \${name}\`);
});

export const talks = workflow('talks', { signals: [paid] }, async (ctx) => {
  ctx.log.info('begins');
  await ctx.step('speak', (step) => step.log.warn('hello', { to: 'Ada' }));
  await ctx.waitFor(paid);
  ctx.log.info('ends');
});

export const fails = workflow('fails', async (ctx) => {
  await ctx.step('break', () => { throw new Error('no such account'); }, { retry: { maximumAttempts: 1 } });
});

export const order = workflow('order', { signals: [paid] }, async (ctx) => {
  const { amount } = await ctx.waitFor(paid);
  return amount;
});

export const ask = workflow('ask', async (ctx) => {
  const answer = await ctx.ask('verify account', { form: z.object({ approved: z.boolean() }), to: 'admins', timeout: '1h' });
  return answer.approved ? 'in' : 'out';
});
`;

function tutti(...args: readonly string[]): Promise<Finished> {
  return runCli(args, { cwd: directory });
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { stdout } = await tutti(...args, '-o', 'json');
  return JSON.parse(stdout) as T;
}

function launch(...args: readonly string[]): Running {
  const command = startCli(args, { cwd: directory });
  running.push(command);
  return command;
}

async function startEngine(...modules: readonly string[]): Promise<Running> {
  const engine = launch('start', ...(modules.length === 0 ? ['flows.ts'] : modules), '--port', '0');
  await engine.said('Stop with Ctrl-C');
  return engine;
}

async function stop(engine: Running): Promise<Finished> {
  engine.process.kill('SIGTERM');
  return engine.finished;
}

describe('with an engine', () => {
  it('a run is started, awaited and shown', async () => {
    await startEngine();
    const waited = await tutti('run', 'greet', '"Ada"', '--wait', '--id', 'g1', '-o', 'json');
    expect(waited).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(waited.stdout)).toMatchObject({ id: 'g1', state: 'completed', output: 'Hello, Ada' });
    const shown = await tutti('runs', 'show', 'g1');
    expect(shown.stdout).toMatch(/g1 +completed[\s\S]+result +"Hello, Ada"[\s\S]+step +compose/);
    expect((await json<RunView[]>('runs', 'list'))[0]).toMatchObject({ id: 'g1', definition: 'greet' });
    expect((await tutti('runs', 'history', 'latest')).stdout).toContain('compose');
    expect((await tutti('runs', 'watch', 'g1')).exitCode).toBe(0);
    const { stdout } = await tutti('runs', 'export', 'g1');
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'tutti.run/1',
      run: { id: 'g1' },
      history: [{ name: 'compose' }],
    });
  });

  it('what a run and its steps log is read, one step of it, and followed to the end', async () => {
    await startEngine();
    await tutti('run', 'talks', '--id', 't1');
    const following = launch('runs', 'logs', 't1', '--follow');
    await following.said("hello { to: 'Ada' }");
    await tutti('signal', 't1', 'paid', '{"amount":1}');
    const { stdout, exitCode } = await following.finished;
    expect(exitCode).toBe(0);
    const shown = stdout.split('\n').map((line) => line.slice(' 00:00:00.000 '.length));
    expect(shown).toEqual(['info   begins', "warn   speak: hello { to: 'Ada' }", 'info   ends', '']);
    expect(await json<LogView[]>('runs', 'logs', 't1', '--step', 'speak')).toMatchObject([
      { seq: 2, step: 'speak', attempt: 1, level: 'warn' },
    ]);
  });

  it('a failed run ends its command with 5 and can be retried', async () => {
    await startEngine();
    const waited = await tutti('run', 'fails', '--wait', '--id', 'f1');
    expect(waited.exitCode).toBe(5);
    expect(waited.stdout).toContain('no such account');
    expect(waited.stdout).toContain('tutti runs retry f1');
    expect(await json<RunView>('runs', 'retry', 'f1')).toMatchObject({ id: 'f1', generation: 2 });
    expect((await tutti('runs', 'watch', 'f1')).exitCode).toBe(5);
  });

  it('a signal is checked, accepted, and refused once the run has ended', async () => {
    await startEngine();
    await tutti('run', 'order', '--id', 'o1');
    expect(await tutti('signal', 'o1', 'piad', '{}')).toMatchObject({ exitCode: 3 });
    expect(await tutti('signal', 'o1', 'paid', '{"amount":"x"}')).toMatchObject({ exitCode: 2 });
    expect(await tutti('signal', 'o1', 'paid', '{"amount":40}')).toMatchObject({ exitCode: 0 });
    expect(await tutti('runs', 'watch', 'o1')).toMatchObject({ exitCode: 0 });
    const late = await tutti('signal', 'o1', 'paid', '{"amount":40}');
    expect(late).toMatchObject({ exitCode: 4 });
    expect(late.stderr).toContain('TUTTI_RUN_FINISHED');
  });

  it('a canceled run ends a waiting command with 6', async () => {
    await startEngine();
    const waiting = launch('run', 'order', '--wait', '--id', 'o2');
    await waiting.said('Started o2');
    expect(await tutti('runs', 'cancel', 'o2', '--reason', 'customer called')).toMatchObject({ exitCode: 0 });
    expect(await waiting.finished).toMatchObject({ exitCode: 6 });
    expect((await tutti('runs', 'show', 'o2')).stdout).toContain('customer called');
  });

  it('a question is listed, shown and answered once', async () => {
    await startEngine();
    await tutti('run', 'ask', '--id', 'a1');
    const watching = launch('runs', 'watch', 'a1');
    await expect
      .poll(async () => (await tutti('approvals', 'list', '--to', 'admins')).stdout, { timeout: 10_000 })
      .toContain('verify account');
    expect((await tutti('runs', 'show', 'a1')).stdout).toContain('approvals answer a1 --approve');
    expect((await tutti('approvals', 'show', 'a1')).stderr).toContain('approvals answer a1 --approve');
    expect(await tutti('approvals', 'answer', 'a1', '--approve', '--by', 'ada')).toMatchObject({
      exitCode: 0,
    });
    expect(await watching.finished).toMatchObject({ exitCode: 0 });
    expect(await json<RunDetail>('runs', 'show', 'a1')).toMatchObject({ output: 'in' });
    expect(await tutti('approvals', 'answer', 'a1', '--reject')).toMatchObject({ exitCode: 3 });
  });

  it('bad input is refused with its code, and nothing is started', async () => {
    await startEngine();
    expect((await tutti('run', 'greeet', '"Ada"')).stderr).toContain('TUTTI_DEFINITION_NOT_FOUND');
    expect(await tutti('run', 'greet', '7')).toMatchObject({ exitCode: 2 });
    expect(await json<RunView[]>('runs', 'list')).toEqual([]);
    await tutti('run', 'greet', '"Ada"', '--id', 'twice');
    const again = await tutti('run', 'greet', '"Ada"', '--id', 'twice');
    expect(again).toMatchObject({ exitCode: 4 });
    expect(again.stderr).toContain('TUTTI_RUN_ID_TAKEN');
    expect(await tutti('runs', 'show', 'nobody')).toMatchObject({ exitCode: 3 });
  });

  it('a run can be paused and resumed', async () => {
    await startEngine();
    await tutti('run', 'order', '--id', 'o3');
    expect(await tutti('runs', 'pause', 'o3')).toMatchObject({ exitCode: 0 });
    await expect
      .poll(async () => (await json<RunDetail>('runs', 'show', 'o3')).state, { timeout: 10_000 })
      .toBe('paused');
    expect(await tutti('runs', 'watch', 'o3')).toMatchObject({ exitCode: 4 });
    expect(await tutti('runs', 'resume', 'o3')).toMatchObject({ exitCode: 0 });
  });

  it('the definitions are listed with what they take', async () => {
    await startEngine();
    const definitions = await json<DefinitionView[]>('defs', 'list');
    expect(definitions.map(({ name }) => name).toSorted()).toEqual([
      'ask',
      'fails',
      'greet',
      'order',
      'talks',
    ]);
    expect((await tutti('defs', 'show', 'order')).stdout).toContain('paid');
    expect(await tutti('defs', 'show', 'ordr')).toMatchObject({ exitCode: 3 });
  });

  it('its files are readable by their owner only, and gone when it was stopped', async () => {
    const engine = await startEngine();
    const file = join(directory, '.tutti', 'engine.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, '.tutti', 'token')).mode & 0o777).toBe(0o600);
    expect(await stop(engine)).toMatchObject({ exitCode: 0 });
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('the command ends although a module keeps the process open', async () => {
    writeFileSync(join(directory, 'open.ts'), 'setInterval(() => undefined, 1000);\nexport {};');
    const engine = await startEngine('flows.ts', 'open.ts');
    expect(await stop(engine)).toMatchObject({ exitCode: 0 });
  });

  it('doctor finds nothing to repair', async () => {
    await startEngine();
    const findings = await json<{ check: string; result: string }[]>('doctor');
    expect(findings.find(({ check }) => check === 'engine')).toMatchObject({ result: 'ok' });
    expect(findings.filter(({ result }) => result === 'failed')).toEqual([]);
  });
});

describe('without an engine', () => {
  it('what is written waits on disk for the next one', async () => {
    await stop(await startEngine());
    const started = await tutti('run', 'greet', '"Ada"', '--id', 'later');
    expect(started).toMatchObject({ exitCode: 0 });
    expect(started.stderr).toContain('No engine is running on it');
    expect(started.stderr).toContain('tutti start flows.ts');
    expect(await tutti('run', 'greet', '7')).toMatchObject({ exitCode: 2 });
    expect(await tutti('run', 'greet', '"Ada"', '--wait')).toMatchObject({ exitCode: 7 });
    expect((await tutti('runs', 'show', 'later')).stdout).toContain('later  pending');
    await startEngine();
    expect(await tutti('runs', 'watch', 'later')).toMatchObject({ exitCode: 0 });
  });

  it('a killed one leaves a file that is recognised as stale', async () => {
    const engine = await startEngine();
    engine.process.kill('SIGKILL');
    await engine.finished;
    expect(await tutti('runs', 'list')).toMatchObject({ exitCode: 0 });
    await startEngine();
    expect(await tutti('run', 'greet', '"Ada"', '--wait')).toMatchObject({ exitCode: 0 });
  });

  it('doctor exits with 8 when the file is not a database', async () => {
    mkdirSync(join(directory, '.tutti'));
    writeFileSync(
      join(directory, '.tutti', 'tutti.db'),
      'no database at all, but long enough to be one'.repeat(100),
    );
    expect(await tutti('doctor')).toMatchObject({ exitCode: 8 });
    const list = await tutti('runs', 'list');
    expect(list).toMatchObject({ exitCode: 4 });
    expect(list.stderr).toContain('TUTTI_STORE_NOT_OURS');
  });
});

describe('start', () => {
  it.each([
    [
      'a module that throws',
      `throw new Error('no password');\nexport {};`,
      'no password',
      'TUTTI_MODULE_FAILED',
    ],
    ['a syntax error', 'export const = 1;', 'bad.ts:1', 'TUTTI_MODULE_FAILED'],
    [
      'two definitions of one name',
      `import { workflow } from 'tutti';\nexport const other = workflow('greet', async () => 1);`,
      'Two definitions are called "greet"',
      'TUTTI_DEFINITION_DUPLICATE',
    ],
    [
      'a definition without a name',
      `import { workflow } from 'tutti';\nexport const other = workflow('', async () => 1);`,
      'without a name',
      'TUTTI_MODULE_FAILED',
    ],
  ])('refuses %s', async (_, text, message, code) => {
    writeFileSync(join(directory, 'bad.ts'), text);
    const result = await tutti('start', 'flows.ts', 'bad.ts');
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(code);
  });

  it('says what to change where the package.json of a module makes it CommonJS', async () => {
    mkdirSync(join(directory, 'old'));
    writeFileSync(join(directory, 'old', 'package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(directory, 'old', 'flows.ts'), `import 'tutti';`);
    const { exitCode, stderr } = await tutti('start', 'old/flows.ts');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/because of "type" in \S+old\/package\.json: write "type": "module" there/);
  });
});

describe('dev', () => {
  it('shows what cannot be imported, runs the rest, and loads anew what was saved', async () => {
    const imported = join(directory, 'word.ts');
    writeFileSync(imported, `export const name: string = 'first';`);
    writeFileSync(
      join(directory, 'named.ts'),
      `import { workflow } from 'tutti';\nimport { name } from './word.ts';\nexport const named = workflow(name, async () => name);`,
    );
    writeFileSync(join(directory, 'bad.ts'), `\nthrow new Error('no password');\nexport {};`);
    const dev = launch('dev', 'named.ts', 'bad.ts', '--port', '0');
    await dev.said('Definitions: first');
    expect(dev.stderr()).toMatch(/no password.*bad\.ts:2/);
    expect(await tutti('run', 'first', '--wait')).toMatchObject({ exitCode: 0 });
    writeFileSync(imported, `export const name: string = 'second';`);
    await dev.said('Definitions: second');
    writeFileSync(
      join(directory, 'bad.ts'),
      `import { workflow } from 'tutti';\nexport const third = workflow('third', async () => 3);`,
    );
    await dev.said('Definitions: second, third');
    expect(await tutti('run', 'third', '--wait')).toMatchObject({ exitCode: 0 });
    dev.process.kill('SIGINT');
    expect(await dev.finished).toMatchObject({ exitCode: 0 });
  });
});

describe('an old Node.js', () => {
  it('is told which one is needed', async () => {
    const main = pathToFileURL(join(root, 'src/cli/main.ts')).href;
    const code = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); await import('${main}');`;
    const failure = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 2, stdout: '' });
    expect((failure as { stderr: string }).stderr).toContain('TUTTI_NODE_TOO_OLD');
  });
});
