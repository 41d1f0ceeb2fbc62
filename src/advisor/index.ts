/**
 * The advisor: which of the three paradigms fits a workflow and a team, and why. Pure functions, no input or output; the
 * command line, the HTTP API and pages call the same ones and get the same bytes. The entry point `tutti/advisor`.
 */
export type { Advice, Recommendation, StarterTemplate } from './advice.ts';
export { advise, adviseTogether, measureOf, type AdviseOptions } from './advise.ts';
export {
  checkAnswerSheet,
  type AnswerSheet,
  type CheckedSheet,
  type Person,
  type Preference,
} from './answer-sheet.ts';
export { comparison, type ComparisonRow } from './comparison.ts';
export { readCostOverrides, type Cost, type CostOverrides } from './cost.ts';
export { explainQuestion, type QuestionExplanation } from './explain.ts';
export { judge, type Verdict } from './judge.ts';
export { defaultLimits, readLimits, type Limits } from './limits.ts';
export { openQuestionsOf, type OpenQuestion } from './open-questions.ts';
export { paradigms, type Paradigm, type PerParadigm } from './paradigm.ts';
export { notSure, questionOf, type Option, type Question, type QuestionTable } from './question.ts';
export { renderComparisonMarkdown, renderComparisonText } from './render/comparison.ts';
export { renderMarkdown } from './render/markdown.ts';
export { renderPage } from './render/page.ts';
export { balanceBarsSvg, type BalanceBar } from './render/svg/balance-bars.ts';
export { fitBarsSvg, type FitBar } from './render/svg/fit-bars.ts';
export { sensitivitySvg, type SensitivityRange } from './render/svg/sensitivity.ts';
export { fitLines, renderText, type TextStyle } from './render/text.ts';
export { adviceSchema } from './schema/advice-schema.ts';
export { answerSheetSchema } from './schema/answer-sheet-schema.ts';
export { questionTableSchema } from './schema/questions-schema.ts';
export { canStillChange } from './settled.ts';
export { simulateWeights, type Simulation, type SimulationOptions } from './simulate.ts';
export { questionTable } from './table/question-table.ts';
export { toolCommands } from './tool-command.ts';
export { readWeights, type Weights } from './weights.ts';
export { standingOf, whatIf, type Standing, type WhatIf } from './what-if.ts';
