import { valuesAt, type ArrayPosition, type FoundValue } from './field-values.ts';
import { matchesValue } from './match-value.ts';
import type { Clause, Pattern } from './pattern.ts';

type Positions = readonly ArrayPosition[];

/** Whether a parsed event matches a pattern. One by one; {@link PatternIndex} is for many patterns. */
export function matchesPattern(pattern: Pattern, event: unknown): boolean {
  return pattern.branches.some((branch) => matchesBranch(branch, event));
}

/** Whether all clauses hold, and can hold with elements of arrays that are the same ones. */
export function matchesBranch(branch: readonly Clause[], event: unknown): boolean {
  const candidates: (readonly Positions[])[] = [];
  for (const clause of branch) {
    const positions = satisfying(clause, valuesAt(event, clause.segments));
    if (positions.length === 0) return false;
    candidates.push(positions);
  }
  return areConsistent(candidates);
}

const anywhere: readonly Positions[] = [[]];

/** Where the values lie that satisfy the clause. Absence lies nowhere in particular. */
export function satisfying(clause: Clause, values: readonly FoundValue[]): readonly Positions[] {
  if (values.length === 0) return acceptsAbsence(clause) ? anywhere : [];
  return values
    .filter(({ value }) => clause.alternatives.some((alternative) => matchesValue(alternative, value)))
    .map(({ positions }) => positions);
}

/** Whether an event without the field satisfies the clause. */
function acceptsAbsence(clause: Clause): boolean {
  return clause.alternatives.some((alternative) => alternative.kind === 'exists' && !alternative.isPresent);
}

/** Whether one place can be taken per clause such that no two lie in different elements of one array. */
export function areConsistent(candidates: readonly (readonly Positions[])[]): boolean {
  // A clause with a value outside of all arrays fits whatever the others choose.
  const bound = candidates.filter((places) => !places.some((place) => place.length === 0));
  return bound.length < 2 || groupsByArray(bound).every((group) => canChoose(group, 0, new Map()));
}

/**
 * Clauses that have an array in common, directly or through others. Those of different groups cannot contradict each
 * other, and are chosen for separately: together, their combinations would multiply.
 */
function groupsByArray(candidates: readonly (readonly Positions[])[]): readonly (readonly Positions[])[][] {
  let groups: { readonly arrays: ReadonlySet<unknown>; readonly clauses: (readonly Positions[])[] }[] = [];
  for (const places of candidates) {
    const arrays = new Set(places.flatMap((place) => place.map(({ array }): unknown => array)));
    const joined = groups.filter((group) => !group.arrays.isDisjointFrom(arrays));
    groups = groups.filter((group) => !joined.includes(group));
    groups.push({
      arrays: joined.reduce((all, group) => all.union(group.arrays), arrays),
      clauses: [...joined.flatMap((group) => group.clauses), places],
    });
  }
  return groups.map((group) => group.clauses);
}

/** Depth first through the clauses from number `next` on. */
function canChoose(
  clauses: readonly (readonly Positions[])[],
  next: number,
  chosen: ReadonlyMap<readonly unknown[], number>,
): boolean {
  const places = clauses[next];
  if (places === undefined) return true;
  return places.some((place) => {
    if (!place.every(({ array, index }) => (chosen.get(array) ?? index) === index)) return false;
    const extended = new Map(chosen);
    for (const { array, index } of place) extended.set(array, index);
    return canChoose(clauses, next + 1, extended);
  });
}
