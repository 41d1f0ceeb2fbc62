import { judge, leaderOf, type Chosen, type Measure } from './judge.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import type { Question } from './question.ts';

/** A question without an answer, and what an answer could do. */
export interface OpenQuestion {
  readonly question: string;
  readonly text: string;
  /** Share of its options that would change who leads, 0 to 1. */
  readonly flipShare: number;
  /** Those options, and who would lead. */
  readonly flips: readonly { readonly option: string; readonly leader: Paradigm | 'none' }[];
}

/**
 * Unanswered questions in the best order to ask them: first those whose answers would change the leader most often;
 * among equals the one whose answers set the paradigms apart most. When no share is above 0, no single answer changes
 * anything any more.
 */
export function openQuestionsOf(chosen: Chosen, measure: Measure): readonly OpenQuestion[] {
  const present = leaderOf(judge(chosen, measure));
  const open = measure.table.questions.filter(({ id, role }) => role !== 'parts' && chosen[id] === undefined);
  return open
    .map((question) => ({ found: lookAhead(question, chosen, measure, present), question }))
    .toSorted(
      (left, right) =>
        right.found.flipShare - left.found.flipShare ||
        discrimination(right.question, measure) - discrimination(left.question, measure),
    )
    .map(({ found }) => found);
}

function lookAhead(
  question: Question,
  chosen: Chosen,
  measure: Measure,
  present: Paradigm | 'none',
): OpenQuestion {
  const flips = question.options
    .map(({ id }) => ({
      option: id,
      leader: leaderOf(judge({ ...chosen, [question.id]: id }, measure)),
    }))
    .filter(({ leader }) => leader !== present);
  const flipShare = flips.length / question.options.length;
  return { question: question.id, text: question.text, flipShare, flips };
}

/** Weight times the average distance between the best and the worst paradigm of an option. */
function discrimination(question: Question, { weights }: Measure): number {
  const spreads = question.options.map(({ cells }) => {
    const points = paradigms.map((paradigm) => cells[paradigm][0]);
    return Math.max(...points) - Math.min(...points);
  });
  const average = spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length;
  return (weights[question.id] ?? question.weight) * average;
}
