import { checkAnswerSheet } from './answer-sheet.ts';
import { measureOf, type AdviseOptions } from './advise.ts';
import { fitsOf } from './flips.ts';
import { judge, leaderOf, type Verdict } from './judge.ts';
import type { Paradigm, PerParadigm } from './paradigm.ts';

/** Who leads, and how well each fits. */
export interface Standing {
  readonly paradigm: Paradigm | 'none';
  readonly fits: PerParadigm<number>;
}

/** The advice before and after some answers are changed. */
export interface WhatIf {
  readonly changed: Readonly<Record<string, string>>;
  readonly before: Standing;
  readonly after: Standing;
  readonly isFlipped: boolean;
}

/**
 * What other answers would do.
 *
 * @throws TUTTI_ANSWERS_INVALID for an unknown question or option, in the sheet or in the changes.
 */
export function whatIf(
  sheet: unknown,
  changes: Readonly<Record<string, string>>,
  options: Omit<AdviseOptions, 'today'> = {},
): WhatIf {
  const measure = measureOf(options);
  const { chosen } = checkAnswerSheet(sheet, measure.table);
  const changed = checkAnswerSheet({ answers: changes }, measure.table).chosen;
  // An answer of "not sure" withdraws the present one.
  const kept = Object.fromEntries(Object.entries(chosen).filter(([id]) => !Object.hasOwn(changes, id)));
  const before = standingOf(judge(chosen, measure));
  const after = standingOf(judge({ ...kept, ...changed }, measure));
  return { changed: changes, before, after, isFlipped: before.paradigm !== after.paradigm };
}

/** Where a verdict stands. */
export function standingOf(verdict: Verdict): Standing {
  return { paradigm: leaderOf(verdict), fits: fitsOf(verdict) };
}
