import { marginOf, type Measure, type Verdict } from './judge.ts';
import { scoredQuestions } from './question.ts';

/** How far one may rely on a recommendation. */
export type Confidence = 'high' | 'medium' | 'low';

const highRobustness = 0.95;
const highMargin = 15;
const highAnsweredShare = 0.5;
const mediumRobustness = 0.8;
const mediumMargin = 8;

/**
 * High: nearly all varied weights keep the leader, it is well ahead, and at least half of the weight is answered. Medium:
 * most do, and it is ahead. One that is left alone by the exclusions needs no margin.
 */
export function confidenceOf(verdict: Verdict, robustness: number, answeredShare: number): Confidence {
  if (verdict.ranking.length === 0) return verdict.excluded.length > 0 ? 'high' : 'low';
  if (verdict.ranking.length === 1) return answeredShare >= highAnsweredShare ? 'high' : 'medium';
  const margin = marginOf(verdict) ?? 0;
  if (robustness >= highRobustness && margin >= highMargin && answeredShare >= highAnsweredShare)
    return 'high';
  return robustness >= mediumRobustness && margin >= mediumMargin ? 'medium' : 'low';
}

/** The share of all weight that is answered, 0 to 1. */
export function answeredShareOf({ terms }: Verdict, { table, weights }: Measure): number {
  const all = scoredQuestions(table).reduce((sum, { id, weight }) => sum + (weights[id] ?? weight), 0);
  const answered = terms.reduce((sum, { weight }) => sum + weight, 0);
  return all === 0 ? 0 : answered / all;
}
