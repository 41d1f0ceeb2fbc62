import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Names per entry point, types included, as agreed on. A change here is a change of the public interface. */
const agreed = readJson('./public-api.json') as Record<string, string[]>;
const manifest = readJson('../../package.json') as {
  exports: Record<string, string | Record<string, string>>;
};

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}

/** Source file by entry point, for instance `./testing` → `./src/testing/index.ts`. */
const sources = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === 'string' ? [] : [[entry, target['tutti-source'] ?? ''] as const],
);

function exportedNames(sourcePath: string): string[] {
  const file = fileURLToPath(new URL(`../../${sourcePath}`, import.meta.url));
  const program = ts.createProgram([file], {
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    noLib: true,
    types: [],
  });
  const source = program.getSourceFile(file);
  const symbol = source && program.getTypeChecker().getSymbolAtLocation(source);
  if (symbol === undefined) return [];
  return program
    .getTypeChecker()
    .getExportsOfModule(symbol)
    .map((name) => name.getName())
    .toSorted();
}

describe('the public interface', () => {
  it('has the agreed entry points', () => {
    expect(sources.map(([entry]) => entry)).toEqual(Object.keys(agreed));
  });

  it.each(sources)('exports the agreed names from %s', (entry, sourcePath) => {
    const names = exportedNames(sourcePath);
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(agreed[entry]);
  });

  it('stays small enough to learn: at most 40 names that exist at run time from the root', async () => {
    const root = (await import('tutti')) as Record<string, unknown>;
    expect(Object.keys(root).length).toBeLessThanOrEqual(40);
  });

  it('refuses imports past its doors', async () => {
    const inside: string = 'tutti/base/clock.ts';
    await expect(import(inside)).rejects.toThrow(/base\/clock\.ts" is not exported/);
  });
});
