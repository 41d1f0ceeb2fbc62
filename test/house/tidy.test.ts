import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../src/base/error-codes.ts';

/** The rules of CONTRIBUTING.md that no other tool checks. A finding reads `file:line: what, and what instead`. */

const root = fileURLToPath(new URL('../..', import.meta.url));

const lineLengthMax = 160;
const fileLinesMax = 400;
const functionLinesMax = 70;

/** A table. */
const longFiles: ReadonlySet<string> = new Set(['src/base/error-codes.ts']);

interface SourceText {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

/** What tools and runs leave behind is nobody's business. */
const ignored = /(^|\/)(node_modules|dist|coverage|\.git|\.tutti)(\/|$)/;

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (ignored.test(path)) return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

const files: readonly SourceText[] = listFiles('')
  .filter((path) => /\.(ts|mjs|md)$/.test(path))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, lines: text.split('\n') };
  });

const code = files.filter(({ path }) => /\.(ts|mjs)$/.test(path));
const source = code.filter(({ path }) => path.startsWith('src/') && !/\.test(-d)?\.ts$/.test(path));
const documents = files.filter(({ path }) => path.endsWith('.md'));

function findLines(among: readonly SourceText[], fault: (line: string) => string | undefined): string[] {
  return among.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => {
      const found = fault(line);
      return found === undefined ? [] : [`${path}:${i + 1}: ${found}`];
    }),
  );
}

describe('every file', () => {
  it('is looked at', () => {
    expect(source.length).toBeGreaterThan(15);
    expect(documents.length).toBeGreaterThan(5);
  });

  it(`of code has lines of at most ${lineLengthMax} characters`, () => {
    expect(
      findLines(code, (line) =>
        line.length > lineLengthMax ? `${line.length} characters; break it` : undefined,
      ),
    ).toEqual([]);
  });

  it('says what is meant, in the words of the glossary', () => {
    expect(findLines(files, bannedWord)).toEqual([]);
  });
});

