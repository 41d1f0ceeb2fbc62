import type { Verdict } from './judge.ts';
import { paradigms, perParadigm, type Paradigm, type PerParadigm } from './paradigm.ts';
import { dimensions, type Dimension } from './question.ts';

/** What one answer adds to the score of each paradigm. Over all answers they sum to the raw scores. */
export interface Contribution {
  readonly question: string;
  readonly option: string;
  readonly weight: number;
  /** Weight times points. */
  readonly points: PerParadigm<number>;
  /** What the answer adds to the leader's lead over the one it is compared with. */
  readonly lead: number;
  /** Why, for each paradigm. */
  readonly reasons: PerParadigm<string>;
}

/** The sums of one side of the decision. */
export interface DimensionSum {
  readonly dimension: Dimension;
  readonly points: PerParadigm<number>;
}

/** Every answer's share, the one that decides most first. Equal ones keep the order of the table. */
export function contributionsOf(
  { terms }: Verdict,
  leader: Paradigm | undefined,
  compared: Paradigm | undefined,
): readonly Contribution[] {
  return terms
    .map(({ question, option, weight }): Contribution => {
      const points = perParadigm((paradigm) => weight * option.cells[paradigm][0]);
      const lead =
        leader === undefined ? 0 : points[leader] - (compared === undefined ? 0 : points[compared]);
      const reasons = perParadigm((paradigm) => option.cells[paradigm][1]);
      return { question: question.id, option: option.id, weight, points, lead, reasons };
    })
    .toSorted((left, right) => right.lead - left.lead);
}

/** The one the leader is compared with: the second, or the best of the excluded when it is alone. */
export function rivalOf({ ranking, scores }: Verdict): Paradigm | undefined {
  const [first, second] = ranking;
  if (second !== undefined || first === undefined) return second;
  return paradigms
    .filter((paradigm) => paradigm !== first)
    .toSorted((left, right) => scores[right].fit - scores[left].fit)[0];
}

/** Contributions summed by side of the decision. Sides without an answer are left out. */
export function dimensionSums({ terms }: Verdict): readonly DimensionSum[] {
  return dimensions.flatMap((dimension) => {
    const among = terms.filter(({ question }) => question.dimension === dimension);
    if (among.length === 0) return [];
    return [
      {
        dimension,
        points: perParadigm((paradigm) =>
          among.reduce((sum, { option, weight }) => sum + weight * option.cells[paradigm][0], 0),
        ),
      },
    ];
  });
}
