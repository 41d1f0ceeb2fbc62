import type { Contribution } from './contributions.ts';
import type { Verdict } from './judge.ts';
import { paradigms, type Paradigm } from './paradigm.ts';

/** Why a paradigm is not the recommended one. */
export interface WhyNot {
  readonly paradigm: Paradigm;
  /** The sentences of the rules that exclude it; empty when it is only behind. */
  readonly excludedBecause: readonly string[];
  /** The answers that speak most against it. */
  readonly against: readonly {
    readonly question: string;
    readonly option: string;
    readonly points: number;
    readonly reason: string;
  }[];
}

const answersShownMax = 3;

/** For each paradigm but the leader: what excludes it, and the three answers that speak most against it. */
export function whyNotOf(
  verdict: Verdict,
  contributions: readonly Contribution[],
  leader: Paradigm | 'none',
): readonly WhyNot[] {
  return paradigms
    .filter((paradigm) => paradigm !== leader)
    .map((paradigm) => ({
      paradigm,
      excludedBecause: verdict.excluded
        .filter((exclusion) => exclusion.paradigm === paradigm)
        .map(({ sentence }) => sentence),
      against: contributions
        .filter(({ points }) => points[paradigm] < 0)
        .toSorted((left, right) => left.points[paradigm] - right.points[paradigm])
        .slice(0, answersShownMax)
        .map(({ question, option, points, reasons }) => ({
          question,
          option,
          points: points[paradigm],
          reason: reasons[paradigm],
        })),
    }));
}
