import { numberIn, type PlainSchema } from './json-schema.ts';

/** How many characters, items or properties there may be. */
export interface CountRange {
  readonly least: number;
  readonly most: number;
}

/** What the parts leave together, by the names of the two keywords. */
export function countsOf(parts: readonly PlainSchema[], least: string, most: string): CountRange {
  return {
    least: Math.max(0, ...parts.map((part) => numberIn(part, least) ?? 0)),
    most: Math.min(
      Number.POSITIVE_INFINITY,
      ...parts.map((part) => numberIn(part, most) ?? Number.POSITIVE_INFINITY),
    ),
  };
}

/** Whether no count is in both. */
export function countsApart(one: CountRange, other: CountRange): boolean {
  return one.most < other.least || other.most < one.least;
}

/** A range of counts in a sentence: "2 to 5 items", "at least 2 items". */
export function shownCounts({ least, most }: CountRange, things: string): string {
  if (most === Number.POSITIVE_INFINITY)
    return least === 0 ? `any number of ${things}` : `at least ${least} ${things}`;
  return least === 0 ? `at most ${most} ${things}` : `${least} to ${most} ${things}`;
}

/** Length of a text as JSON Schema counts it: in code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
