import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTutti, type Pipeline } from 'tutti';
import { runCli } from './cli-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Below the root, so that the module finds `tutti` by its public name.
mkdirSync(join(root, '.tutti'), { recursive: true });
const directory = mkdtempSync(join(root, '.tutti', 'commands-'));
const store = join(directory, '.tutti');
const modulePath = join(directory, 'etl.ts');

/** A pipeline whose task `load` fails as long as the file `broken` is there. */
const code = `import { appendFileSync, existsSync } from 'node:fs';
import { cron, event, every, pipeline, shell, signal, topic } from 'tutti';
export const timed = pipeline('timed', {
  schedule: [cron('0 3 * * *', { name: 'night', timezone: 'Europe/Zurich' }), every('6h', { name: 'often' })],
}, (p) => p.task('one', {}, () => 1));
export const asked = pipeline('asked', { schedule: every('6h') }, (p) => {
  const done = p.task('note', {}, (_, { runId }) => appendFileSync(${JSON.stringify(join(directory, 'noted'))}, runId + '\\n'));
  const nap = p.sleep('nap', '3d');
  const released = p.wait('released', signal('released'));
  p.after(released, done, nap);
  return released;
});
export const Told = event('told');
export const tales = topic('tales', { events: [Told] });
export const telling = pipeline('telling', {}, (p) =>
  p.task('tell', {}, async (_, ctx) => {
    await ctx.publish(tales, Told('once'));
    return 'told';
  }),
);
export const stuck = pipeline('stuck', {}, (p) => {
  p.task('endless', {}, shell({ command: process.execPath, args: ['-e', 'setInterval(() => 0, 1e6)'] }), {
    leaf: true, attemptTimeout: '200ms', retry: { maximumAttempts: 2, initialInterval: '1h' },
  });
  p.task('beside', {}, () => 1, { leaf: true });
});
export const etl = pipeline('etl', {}, (p) => {
  const rows = p.task('rows', {}, () => [1, 2, 3]);
  const parsed = p.map('parse', rows, (row, p) => p.task('one', { row }, ({ row }) => row * 2));
  const nap = p.sleep('nap', '1h');
  const load = p.task('load', { parsed }, ({ parsed }) => {
    if (existsSync(${JSON.stringify(join(directory, 'broken'))})) throw new Error('the warehouse is closed');
    return parsed.length;
  });
  p.after(p.task('late', {}, () => 'late', { leaf: true }), nap);
  return p.task('report', { load }, ({ load }) => load + ' rows', { doc: 'what people read' });
});
`;

