import type { QuestionTable } from '../question.ts';
import { controlQuestions } from './control-questions.ts';
import { couplingQuestions } from './coupling-questions.ts';
import { failureQuestions } from './failure-questions.ts';
import { insightQuestions } from './insight-questions.ts';
import { loadQuestions } from './load-questions.ts';
import { operationsQuestions } from './operations-questions.ts';
import { skillQuestions } from './skill-questions.ts';
import { timeQuestions } from './time-questions.ts';
import { unscoredQuestions } from './unscored-questions.ts';

/**
 * The built-in point table. Its version changes whenever a question, an option, a weight or a point does, because
 * every advice names the table it was made with.
 */
export const questionTable: QuestionTable = {
  version: '1',
  questions: [
    ...timeQuestions,
    ...controlQuestions,
    ...loadQuestions,
    ...couplingQuestions,
    ...failureQuestions,
    ...insightQuestions,
    ...skillQuestions,
    ...operationsQuestions,
    ...unscoredQuestions,
  ],
};
