import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type IConfiguration, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const configPath = new URL('../../.dependency-cruiser.mjs', import.meta.url).href;
const { default: config } = (await import(/* @vite-ignore */ configPath)) as { default: IConfiguration };

async function check(baseDir: string, paths: string[]): Promise<ICruiseResult> {
  const options: ICruiseOptions = {
    ...(config.options as ICruiseOptions),
    baseDir,
    validate: true,
    ruleSet: { forbidden: config.forbidden ?? [] },
  };
  const result = await cruise(paths, options);
  if (typeof result.output === 'string') throw new TypeError(result.output);
  return result.output;
}

describe('the layer rule', () => {
  it('is kept by the source, all of which the checker has read', async () => {
    const { summary, modules } = await check(root, ['src']);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    // With a TypeScript it cannot load, the checker reads nothing and finds nothing.
    expect(modules.filter(({ source }) => /^src\/.*\.ts$/.test(source)).length).toBeGreaterThan(30);
    expect(summary.totalDependenciesCruised ?? 0).toBeGreaterThan(50);
  });
});

/** One planted violation per rule: a file, its content, and what else must exist for it to resolve. */
const planted: readonly { rule: string; files: Readonly<Record<string, string>> }[] = [
  {
    rule: 'no-cycles',
    files: { 'src/engine/a.ts': "import type {} from './b.ts';", 'src/engine/b.ts': "import './a.ts';" },
  },
  { rule: 'layer-base', files: importing('src/base/a.ts', 'src/engine/index.ts') },
  { rule: 'layer-engine', files: importing('src/engine/a.ts', 'src/workflows/index.ts') },
  { rule: 'layer-workflows', files: importing('src/workflows/a.ts', 'src/pipelines/index.ts') },
  { rule: 'layer-pipelines', files: importing('src/pipelines/a.ts', 'src/events/index.ts') },
  { rule: 'layer-events', files: importing('src/events/a.ts', 'src/stores/memory/index.ts') },
  { rule: 'layer-schedules', files: importing('src/schedules/a.ts', 'src/workflows/index.ts') },
  { rule: 'layer-advisor', files: importing('src/advisor/a.ts', 'src/engine/index.ts') },
  { rule: 'layer-app', files: importing('src/app/a.ts', 'src/testing/index.ts') },
  { rule: 'layer-testing', files: importing('src/testing/a.ts', 'src/http/index.ts') },
  { rule: 'layer-connect', files: importing('src/connect/kafka/a.ts', 'src/app/index.ts') },
  { rule: 'layer-lab', files: importing('src/lab/a.ts', 'src/http/index.ts') },
  { rule: 'layer-http', files: importing('src/http/a.ts', 'src/workflows/index.ts') },
  { rule: 'layer-cli', files: importing('src/cli/a.ts', 'src/elsewhere/index.ts') },
  { rule: 'layer-stores', files: importing('src/stores/sqlite/a.ts', 'src/stores/memory/index.ts') },
  { rule: 'layer-stores-shared', files: importing('src/stores/rows.ts', 'src/stores/sqlite/index.ts') },
  { rule: 'through-the-front-door', files: importing('src/workflows/a.ts', 'src/engine/model/run.ts') },
  { rule: 'no-own-front-door', files: importing('src/stores/sqlite/a.ts', 'src/stores/sqlite/index.ts') },
  { rule: 'no-package-door-inside', files: importing('src/cli/a.ts', 'src/index.ts') },
  { rule: 'source-imports-no-test', files: importing('src/base/a.ts', 'src/base/b.test.ts') },
  { rule: 'source-stays-in-src', files: importing('src/base/a.ts', 'test/b.ts') },
  { rule: 'io-only-at-the-edge', files: { 'src/engine/a.ts': "import 'node:fs/promises';" } },
  { rule: 'sqlite-only-in-its-store', files: { 'src/cli/a.ts': "import 'node:sqlite';" } },
  { rule: 'postgres-only-in-its-store', files: withPackage('src/app/a.ts', 'pg', 'peerDependencies') },
  {
    rule: 'kafka-only-in-its-bridge',
    files: withPackage('src/app/a.ts', '@platformatic/kafka', 'peerDependencies'),
  },
  { rule: 'no-dev-dependency-in-source', files: withPackage('src/engine/a.ts', 'left', 'devDependencies') },
  { rule: 'outside-by-the-public-name', files: importing('examples/first/a.ts', 'src/index.ts') },
  { rule: 'everything-resolves', files: { 'src/base/a.ts': "import './missing.ts';" } },
];

function importing(from: string, to: string): Record<string, string> {
  const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
  return { [from]: `import './${path}';`, [to]: 'export {};' };
}

function withPackage(from: string, name: string, kind: string): Record<string, string> {
  return {
    [from]: `import '${name}';`,
    'package.json': JSON.stringify({ name: 'planted', type: 'module', [kind]: { [name]: '1.0.0' } }),
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    [`node_modules/${name}/index.js`]: '',
  };
}

describe('a planted violation', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it.each(planted)('of $rule is found', async ({ rule, files }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tutti-layers-'));
    folders.push(folder);
    for (const [path, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const start = Object.keys(files)[0]?.split('/')[0] ?? '';
    const { summary } = await check(folder, [start]);
    expect(summary.violations.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('is known for every rule, and every rule says how to repair', () => {
    expect(planted.map(({ rule }) => rule).toSorted()).toEqual(
      config.forbidden?.map(({ name }) => name).toSorted(),
    );
    for (const rule of config.forbidden ?? []) expect(rule.comment, rule.name).toMatch(/^.{30,}\.$/);
  });
});
