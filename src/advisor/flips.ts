import { judge, leaderOf, type Chosen, type Measure, type Verdict } from './judge.ts';
import { perParadigm, type Paradigm, type PerParadigm } from './paradigm.ts';
import { oneDecimal } from './score.ts';

/** Another answer to one question that changes who leads. */
export interface Flip {
  readonly question: string;
  /** The present answer. */
  readonly from: string;
  /** The answer that changes the leader. */
  readonly to: string;
  readonly leader: Paradigm | 'none';
  readonly fits: PerParadigm<number>;
}

/**
 * Every single change of an answer that changes the leader, the nearest option first; equally near ones keep the order
 * of the table.
 */
export function flipsOf(chosen: Chosen, measure: Measure): readonly Flip[] {
  const present = leaderOf(judge(chosen, measure));
  const found: { readonly flip: Flip; readonly distance: number }[] = [];
  for (const question of measure.table.questions) {
    const from = chosen[question.id];
    if (from === undefined) continue;
    const place = question.options.findIndex(({ id }) => id === from);
    for (const [index, { id: to }] of question.options.entries()) {
      if (to === from) continue;
      const verdict = judge({ ...chosen, [question.id]: to }, measure);
      const leader = leaderOf(verdict);
      if (leader === present) continue;
      const flip = { question: question.id, from, to, leader, fits: fitsOf(verdict) };
      found.push({ flip, distance: Math.abs(index - place) });
    }
  }
  return found.toSorted((left, right) => left.distance - right.distance).map(({ flip }) => flip);
}

/** Fits as written in an advice: with one decimal. */
export function fitsOf({ scores }: Verdict): PerParadigm<number> {
  return perParadigm((paradigm) => oneDecimal(scores[paradigm].fit));
}