/** Words with what to write instead. A line that must say one of them carries the mark `tidy: allow`. */
const bannedWords: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bTODO\b|\bFIXME\b|\bXXX\b|\bHACK\b/, 'do it now, or open an issue and leave no mark'],
  [/\b(master|slave|whitelist|blacklist)\b/i, 'primary, replica, allow list, deny list'],
  [/\b(leverage|utili[sz]e[sd]?|seamless(ly)?|robust(ly)?|blazing|cutting-edge)\b/i, 'say what it does'],
  [
    /(?<!\b(?:not|never) )\bexactly[- ]once\b(?!.*(inside|store|never|claims?|not|tidy: allow))/i,
    '"effectively once", or say where it holds',
  ],
  [/\bcancelled\b(?=['"`])/, 'canceled, in states and codes'],
  [/\bconsole\.log\b.*\bdebug\b/i, 'take a Logger'],
];

function bannedWord(line: string): string | undefined {
  if (line.includes('tidy: allow') || line.includes('[pattern') || /^\s*\[\/.*, '.*'\],$/.test(line))
    return undefined;
  const found = bannedWords.find(([pattern]) => pattern.test(line));
  return found === undefined ? undefined : `'${found[0].exec(line)?.[0] ?? ''}' → ${found[1]}`;
}

describe('every source file', () => {
  it(`has at most ${fileLinesMax} lines; the table of errors may grow`, () => {
    const long = source.filter(({ path, lines }) => !longFiles.has(path) && lines.length - 1 > fileLinesMax);
    expect(long.map(({ path, lines }) => `${path}: ${lines.length - 1} lines; split it by idea`)).toEqual([]);
  });

  it('is named after one idea', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|managers?|misc|shared|data|info)(\.ts$|\/|-)/;
    expect(
      source.filter(({ path }) => vague.test(path) || !/^[a-z0-9./-]+$/.test(path)).map(({ path }) => path),
    ).toEqual([]);
  });

  it(`has functions of at most ${functionLinesMax} lines`, () => {
    expect(source.flatMap(longFunctions)).toEqual([]);
  });

  it('reads time and randomness through base alone (I8)', () => {
    const outside = source.filter(
      ({ path }) =>
        !/^src\/base\/(clock|random)\.ts$/.test(path) && !path.startsWith('src/workflows/determinism'),
    );
    const ambient = new RegExp(
      [
        String.raw`\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bprocess\.hrtime`,
        String.raw`(?<![.\w])set(Timeout|Interval|Immediate)\(|node:timers`,
        String.raw`\bMath\.random\(|\brandomUUID\(`,
      ].join('|'),
    );
    expect(
      findLines(outside, (line) => {
        const found = /^\s*(\/\/|\*|\/\*\*)/.test(line) ? null : ambient.exec(line);
        return found === null ? undefined : `'${found[0]}' → take a Clock or a Random`;
      }),
    ).toEqual([]);
  });

  it('throws errors of the table alone', () => {
    const untyped = /\bthrow new (Type|Range|Syntax|Aggregate)?Error\(/;
    const outside = source.filter(({ path }) => !path.startsWith('src/base/'));
    expect(
      findLines(outside, (line) =>
        untyped.test(line) ? 'untyped error → TuttiError with a code' : undefined,
      ),
    ).toEqual([]);
  });

  it('uses codes that are in the table', () => {
    const known: ReadonlySet<string> = new Set(Object.keys(errorCodes));
    const used = findLines([...source, ...documents], (line) => {
      const unknown = [...line.matchAll(/\bTUTTI_[A-Z]+(?:_[A-Z]+)*\b(?!_|=|\*)/g)].find(
        (match) => !known.has(match[0]) && !environment.test(match[0]),
      );
      return unknown === undefined ? undefined : `'${unknown[0]}' is not in src/base/error-codes.ts`;
    });
    expect(used).toEqual([]);
  });

  it('documents every name it exports', () => {
    expect(source.flatMap(undocumentedExports)).toEqual([]);
  });
});

/** Environment variables share the prefix of the codes. */
const environment = /^TUTTI_(HOME|DATA|URL|TOKEN|PORT|HOST|LOG|STORE|DEBUG|CRASH|FAULT|TEST)(_[A-Z]+)*$/;

function parse(file: SourceText): ts.SourceFile {
  return ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
}

function longFunctions(file: SourceText): string[] {
  const tree = parse(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node) {
      const first = tree.getLineAndCharacterOfPosition(node.getStart()).line;
      const count = tree.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
      if (count > functionLinesMax)
        found.push(`${file.path}:${first + 1}: ${count} lines; split the function`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function undocumentedExports(file: SourceText): string[] {
  const tree = parse(file);
  return tree.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported || ts.getJSDocCommentsAndTags(statement).length > 0) return [];
    // The second and later signatures of an overloaded function share the comment of the first.
    const before = tree.statements[tree.statements.indexOf(statement) - 1];
    const isOverload =
      ts.isFunctionDeclaration(statement) &&
      before !== undefined &&
      ts.isFunctionDeclaration(before) &&
      before.name?.text === statement.name?.text;
    if (isOverload) return [];
    const line = tree.getLineAndCharacterOfPosition(statement.getStart()).line + 1;
    return [`${file.path}:${line}: exported without a doc comment`];
  });
}

describe('every document', () => {
  it('has one title', () => {
    const wrong = documents.filter(({ text }) => withoutCode(text).match(/^# .+$/gm)?.length !== 1);
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('links only to files and sections that exist', () => {
    expect(documents.flatMap(brokenLinks)).toEqual([]);
  });
});

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

function brokenLinks({ path, text }: SourceText): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^(https?|mailto):/.test(link)) return [];
    const [target = '', section] = link.split('#');
    const file = target === '' ? path : relative(root, join(root, dirname(path), target));
    if (!existsSync(join(root, file))) return [`${path}: ${link} → no such file`];
    if (section === undefined || !file.endsWith('.md')) return [];
    return sections(readFileSync(join(root, file), 'utf8')).includes(section)
      ? []
      : [`${path}: ${link} → no such section`];
  });
}

/** Anchors as GitHub makes them: lower case, punctuation dropped, spaces to hyphens. */
function sections(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
