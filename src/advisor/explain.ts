import { checkAnswerSheet } from './answer-sheet.ts';
import { measureOf, type AdviseOptions } from './advise.ts';
import { fitsOf } from './flips.ts';
import { judge, leaderOf } from './judge.ts';
import type { Paradigm, PerParadigm } from './paradigm.ts';
import { perParadigm } from './paradigm.ts';
import { questionOf, type Dimension } from './question.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';

/** Everything about one question: what each answer is worth, why, and where it would lead. */
export interface QuestionExplanation {
  readonly question: string;
  readonly text: string;
  readonly help: string;
  readonly example: string;
  readonly dimension: Dimension;
  readonly weight: number;
  /** The present answer, or null. */
  readonly chosen: string | null;
  readonly options: readonly {
    readonly option: string;
    readonly label: string;
    readonly points: PerParadigm<number>;
    readonly reasons: PerParadigm<string>;
    /** What the advice would be with this answer. */
    readonly leader: Paradigm | 'none';
    readonly fits: PerParadigm<number>;
  }[];
}

/**
 * Explains one question against a sheet.
 *
 * @throws TUTTI_ANSWERS_INVALID for an unknown question, and as {@link checkAnswerSheet}.
 */
export function explainQuestion(
  sheet: unknown,
  id: string,
  options: Omit<AdviseOptions, 'today'> = {},
): QuestionExplanation {
  const measure = measureOf(options);
  const { chosen } = checkAnswerSheet(sheet, measure.table);
  const question = questionOf(measure.table, id);
  if (question === undefined) {
    const known = measure.table.questions.map((candidate) => candidate.id);
    const nearest = nearestName(id, known);
    const hint = nearest === undefined ? `expected one of ${known.join(', ')}` : `did you mean '${nearest}'?`;
    throw new TuttiError('TUTTI_ANSWERS_INVALID', `There is no question '${id}'; ${hint}`);
  }
  return {
    question: id,
    text: question.text,
    help: question.help,
    example: question.example,
    dimension: question.dimension,
    weight: measure.weights[id] ?? question.weight,
    chosen: chosen[id] ?? null,
    options: question.options.map(({ id: option, label, cells }) => {
      const verdict = judge(question.role === 'parts' ? chosen : { ...chosen, [id]: option }, measure);
      return {
        option,
        label,
        points: perParadigm((paradigm) => cells[paradigm][0]),
        reasons: perParadigm((paradigm) => cells[paradigm][1]),
        leader: leaderOf(verdict),
        fits: fitsOf(verdict),
      };
    }),
  };
}
