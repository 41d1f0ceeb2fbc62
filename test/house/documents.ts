/** The code samples and commands of the documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Sample {
  /** Path from the root and line of the opening fence. */
  readonly place: string;
  readonly language: string;
  /** Words after the language, for example `run`. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** The documents with samples: those at the root, in docs/ and beside the examples. */
export function listDocuments(root: string): readonly string[] {
  const listed = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: folder !== '' })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return [...listed(''), ...listed('docs'), ...listed('examples')].toSorted();
}

/** All fenced blocks of a document. */
export function readSamples(root: string, document: string): readonly Sample[] {
  const samples: Sample[] = [];
  let open: { line: number; info: readonly string[]; lines: string[] } | undefined;
  for (const [index, line] of readFileSync(join(root, document), 'utf8').split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined)
      open = { line: index + 1, info: (fence[1] ?? '').trim().split(/\s+/), lines: [] };
    else {
      const [language = '', ...marks] = open.info;
      samples.push({
        place: `${document}:${open.line}`,
        language,
        marks,
        text: `${open.lines.join('\n')}\n`,
      });
      open = undefined;
    }
  }
  return samples;
}
