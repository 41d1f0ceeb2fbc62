import { both, schemaIn, schemasIn, type JsonSchema, type PlainSchema } from './json-schema.ts';
import { countsOf, type CountRange } from './counts.ts';

/** What some schemas say together of an array. */
export interface ArrayFacts {
  readonly count: CountRange;
  /** From how many items on all are alike. */
  readonly prefix: number;
  /** What must hold of the item at this index; at `prefix` and beyond, the same for all. */
  item(index: number): JsonSchema;
}

/** See {@link ArrayFacts}. */
export function arrayFactsOf(parts: readonly PlainSchema[]): ArrayFacts {
  const prefixes = parts.map((part) => schemasIn(part, 'prefixItems'));
  const rests = parts.map((part) => schemaIn(part, 'items') ?? true);
  const prefix = Math.max(0, ...prefixes.map(({ length }) => length));
  const item = (index: number): JsonSchema =>
    both(parts.map((_, part) => prefixes[part]?.[index] ?? rests[part] ?? true));
  const { least, most } = countsOf(parts, 'minItems', 'maxItems');
  let allowed = 0;
  while (allowed <= prefix && item(allowed) !== false) allowed += 1;
  const end = allowed > prefix ? Number.POSITIVE_INFINITY : allowed;
  return { count: { least, most: Math.min(most, end) }, prefix, item };
}
