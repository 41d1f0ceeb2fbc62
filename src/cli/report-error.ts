import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentationOf, errorEntry, type ErrorCode } from '../base/error-codes.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import type { Output } from './output.ts';
import { programName } from './program-name.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Three lines: what happened, what to do, where to read more. A stack only where nobody expected the error. */
export function reportError(out: Output, thrown: unknown, env: Environment, isVerbose: boolean): void {
  if (!isTuttiError(thrown)) {
    out.note(
      `${out.style('red', 'error')} ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
    out.note('  → This was not expected: report it with the lines above.');
    return;
  }
  out.note(`${out.style('red', 'error')} ${out.style('bold', thrown.code)}: ${thrown.message}`);
  out.note(`  → ${asTyped(errorEntry(thrown.code).remedy, env)}`);
  out.note(`  ${out.style('dim', pageOf(thrown.code))}`);
  if (isVerbose || thrown.code === 'TUTTI_INTERNAL') out.note(describeChain(thrown));
}

/** Where the code is explained, as a path that can be opened from here: the documents are part of the package. */
function pageOf(code: ErrorCode): string {
  const [page = '', anchor = ''] = documentationOf(code).split('#');
  const path = fileURLToPath(new URL(`../../${page}`, import.meta.url));
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? documentationOf(code) : `${near}#${anchor}`;
}

function describeChain(thrown: Error): string {
  const lines: string[] = [];
  for (let error: unknown = thrown; error instanceof Error; error = error.cause)
    lines.push(error.stack ?? error.message);
  return lines.join('\ncaused by ');
}

/** Remedies name commands as an installed program has them; here they are shown as they work here. */
function asTyped(text: string, env: Environment): string {
  return text.replace(/`tutti /g, `\`${programName(env)} `);
}
