import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';
import { listDocuments, readSamples, type Sample } from './documents.ts';

/** What the documents show is true: samples compile (and run, where marked `run`), commands exist. */

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = listDocuments(root).flatMap((document) => readSamples(root, document));
const code = samples.filter(({ language }) => language === 'ts' || language === 'typescript');
const commands = samples
  .filter(({ language }) => language === 'sh' || language === 'bash')
  .flatMap(({ place, text }) =>
    text
      .split(/\n|&&/)
      .map((line) => line.replace(/\s#.*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => ({ place, command })),
  );

describe('the TypeScript in the documents', () => {
  it('is found', () => {
    expect(code.length).toBeGreaterThan(12);
    expect(commands.length).toBeGreaterThan(12);
  });

  it('type-checks', () => {
    expect(typeErrors(code)).toEqual([]);
  }, 60_000);

  const scratch = join(root, '.tutti', `samples-${process.pid}`);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it.each(code.filter(({ marks }) => marks.includes('run')))(
    'runs: $place',
    async ({ place, text }) => {
      const directory = join(scratch, place.replaceAll(/[^a-z0-9]+/gi, '-'));
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, 'sample.ts'), text);
      const { stdout } = await execute(process.execPath, ['--conditions=tutti-source', 'sample.ts'], {
        cwd: directory,
        timeout: 30_000,
      });
      expect(stdout).not.toBe('');
    },
    60_000,
  );
});

/** Each sample as a module of its own in the root, so that `tutti` resolves to this package. */
function typeErrors(among: readonly Sample[]): readonly string[] {
  const texts = new Map(among.map(({ text }, index) => [join(root, `sample-${index}.ts`), text]));
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  Object.assign(options, {
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  host.fileExists = (path): boolean => texts.has(path) || fileExists(path);
  host.readFile = (path): string | undefined => texts.get(path) ?? readFile(path);
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path, index) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      (diagnostic) => {
        const line = file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
        return `${among[index]?.place} +${line + 1}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
      },
    );
  });
}

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

describe('the commands in the documents', () => {
  it.each(commands)('$command ($place)', async ({ command }) => {
    expect(await faultOf(command)).toEqual([]);
  });
});

/** What is wrong with a command line of the documents: nothing, or one sentence. */
async function faultOf(command: string): Promise<readonly string[]> {
  const words = command.split(/\s+/);
  const [program, second] = words;
  if (program === 'git' || program === 'cd') return [];
  if (program === 'node') {
    const file = words.find((word) => word.endsWith('.ts'));
    return file !== undefined && existsSync(join(root, file)) ? [] : ['there is no such file'];
  }
  if (program !== 'npm') return ['the test knows no such program'];
  if (second === 'install' || second === 'ci') return [];
  const argumentsAt = words.indexOf('--');
  if (words[argumentsAt - 1] === 'tutti') return faultOfTutti(shellWords(command).slice(argumentsAt + 1));
  const script = second === 'run' ? words.slice(2).find((word) => !word.startsWith('-')) : second;
  return script !== undefined && script in scripts ? [] : ['package.json has no such script'];
}

/** Parsed by the program's own parser: command, arguments and options must exist. */
async function faultOfTutti(words: readonly string[]): Promise<readonly string[]> {
  return parseCommandLine(words, {}).then(
    () => [],
    (error: unknown) => [error instanceof Error ? error.message : String(error)],
  );
}

/** The words of a command line as a shell splits them; single and double quotes are all the documents use. */
function shellWords(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}
