import { valuesAt } from './field-values.ts';
import { areConsistent, satisfying } from './match-pattern.ts';
import { show } from './pattern-fault.ts';
import type { Clause, Pattern } from './pattern.ts';

/** Why an event does or does not match a pattern. */
export type Explanation = { readonly matches: true } | Mismatch;

/** The first clause that failed, in the order of the pattern. */
export interface Mismatch {
  readonly matches: false;
  /** The field, names joined by dots. */
  readonly path: string;
  /** What the pattern accepts there, as it was written. */
  readonly expected: readonly unknown[];
  /** The first values the event holds there; empty when it holds none. */
  readonly found: readonly unknown[];
  /** A sentence for people. */
  readonly reason: string;
}

const foundShownMax = 5;

/** Explains one pattern. Of several `$or` branches the one is told that got furthest. */
export function explainPattern(pattern: Pattern, event: unknown): Explanation {
  let furthest: { readonly mismatch: Mismatch; readonly passed: number } | null = null;
  for (const branch of pattern.branches) {
    const outcome = explainBranch(branch, event);
    if (outcome === null) return { matches: true };
    if (furthest === null || outcome.passed > furthest.passed) furthest = outcome;
  }
  return furthest === null ? { matches: true } : furthest.mismatch;
}

/** Null when the branch matches. */
function explainBranch(
  branch: readonly Clause[],
  event: unknown,
): { readonly mismatch: Mismatch; readonly passed: number } | null {
  const candidates = [];
  for (const [passed, clause] of branch.entries()) {
    const found = valuesAt(event, clause.segments);
    const positions = satisfying(clause, found);
    const values = found.slice(0, foundShownMax).map(({ value }) => value);
    if (positions.length === 0) return { mismatch: mismatch(clause, values, null), passed };
    candidates.push(positions);
    if (areConsistent(candidates)) continue;
    const reason = `${clause.path} fits only in another element of an array than the fields before it`;
    return { mismatch: mismatch(clause, values, reason), passed };
  }
  return null;
}

function mismatch(clause: Clause, found: readonly unknown[], reason: string | null): Mismatch {
  const { path, source } = clause;
  const holds = found.length === 0 ? 'is absent' : `is ${found.map(show).join(', ')}`;
  const sentence = reason ?? `${path} ${holds}, expected ${source.map(show).join(' or ')}`;
  return { matches: false, path, expected: source, found, reason: sentence };
}
