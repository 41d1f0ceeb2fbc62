import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { outdatedPages } from '../../scripts/generate-reference.ts';
import { errorCodes, type ErrorEntry } from '../../src/base/error-codes.ts';

const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^## (\S+)$/gm)].map((match) => match[1] ?? '');

describe('the page of errors', () => {
  it('has a section for every code of the table, and no other', () => {
    expect(documented.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
  });

  it.each(Object.entries<ErrorEntry>(errorCodes))('says of %s what the table says', (code, entry) => {
    const section = page.slice(page.indexOf(`## ${code}\n`)).split('\n## ')[0] ?? '';
    expect(section).toContain(entry.summary);
    expect(section).toContain(entry.remedy);
    expect(section).toContain(`HTTP status ${entry.status} · CLI exit code ${entry.exitCode} `);
  });
});

describe('the generated reference', () => {
  it('is what `npm run reference` writes', () => {
    expect(outdatedPages()).toEqual([]);
  });
});