beforeAll(() => {
  writeFileSync(modulePath, code);
  writeFileSync(join(directory, 'broken'), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('tutti test', () => {
  it('runs a pipeline in memory with waiting time skipped and tasks replaced', async () => {
    const { stdout, exitCode } = await runCli(['test', 'etl', '-m', modulePath, '--mock', 'load=7'], {
      cwd: directory,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/completed {2}etl, version 1/);
    expect(stdout).toMatch(/● .*parse\/one +3 done/);
    expect(stdout).toMatch(/● .*late +done/);
  });

  it('takes the topics to which its tasks publish', async () => {
    const { stdout, exitCode } = await runCli(['test', 'telling', '-m', modulePath], { cwd: directory });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/● .*tell +done/);
  });

  it('exits with the outcome of the run', async () => {
    const { stdout, exitCode } = await runCli(['test', 'etl', '-m', modulePath], { cwd: directory });
    expect(exitCode).toBe(5);
    expect(stdout).toMatch(/load +failed .*the warehouse is closed/);
    expect(stdout).toMatch(/report +not run/);
  });
});

describe('tutti test of bad input', () => {
  it('stops a command that never ends at its timeout, and does what is beside it', async () => {
    const { stdout, exitCode } = await runCli(['test', 'stuck', '-m', modulePath], { cwd: directory });
    expect(exitCode).toBe(5);
    expect(stdout).toMatch(/endless +failed .*attempt timeout of 200ms in attempt 2/);
    expect(stdout).toMatch(/beside +done/);
  });

  it('says in which line of the module a pipeline was refused', async () => {
    const path = join(directory, 'refused.ts');
    writeFileSync(
      path,
      `import { cron, pipeline } from 'tutti';\nexport const a = pipeline('a', { schedule: cron('0 0 30 2 *') }, () => undefined);\n`,
    );
    const { stderr } = await runCli(['test', 'a', '-m', path], { cwd: directory });
    expect(stderr).toMatch(/never fires: no date fits its day, month and year \(.*refused\.ts:2:\d+\)/);
  });
});

describe('tutti test of a pipeline with a schedule', () => {
  it('does the one run and no other while it skips days, and shows what that waits for', async () => {
    const { stdout, stderr, exitCode } = await runCli(['test', 'asked', '-m', modulePath], {
      cwd: directory,
    });
    expect(stderr).not.toContain('unsettled');
    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/● .*nap +done/);
    expect(readFileSync(join(directory, 'noted'), 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('tutti pipeline', () => {
  it('draws a run, says what to type, clears and marks', async () => {
    const { etl } = (await import(/* @vite-ignore */ modulePath)) as { etl: Pipeline };
    const tutti = await createTutti({ store: join(store, 'tutti.db'), definitions: [etl] });
    await tutti.start();
    await tutti.client.startRun('etl', undefined, { id: 'r' });
    await expect.poll(async () => (await tutti.client.showRun('r')).state).toBe('waiting');
    await tutti.client.cancelRun('r', 'the nap is too long');
    await tutti.client.waitForRun('r');
    await tutti.stop();
    writeFileSync(join(store, 'modules.json'), JSON.stringify({ modules: [modulePath] }));

    const shown = await runCli(['pipeline', 'show', 'etl', '--svg', join(directory, 'run.svg')], {
      cwd: directory,
    });
    expect(shown.stdout).toMatch(/load +failed .*the warehouse is closed/);
    expect(shown.stdout).toMatch(/parse\/one +3 done/);
    expect(shown.stderr).toMatch(/Next: .*pipeline clear r --failed/);
    expect(readFileSync(join(directory, 'run.svg'), 'utf8')).toMatch(/^<svg .*3 done/s);
    expect((await runCli(['pipeline', 'graph', 'etl'], { cwd: directory })).stdout).toContain(
      'task · what people read',
    );
    expect((await runCli(['runs', 'show', 'r'], { cwd: directory })).stdout).toMatch(/Tasks\n/);

    const dry = await runCli(['pipeline', 'clear', 'r', 'parse+', '--dry-run'], { cwd: directory });
    expect(dry.stdout.trim().split('\n').toSorted()).toEqual([
      'load',
      'parse[0]/one',
      'parse[1]/one',
      'parse[2]/one',
    ]);
    const cleared = await runCli(['pipeline', 'clear', 'r', '--failed', '-o', 'json'], { cwd: directory });
    expect(JSON.parse(cleared.stdout)).toMatchObject({ run: { id: 'r', generation: 2 } });
    const planned = await runCli(['pipeline', 'next', 'timed', '-n', '6', '-o', 'json'], { cwd: directory });
    const next = JSON.parse(planned.stdout) as { readonly at: number; readonly schedule: string }[];
    expect(next).toHaveLength(6);
    expect(next.map(({ at }) => at)).toEqual(next.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(next.map(({ schedule }) => schedule))).toEqual(new Set(['timed/night', 'timed/often']));
    const unscheduled = await runCli(['pipeline', 'next', 'etl'], { cwd: directory });
    expect(unscheduled.stderr).toContain("'etl' has no schedule");
    const wrong = await runCli(['pipeline', 'clear', 'r@1', 'lod'], { cwd: directory });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("did you mean 'load'?");
    const marked = await runCli(['pipeline', 'mark', 'r@1', 'done', 'load'], { cwd: directory });
    expect(marked.stderr).toContain("The state is 'done'; expected one of success, failed, skipped.");
  });
});
