import { rank, type Verdict } from './judge.ts';
import type { Paradigm } from './paradigm.ts';
import { scoresWith, type Term } from './score.ts';

/** The smallest change of one weight that changes the leader. */
export interface CriticalWeight {
  readonly question: string;
  readonly weight: number;
  /** In percent of the weight: −100 to +300. */
  readonly changePercent: number;
  readonly leader: Paradigm;
}

const decreasePercentMax = 100;
const increasePercentMax = 300;

/** For each answered question the smallest change, in whole percents, that changes the leader; those without are left out. */
export function criticalWeightsOf(verdict: Verdict): readonly CriticalWeight[] {
  if (verdict.ranking.length < 2) return [];
  return verdict.terms
    .flatMap((term) => {
      const found = smallestChange(verdict, term);
      return found === undefined ? [] : [{ question: term.question.id, weight: term.weight, ...found }];
    })
    .toSorted((left, right) => Math.abs(left.changePercent) - Math.abs(right.changePercent));
}

function smallestChange(
  verdict: Verdict,
  term: Term,
): Pick<CriticalWeight, 'changePercent' | 'leader'> | undefined {
  const [present] = verdict.ranking;
  for (let size = 1; size <= increasePercentMax; size += 1) {
    for (const changePercent of size <= decreasePercentMax ? [size, -size] : [size]) {
      const scores = scoresWith(verdict.scores, term, 1 + changePercent / 100);
      const [leader] = rank(verdict.terms, scores, verdict.excluded);
      if (leader !== undefined && leader !== present) return { changePercent, leader };
    }
  }
  return undefined;
}
