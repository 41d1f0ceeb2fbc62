/** The shape of the question table: what is asked, what each answer is worth to each paradigm, and why. */
import type { Paradigm, PerParadigm } from './paradigm.ts';

/** What an answer says about a paradigm: −2 speaks strongly against it, +2 strongly for it. */
type Points = -2 | -1 | 0 | 1 | 2;

/** One cell of the point table: the points, and the reason for them as a sentence. */
export type Cell = readonly [points: Points, reason: string];

/** The sides of a decision, for charts. Together they cover the rows of the comparison of the paradigms. */
export const dimensions = [
  'time',
  'control',
  'load',
  'coupling',
  'failure',
  'insight',
  'skills',
  'operations',
] as const;

/** One side of a decision. */
export type Dimension = (typeof dimensions)[number];

/** One answer a question offers. */
export interface Option {
  /** As written in an answer sheet. */
  readonly id: string;
  /** As shown to people. */
  readonly label: string;
  readonly cells: PerParadigm<Cell>;
  /** Where the answer stands for a range of numbers: its lower end in the question's unit. */
  readonly from?: number;
  /** Where the answer stands for a range of numbers: its upper end in the question's unit. */
  readonly to?: number;
}

/** One question with its answers. */
export interface Question {
  readonly id: string;
  /** `score`: counts; `gate`: can only exclude; `parts`: many answers, read by the advice on mixing. */
  readonly role: 'score' | 'gate' | 'parts';
  readonly dimension: Dimension;
  /** Default weight, 1 to 5; 0 where the role is not `score`. */
  readonly weight: number;
  /** Whether `--quick` asks it. */
  readonly isQuick: boolean;
  readonly text: string;
  /** What it means, for someone who hesitates. */
  readonly help: string;
  /** An answer from practice, for someone who still hesitates. */
  readonly example: string;
  readonly options: readonly Option[];
}

/** All questions, in the order in which they are shown and written. */
export interface QuestionTable {
  /** Named in every advice: two advices are comparable when their tables are. */
  readonly version: string;
  readonly questions: readonly Question[];
}

/** The answer that is always allowed and says nothing. */
export const notSure = 'not sure';

/** The question of this id. */
export function questionOf(table: QuestionTable, id: string): Question | undefined {
  return table.questions.find((question) => question.id === id);
}

/** The option of this id. */
export function optionOf(question: Question, id: string): Option | undefined {
  return question.options.find((candidate) => candidate.id === id);
}

/** The questions that count. */
export function scoredQuestions(table: QuestionTable): readonly Question[] {
  return table.questions.filter(({ role }) => role === 'score');
}

/** One row of the point table. */
export function option(
  id: string,
  label: string,
  cells: PerParadigm<Cell>,
  range: Pick<Option, 'from' | 'to'> = {},
): Option {
  return { id, label, cells, ...range };
}

/** The reason in cells of a question that is about another paradigm. */
export const silentReason = 'The answer says nothing about this paradigm.';

/** A row that speaks about one paradigm alone. */
export function optionAbout(paradigm: Paradigm, id: string, label: string, cell: Cell): Option {
  const none: Cell = [0, silentReason];
  return { id, label, cells: { pipeline: none, 'event-driven': none, stateful: none, [paradigm]: cell } };
}

/** An answer without points. */
export function plainOption(id: string, label: string, range: Pick<Option, 'from' | 'to'> = {}): Option {
  const none: Cell = [0, 'This question gives no points.'];
  return { id, label, cells: { pipeline: none, 'event-driven': none, stateful: none }, ...range };
}
