import { adviceSchema, answerSheetSchema, questionTableSchema } from '../../advisor/index.ts';
import type { FieldSpecs } from './fields.ts';
import type { RouteSpec } from './route-spec.ts';

/** The routes of the advisor. They carry no `Client` method: an advice is computed, and nothing is stored. */
export type AdviceRouteName = 'advise' | 'listAdviceQuestions';

type Schemas = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const sheetFields = answerSheetSchema['properties'] as Schemas;

const body: FieldSpecs = {
  answers: {
    type: 'value',
    summary: 'Option by question; a list of options for `alsoContains`. Questions left out are unknown.',
    schema: sheetFields['answers'] ?? {},
  },
  people: { type: 'value', summary: 'Who answered. Default: nobody.', schema: sheetFields['people'] ?? {} },
  preference: {
    type: 'value',
    summary: 'What the team would choose without asking. Default: nothing.',
    schema: sheetFields['preference'] ?? {},
  },
  sheets: {
    type: 'value',
    summary: 'Several answer sheets to merge, instead of the three fields above.',
    schema: { type: 'array', minItems: 2, items: answerSheetSchema },
  },
  weights: {
    type: 'value',
    summary: 'Weights by question, 0 to 20. Default: those of the table.',
    schema: { type: 'object', additionalProperties: { type: 'number', minimum: 0, maximum: 20 } },
  },
  limits: {
    type: 'value',
    summary: 'Measured limits with their `source`. Default: the built-in ones.',
    schema: { type: 'object' },
  },
  costs: {
    type: 'value',
    summary: 'Inputs of the cost estimate. Default: assumptions.',
    schema: { type: 'object' },
  },
};

/** The rows of the advisor's routes. */
export const adviceRoutes: Readonly<Record<AdviceRouteName, RouteSpec>> = {
  advise: {
    method: 'POST',
    path: '/api/advice',
    summary:
      'Says which paradigm fits the answers, and why: the same advice, to the byte, as `tutti advise -o json` on the same day. ' +
      'Nothing is stored. The type is that of tutti/advisor.',
    parameters: {},
    query: {},
    body,
    status: 200,
    answer: 'Advice',
    answerSchema: adviceSchema,
    errors: ['TUTTI_ANSWERS_INVALID', 'TUTTI_OPTION_INVALID'],
  },
  listAdviceQuestions: {
    method: 'GET',
    path: '/api/advice/questions',
    summary:
      'The questions with their options, points and reasons, the default limits, and the JSON Schemas.',
    parameters: {},
    query: {},
    body: null,
    status: 200,
    answer: '{ table: QuestionTable, limits: Limits, schemas: { table, answerSheet, advice } }',
    answerSchema: {
      type: 'object',
      required: ['table', 'limits', 'schemas'],
      properties: { table: questionTableSchema, limits: { type: 'object' }, schemas: { type: 'object' } },
    },
    errors: [],
  },
};
