import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Short commands are short because of what they do not load; `bench/commands.ts` measures how short. */

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-start-up-'));
  writeFileSync(join(directory, 'answers.json'), '{ "answers": { "latency": "hours", "shape": "fixed" } }');
  writeFileSync(
    join(directory, 'note-modules.mjs'),
    `import { appendFileSync } from 'node:fs';
     import { registerHooks } from 'node:module';
     registerHooks({ load(url, context, next) { appendFileSync(process.env.NOTED, url + '\\n'); return next(url, context); } });`,
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function modulesOf(name: string, ...args: readonly string[]): Promise<readonly string[]> {
  const noted = join(directory, `${name}.txt`);
  await execute(
    process.execPath,
    [
      '--conditions=tutti-source',
      `--import=${join(directory, 'note-modules.mjs')}`,
      join(root, 'src/cli/main.ts'),
      ...args,
    ],
    { cwd: directory, env: { ...process.env, NOTED: noted } },
  );
  return readFileSync(noted, 'utf8').trim().split('\n');
}

const heavy =
  /src\/(engine|app|stores|workflows|http|testing)\/|node_modules\/(hono|@hono|@clack)\/|node:(sqlite|http)$/;

describe('a short command', () => {
  it('such as version loads no engine, no store, no server and no advisor', async () => {
    const modules = await modulesOf('version', 'version');
    expect(modules.length).toBeGreaterThan(5);
    expect(modules.filter((url) => heavy.test(url) || url.includes('src/advisor/'))).toEqual([]);
  });

  it('such as advise with answers loads the advisor, and no engine, store, server or prompts', async () => {
    const modules = await modulesOf('advise', 'advise', '--in', 'answers.json', '-o', 'json');
    expect(modules.some((url) => url.includes('src/advisor/'))).toBe(true);
    expect(modules.filter((url) => heavy.test(url))).toEqual([]);
  });
});
