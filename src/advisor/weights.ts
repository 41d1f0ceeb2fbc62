import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { scoredQuestions, type QuestionTable } from './question.ts';

/** A weight per question that differs from the default. */
export type Weights = Readonly<Record<string, number>>;

/** The heaviest a question may be made. */
const weightMax = 20;

/**
 * Weights from the content of a file: an object from question to number, 0 to 20. Questions left out keep their default.
 *
 * @throws TUTTI_OPTION_UNKNOWN with the nearest question, TUTTI_OPTION_INVALID for a weight out of range.
 */
export function readWeights(value: unknown, table: QuestionTable): Weights {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TuttiError('TUTTI_OPTION_INVALID', 'The weights are not an object; expected { "latency": 5 }.');
  }
  const known = scoredQuestions(table).map(({ id }) => id);
  refuseUnknownOptions(value, known, 'the weights');
  for (const [id, weight] of Object.entries(value)) {
    if (typeof weight === 'number' && weight >= 0 && weight <= weightMax) continue;
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `The weight of '${id}' is ${JSON.stringify(weight)}; expected a number from 0 to ${weightMax}.`,
    );
  }
  return value as Weights;
}
