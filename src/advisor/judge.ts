import { exclusionsOf, type Exclusion } from './exclusions.ts';
import type { Limits } from './limits.ts';
import { paradigms, type Paradigm, type PerParadigm } from './paradigm.ts';
import type { QuestionTable } from './question.ts';
import { scoresOf, termsOf, type Score, type Term } from './score.ts';
import type { Weights } from './weights.ts';

/** What every judgement of answers depends on, beside the answers. */
export interface Measure {
  readonly table: QuestionTable;
  readonly limits: Limits;
  readonly weights: Weights;
}

/** Answers by question. */
export type Chosen = Readonly<Record<string, string>>;

/** What follows from answers at once: the points, who is out, who leads. */
export interface Verdict {
  readonly terms: readonly Term[];
  readonly scores: PerParadigm<Score>;
  readonly excluded: readonly Exclusion[];
  /** Those not excluded, best first; empty while nothing that counts is answered. Ties keep the order of the paradigms. */
  readonly ranking: readonly Paradigm[];
}

/** Judges answers. */
export function judge(chosen: Chosen, measure: Measure): Verdict {
  const terms = termsOf(measure.table, chosen, measure.weights);
  const excluded = exclusionsOf(measure.table, chosen, measure.limits);
  const scores = scoresOf(terms);
  return { terms, scores, excluded, ranking: rank(terms, scores, excluded) };
}

/** The order of those that are not excluded. */
export function rank(
  terms: readonly Term[],
  scores: PerParadigm<Score>,
  excluded: readonly Exclusion[],
): readonly Paradigm[] {
  if (terms.length === 0) return [];
  return paradigms
    .filter((paradigm) => !excluded.some((exclusion) => exclusion.paradigm === paradigm))
    .toSorted((left, right) => comparable(scores[right].fit) - comparable(scores[left].fit));
}

/** Equal fits reached by different sums differ in their last bits; a tie must stay a tie. */
function comparable(fit: number): number {
  return Math.round(fit * 1e9);
}

/** Who leads, or `none`. */
export function leaderOf(verdict: Verdict): Paradigm | 'none' {
  return verdict.ranking[0] ?? 'none';
}

/** How far the leader is ahead, in points of fit; undefined when it is alone or there is none. */
export function marginOf({ ranking, scores }: Verdict): number | undefined {
  const [first, second] = ranking;
  return first === undefined || second === undefined ? undefined : scores[first].fit - scores[second].fit;
}
