/**
 * Writes docs/reference/ from the tables in the code: `npm run reference`.
 * With `--check` it writes nothing and fails when a page is out of date.
 * A new page is one more entry in `pages`: a file name, and a function that gives its text.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { renderAdvisor } from './reference/advisor-page.ts';
import { renderCli } from './reference/cli-page.ts';
import { renderHttp } from './reference/http-page.ts';
import { errorCodes, type ErrorEntry } from '../src/base/error-codes.ts';

/** One generated document: its name below docs/reference/, and its text. */
interface ReferencePage {
  readonly file: string;
  readonly render: () => string;
}

/** Every generated page. */
export const pages: readonly ReferencePage[] = [
  { file: 'errors.md', render: renderErrors },
  { file: 'cli.md', render: renderCli },
  { file: 'http.md', render: renderHttp },
  { file: 'advisor.md', render: renderAdvisor },
];

const folder = new URL('../docs/reference/', import.meta.url);

function renderErrors(): string {
  const sections = Object.entries<ErrorEntry>(errorCodes).map(([code, entry]) =>
    [
      `## ${code}`,
      '',
      entry.summary,
      '',
      `**Do this:** ${entry.remedy}`,
      '',
      `HTTP status ${entry.status} · CLI exit code ${entry.exitCode} · ${describeRetry(entry)}`,
      '',
    ].join('\n'),
  );
  return `# Errors

Every error that Tutti itself reports carries one of these codes. Codes are stable across versions; messages are not.
In code, read \`error.code\`, \`error.remedy\` and \`error.details\` of a \`TuttiError\`; over HTTP, the fields of the
problem document; in the CLI, the second line and the exit code. Errors thrown by your own code keep their name.

This page is generated from \`src/base/error-codes.ts\` by \`npm run reference\`.

${sections.join('\n')}`;
}

function describeRetry(entry: ErrorEntry): string {
  return entry.retryable ? 'may succeed when tried again' : 'stays until something is changed';
}

/** The names of the pages whose file differs from what the code says. */
export function outdatedPages(): string[] {
  return pages.filter((page) => readPage(page) !== page.render()).map((page) => page.file);
}

function readPage(page: ReferencePage): string | undefined {
  try {
    return readFileSync(new URL(page.file, folder), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const outdated = outdatedPages();
  if (process.argv.includes('--check')) {
    for (const file of outdated)
      console.error(`docs/reference/${file} is out of date; run \`npm run reference\``);
    process.exitCode = outdated.length === 0 ? 0 : 1;
  } else {
    mkdirSync(folder, { recursive: true });
    for (const page of pages) writeFileSync(new URL(page.file, folder), page.render());
    console.log(`reference: ${pages.length} page(s), ${outdated.length} changed`);
  }
}
