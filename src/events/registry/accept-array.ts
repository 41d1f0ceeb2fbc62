import { arrayFactsOf } from './array-facts.ts';
import { countsOf, shownCounts } from './counts.ts';
import type { JsonSchema, PlainSchema } from './json-schema.ts';
import { breaks, type SchemaDifference } from './schema-difference.ts';

/** Compares what lies deeper: what is written there, with what is read. */
export type CompareDeeper = (
  written: JsonSchema,
  read: JsonSchema,
  path: string,
) => readonly SchemaDifference[];

/** What a reader's part refuses of the arrays that some parts allow. */
export function refusedArrays(
  parts: readonly PlainSchema[],
  part: PlainSchema,
  place: { readonly path: string; readonly deeper: CompareDeeper },
): readonly SchemaDifference[] {
  const { path, deeper } = place;
  const found: SchemaDifference[] = [];
  const written = arrayFactsOf(parts);
  const read = arrayFactsOf([part]);
  const { count } = written;
  const allowed = countsOf([part], 'minItems', 'maxItems');
  if (count.least < allowed.least || count.most > allowed.most) {
    const text = `An event may have ${shownCounts(count, 'items')} here; the reader takes ${shownCounts(allowed, 'items')}.`;
    found.push(breaks(path, 'itemCountNarrowed', text));
  }
  const isUnique = count.most <= 1 || parts.some((one) => one['uniqueItems'] === true);
  if (part['uniqueItems'] === true && !isUnique) {
    found.push(
      breaks(path, 'uniqueItemsAdded', 'An event may have an item twice here; the reader takes each once.'),
    );
  }
  const prefix = Math.max(written.prefix, read.prefix);
  for (let index = 0; index < Math.min(prefix, count.most); index += 1)
    found.push(...deeper(written.item(index), read.item(index), `${path}[${index}]`));
  if (count.most > prefix) found.push(...deeper(written.item(prefix), read.item(prefix), `${path}[]`));
  return found;
}
