import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingNames } from '../../src/cli/starter/template-availability.ts';
import { exampleRuns, runExample } from './example-runs.ts';

/** The package as a user gets it: packed, unpacked into node_modules of an empty project, imported by its public name. */

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
};

/** What the examples need beside tutti. */
const neededByExamples = [
  ...['zod', 'csv-parse', 'nodemailer', 'smtp-server'],
  ...['vega-datasets', '@duckdb/node-api'],
];

let project = '';

beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), 'tutti-packed-'));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  // Built aside, so that a dist/ someone else is using stays as it is.
  const built = join(project, 'built');
  await execute(process.execPath, [
    tsc,
    '-p',
    join(root, 'tsconfig.build.json'),
    '--outDir',
    join(built, 'dist'),
  ]);
  for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs']) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(built, name), { recursive: true });
  }
  const packing = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', project],
    { cwd: built },
  );
  const [packed] = JSON.parse(packing.stdout) as { readonly filename: string }[];
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true, "type": "module" }\n');
  const home = join(project, 'node_modules/tutti');
  mkdirSync(home, { recursive: true });
  await execute('tar', ['-xzf', join(project, packed!.filename), '-C', home, '--strip-components=1']);
  // What npm would install next to it is installed here already; links keep the test off the network.
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...neededByExamples]) {
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(root, 'node_modules', name), link);
  }
  cpSync(join(root, 'examples'), join(project, 'examples'), { recursive: true });
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

async function run(code: string): Promise<string> {
  const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: project,
  });
  return stdout;
}

describe('the packed package', () => {
  it.each(Object.keys(manifest.exports).filter((name) => name !== './package.json'))(
    'exports %s',
    async (name) => {
      const specifier = name.replace('.', 'tutti');
      const output = await run(`console.log(Object.keys(await import('${specifier}')).length)`);
      expect(Number(output)).toBeGreaterThan(0);
    },
  );

  it('refuses what is not exported', async () => {
    const refusal = await run(
      `await import('tutti/dist/engine/index.js').then(() => console.log('open'), (error) => console.log(error.code))`,
    );
    expect(refusal.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('ships no source, no tests and nothing of this checkout', () => {
    const home = join(project, 'node_modules/tutti');
    for (const name of ['src', 'test', 'examples', 'node_modules'])
      expect(existsSync(join(home, name))).toBe(false);
  });

  it('brings its command', async () => {
    const bin = join(project, 'node_modules/tutti', manifest.bin['tutti']!);
    const { stdout } = await execute(process.execPath, [bin, 'version'], { cwd: project });
    expect(stdout).toMatch(/\d+\.\d+\.\d+/);
  });

  it.each(
    (Object.keys(missingNames) as (keyof typeof missingNames)[]).filter(
      (name) => missingNames[name].length === 0,
    ),
  )('writes a starter from the template %s that runs and whose test passes', async (template) => {
    const bin = join(project, 'node_modules/tutti', manifest.bin['tutti']!);
    const starter = join(project, `starter-${template}`);
    await execute(process.execPath, [bin, 'init', starter, '--template', template], { cwd: project });
    const { dependencies } = JSON.parse(readFileSync(join(starter, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    // Linked to the unpacked tarball and to what npm would install beside it.
    mkdirSync(join(starter, 'node_modules'));
    for (const name of Object.keys(dependencies))
      symlinkSync(join(project, 'node_modules', name), join(starter, 'node_modules', name));
    const ran = await execute(process.execPath, ['main.ts'], { cwd: starter });
    expect(ran.stdout).toMatch(/completed|reserved/);
    const tested = await execute(process.execPath, ['--test', '--test-reporter=tap'], { cwd: starter });
    expect(tested.stdout).toMatch(/# pass [1-9]\d*\n# fail 0/);
  });

  it.each(Object.entries(missingNames).filter(([, missing]) => missing.length > 0))(
    'refuses the template %s, and names what is missing',
    async (template, missing) => {
      const bin = join(project, 'node_modules/tutti', manifest.bin['tutti']!);
      const refusal = execute(process.execPath, [bin, 'init', 'nowhere', '--template', template], {
        cwd: project,
      });
      await expect(refusal).rejects.toThrow(new RegExp(`TUTTI_TEMPLATE_UNAVAILABLE.*${missing[0]}`));
      expect(existsSync(join(project, 'nowhere'))).toBe(false);
      const names = await run(`console.log(Object.keys(await import('tutti')).join())`);
      expect(
        missing.some((name) => !names.trim().split(',').includes(name)),
        `all of ${missing.join(', ')} is exported now: switch the template on in template-availability.ts`,
      ).toBe(true);
    },
  );

  it('brings the page that its errors point to', async () => {
    const bin = join(project, 'node_modules/tutti', manifest.bin['tutti']!);
    const failure: unknown = await execute(process.execPath, [bin, 'runs', 'show', 'nobody'], {
      cwd: project,
    }).catch((error: unknown) => error);
    const [, page = 'none'] =
      /^ {2}(\S+errors\.md)#tutti_store_not_found$/m.exec((failure as { stderr: string }).stderr) ?? [];
    expect(page).toBe('node_modules/tutti/docs/reference/errors.md');
    expect(existsSync(join(project, page))).toBe(true);
  });

  it('says where the demo is to be had', async () => {
    const bin = join(project, 'node_modules/tutti', manifest.bin['tutti']!);
    const refusal = execute(process.execPath, [bin, 'demo'], { cwd: project });
    await expect(refusal).rejects.toThrow(/TUTTI_MODULE_FAILED.*checkout of the repository/);
  });

  it.each(exampleRuns)('$name', async (example) => {
    const directory = mkdtempSync(join(project, 'run-'));
    const output = await runExample(example, { root: project, conditions: [], directory });
    for (const text of example.says) expect(output).toContain(text);
  });
});
