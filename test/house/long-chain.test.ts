import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A pipeline of so many tasks, each waiting for the one before and now and then for an older one. */
function chainOf(tasks: number, isReturned: boolean): string {
  const lines = Array.from({ length: tasks }, (_, i) => {
    const inputs = i === 0 ? '' : i % 7 === 0 ? `a: t${i - 1}, b: t${Math.floor(i / 2)}` : `a: t${i - 1}`;
    const rule = i % 11 === 10 ? ", { rule: 'noneFailed' }" : i === tasks - 1 ? ', { leaf: true }' : '';
    return `  const t${i} = p.task('t${i}', { ${inputs} }, () => ({ n: ${i}, k: 1 })${rule});`;
  });
  const head = "import { pipeline } from 'tutti';\nexport const p: unknown = pipeline('chain', {}, (p) => {";
  return [
    head,
    ...lines,
    ...(isReturned ? [`  return t${tasks - 1};`] : [`  void t${tasks - 1};`]),
    '});',
    '',
  ].join('\n');
}

/** How many types the checker makes of it, and what it complains about. */
function check(text: string): { instantiations: number; errors: readonly string[] } {
  const file = join(root, 'long-chain-sample.ts');
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, target, ...rest) =>
    path === file ? ts.createSourceFile(path, text, target) : getSourceFile(path, target, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file)!;
  const errors = program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  return { errors, instantiations: program.getInstantiationCount() };
}

describe('a generated chain of 500 tasks', () => {
  it('type-checks, at a cost that grows with the number of tasks and no faster', () => {
    const [short, long] = [check(chainOf(100, false)), check(chainOf(500, false))];
    expect(short.errors).toEqual([]);
    expect(long.errors).toEqual([]);
    // A count, not a time: the same on every machine. What is common to both is in `short` once.
    const perTask = (long.instantiations - short.instantiations) / 400;
    expect(perTask).toBeLessThan(600);
  });

  it('type-checks to its result, as far as TypeScript 6 can follow a chain from its end', () => {
    expect(check(chainOf(100, true)).errors).toEqual([]);
  });
});
