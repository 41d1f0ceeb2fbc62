import { rank, type Verdict } from './judge.ts';
import type { Paradigm } from './paradigm.ts';
import { scoresOf } from './score.ts';

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
    .flatMap(({ question, weight }, index) => {
      const found = smallestChange(verdict, index);
      return found === undefined ? [] : [{ question: question.id, weight, ...found }];
    })
    .toSorted((left, right) => Math.abs(left.changePercent) - Math.abs(right.changePercent));
}

function smallestChange(
  verdict: Verdict,
  index: number,
): Pick<CriticalWeight, 'changePercent' | 'leader'> | undefined {
  const [present] = verdict.ranking;
  for (let size = 1; size <= increasePercentMax; size += 1) {
    for (const changePercent of size <= decreasePercentMax ? [size, -size] : [size]) {
      const scores = scoresOf(verdict.terms, (at) => (at === index ? 1 + changePercent / 100 : 1));
      const [leader] = rank(verdict.terms, scores, verdict.excluded);
      if (leader !== undefined && leader !== present) return { changePercent, leader };
    }
  }
  return undefined;
}
