import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Advice, AnswerSheet } from '../../src/advisor/index.ts';
import { runCli, startCli, type Finished } from './cli-process.ts';
import { keys, openTerminal, type Terminal } from './terminal.ts';

/** The advisor as a user meets it: with files, in a terminal, and over HTTP. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const main = `'${process.execPath}' --conditions=tutti-source '${join(root, 'src/cli/main.ts')}'`;
let directory: string;
const open: Terminal[] = [];

beforeEach(() => {
  mkdirSync(join(root, '.tutti'), { recursive: true });
  directory = mkdtempSync(join(root, '.tutti', 'advise-'));
  write('nightly.json', { answers: nightly, people: ['Ada'] });
  write('onboarding.json', { answers: onboarding, people: ['Ben'] });
});

afterEach(() => {
  for (const terminal of open.splice(0)) terminal.kill();
  rmSync(directory, { recursive: true, force: true });
});

const nightly = {
  duration: '<=1h',
  longestWait: 'none',
  human: 'none',
  shape: 'fixed',
  trigger: 'schedule',
  throughput: '<1/s',
  latency: 'hours',
  failure: 'retry-step',
};
const onboarding = { ...nightly, duration: '>1d', longestWait: '>1d', human: 'in-path', failure: 'resume' };

function write(name: string, value: unknown): void {
  writeFileSync(join(directory, name), typeof value === 'string' ? value : JSON.stringify(value));
}

function read(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

function tutti(...args: readonly string[]): Promise<Finished> {
  return runCli(args, { cwd: directory });
}

describe('with answers from a file', () => {
  it('the advice comes in every form', async () => {
    const json = await tutti('advise', '--in', 'nightly.json', '-o', 'json');
    const advice = JSON.parse(json.stdout) as Advice;
    expect(json).toMatchObject({ exitCode: 0, stderr: '' });
    expect(advice.recommendation).toMatchObject({ paradigm: 'pipeline', confidence: 'medium' });
    expect((await tutti('advise', '--in', 'nightly.json')).stdout).toMatch(
      /^Pipeline · confidence medium\n[\s\S]+█/,
    );
    expect((await tutti('advise', '--in', 'nightly.json', '-o', 'md')).stdout).toMatch(/^# Pipeline\n/);
    expect((await tutti('advise', '--in', 'nightly.json', '-o', 'html')).stdout).toMatch(/^<!doctype html>/);
    expect((await tutti('advise', '--in', 'nightly.json', '-o', 'adr')).stdout.trimEnd()).toBe(
      advice.adr.markdown.trimEnd(),
    );
    const piped = await runCli(['advise', '--in', '-', '-o', 'json'], {
      cwd: directory,
      input: read('nightly.json'),
    });
    expect(piped.stdout).toBe(json.stdout);
  });

  it('several sheets are merged, and the difference that matters is put on the agenda', async () => {
    const { stdout } = await tutti('advise', '--merge', 'nightly.json', 'onboarding.json');
    expect(stdout).toContain('Where people differ');
    expect(stdout).toMatch(/DECIDE: /);
    expect(await tutti('advise', '--merge', 'nightly.json')).toMatchObject({ exitCode: 2 });
    expect(
      await tutti('advise', '--in', 'nightly.json', '--merge', 'nightly.json', 'onboarding.json'),
    ).toMatchObject({
      exitCode: 2,
    });
  });

  it('weights, limits and costs of your own count', async () => {
    write('weights.json', { latency: 1 });
    write('limits.json', { source: 'lab 9', pipelineLatencyMsMin: 90 });
    write('costs.json', { hourlyRate: 77 });
    const files = ['--weights', 'weights.json', '--limits', 'limits.json', '--costs', 'costs.json'];
    const { stdout } = await tutti('advise', '--in', 'nightly.json', ...files, '-o', 'json');
    const advice = JSON.parse(stdout) as Advice;
    expect(advice.weights.changed).toEqual([{ question: 'latency', default: 5, yours: 1 }]);
    expect(advice.limits).toMatchObject({ source: 'lab 9', pipelineLatencyMsMin: 90 });
    expect(advice.cost?.inputs).toContainEqual(
      expect.objectContaining({ id: 'hourlyRate', low: 77, source: 'yours' }),
    );
  });

  it.each([
    ['malformed JSON, with line and column', '{\n  "answers": { "latency": }\n}', 'line 2, column 27'],
    ['an unknown question, with the nearest', '{"answers":{"latancy":"hours"}}', "did you mean 'latency'?"],
    ['an unknown option, with the nearest', '{"answers":{"latency":"hour"}}', "did you mean 'hours'?"],
  ])('%s is refused with 2', async (_, text, message) => {
    write('bad.json', text);
    const refused = await tutti('advise', '--in', 'bad.json');
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect(await tutti('advise', '--in', 'missing.json')).toMatchObject({ exitCode: 2 });
  });

  it('without a terminal and without a file it says how to give the answers', async () => {
    const refused = await tutti('advise');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/TUTTI_TERMINAL_REQUIRED[\s\S]+--in answers\.json/);
  });

  it('explain, flip, simulate and compare answer', async () => {
    const explained = await tutti('advise', 'explain', 'throughput', '--in', 'nightly.json');
    expect(explained.stdout).toMatch(/● less than 1 per second \(<1\/s\) → pipeline/);
    expect((await tutti('advise', 'explain', '--in', 'nightly.json')).stdout).toMatch(
      /latency: hours \(weight 5\)/,
    );
    expect((await tutti('advise', 'flip', '--in', 'nightly.json')).stdout).toMatch(
      /shape +fixed +loops +stateful/,
    );
    const flipped = await tutti(
      'advise',
      'flip',
      'throughput',
      '>10k/s',
      '--in',
      'nightly.json',
      '-o',
      'json',
    );
    expect(JSON.parse(flipped.stdout)).toMatchObject({
      isFlipped: true,
      after: { paradigm: 'event-driven' },
    });
    const simulated = await tutti('advise', 'simulate', '--in', 'nightly.json', '--runs', '50', '-o', 'json');
    expect(JSON.parse(simulated.stdout)).toMatchObject({ runs: 50, seed: 'tutti', share: 1 });
    expect(await tutti('advise', 'simulate', '--in', 'nightly.json', '--spread', '2')).toMatchObject({
      exitCode: 2,
    });
    expect((await tutti('advise', 'compare')).stdout).toContain('Fault tolerance');
    expect(await tutti('advise', 'explain')).toMatchObject({ exitCode: 2 });
  });
});

function launch(command: string): Terminal {
  const terminal = openTerminal(`${main} ${command}`, directory);
  open.push(terminal);
  return terminal;
}

function saved(): AnswerSheet['answers'] {
  return (JSON.parse(read('answers.json')) as AnswerSheet).answers;
}

describe('in a terminal', () => {
  it('questions are asked, taken back, left open, saved, and gone on with', async () => {
    const first = launch('advise --quick');
    await first.prompt();
    first.press(keys.enter); // the first option
    await first.prompt();
    expect(stripVTControlCharacters(first.screen())).toContain('For example: ');
    const [before] = Object.entries(saved());
    expect(stripVTControlCharacters(first.screen())).toMatch(/[▲▼] \d+/);
    first.press(keys.up, keys.up, keys.enter); // ← back
    await first.prompt();
    expect(saved()).toEqual({});
    first.press(keys.enter); // what was answered is preselected
    await first.prompt();
    expect(Object.entries(saved())).toEqual([before]);
    first.press(keys.up, keys.up, keys.up, keys.enter); // not sure
    await first.prompt();
    expect(new Set(Object.values(saved()))).toEqual(new Set([before![1], 'not sure']));
    first.press(keys.up, keys.enter); // save and stop
    expect(await first.ended).toBe(0);
    expect(stripVTControlCharacters(first.screen())).toContain('Go on with: tutti advise --quick');

    const second = launch('advise --quick -o json > wizard.json');
    while (await second.prompt()) second.press(keys.enter);
    expect(await second.ended).toBe(0);
    expect(stripVTControlCharacters(second.screen())).toContain('Going on with 2 answers from answers.json');

    // The same answers from the file give the same bytes, and over HTTP the same advice.
    expect((await tutti('advise', '--in', 'answers.json', '-o', 'json')).stdout).toBe(read('wizard.json'));
    expect(await adviceOverHttp(read('answers.json'))).toBe(JSON.stringify(JSON.parse(read('wizard.json'))));
  });

  it('all questions come, parts, people and preference included; Ctrl-C keeps what was answered', async () => {
    write('answers.json', { answers: { ...onboarding, steps: 'several', transitions: '<1/s' } });
    const stopped = launch('advise --full');
    await stopped.prompt();
    stopped.press(keys.interrupt);
    expect(await stopped.ended).toBe(0);
    expect(Object.keys(saved())).toHaveLength(10);

    const terminal = launch('advise --full');
    let isAtParts = false;
    while (!isAtParts && (await terminal.prompt())) {
      isAtParts = stripVTControlCharacters(terminal.screen()).includes('Which of these parts occur too?');
      if (!isAtParts) terminal.press(keys.enter);
    }
    terminal.press(keys.space, keys.enter); // an approval by a person
    await terminal.prompt();
    terminal.press('Ada, Ben', keys.enter);
    await terminal.prompt();
    terminal.press(keys.down, keys.enter); // pipeline
    expect(await terminal.ended).toBe(0);
    const sheet = JSON.parse(read('answers.json')) as AnswerSheet;
    expect(sheet.answers['alsoContains']).toEqual(['approval']);
    expect(sheet.people).toEqual([{ name: 'Ada' }, { name: 'Ben' }]);
    expect(sheet.preference).toEqual({ paradigm: 'pipeline' });
    expect(stripVTControlCharacters(terminal.screen())).toContain('Look at the choice again on');
  });
});

/** The advice of a running engine for the sheet. */
async function adviceOverHttp(sheet: string): Promise<string> {
  write('empty.ts', 'export {};\n');
  const engine = startCli(['start', 'empty.ts', '--port', '0'], { cwd: directory });
  try {
    await engine.said('Stop with Ctrl-C');
    const { url, token } = JSON.parse(read('.tutti/engine.json')) as {
      readonly url: string;
      readonly token: string;
    };
    const response = await fetch(new URL('/api/advice', url), {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: sheet,
    });
    return await response.text();
  } finally {
    engine.process.kill('SIGKILL');
    await engine.finished;
  }
}

describe('a starter project', () => {
  it('follows the advice, with its decision record', async () => {
    write('advice.json', (await tutti('advise', '--in', 'onboarding.json', '-o', 'json')).stdout);
    const { stdout, exitCode } = await tutti('init', 'shop', '--from', 'advice.json', '-o', 'json');
    expect(exitCode).toBe(0);
    const { template, files } = JSON.parse(stdout) as { template: string; files: string[] };
    expect(template).toBe('workflow');
    expect(files.find((path) => path.endsWith('-stateful.md'))).toMatch(/^docs\/decisions\//);
    expect(JSON.parse(read('shop/package.json'))).toMatchObject({
      name: 'shop',
      scripts: { test: 'node --test' },
    });
  });

  it('is refused over files that are there, for a template that is not, and without a choice', async () => {
    write('taken', 'x');
    expect(await tutti('init', '--template', 'workflow')).toMatchObject({ exitCode: 4 });
    expect(await tutti('init', 'new')).toMatchObject({ exitCode: 2 });
    expect(await tutti('init', 'new', '--from', 'nightly.json')).toMatchObject({ exitCode: 2 });
    expect(await tutti('init', 'new', '--template', 'workflows')).toMatchObject({ exitCode: 2 });
  });
});
