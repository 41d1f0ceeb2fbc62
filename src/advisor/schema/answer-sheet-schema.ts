import { personParts } from '../answer-sheet.ts';
import { paradigms } from '../paradigm.ts';
import { notSure, type QuestionTable } from '../question.ts';
import { questionTable } from '../table/question-table.ts';
import { listOf, objectOf, oneOf, type JsonSchema } from './schema-parts.ts';

const line: JsonSchema = { type: 'string', minLength: 1, maxLength: 500 };

/** The JSON Schema (draft 2020-12) of an answer sheet for the built-in table. */
export const answerSheetSchema: JsonSchema = schemaFor(questionTable);

function schemaFor(table: QuestionTable): JsonSchema {
  const answers = table.questions.map(({ id, role, text, options }): [string, JsonSchema] => {
    const ids = options.map((option) => option.id);
    const choice = role === 'parts' ? listOf(oneOf(ids)) : oneOf(ids);
    return [id, { description: text, anyOf: [choice, { const: notSure }, { type: 'null' }] }];
  });
  const person = objectOf({ name: line, role: line, part: oneOf(personParts) }, ['role', 'part']);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:tutti:answer-sheet:1',
    title: 'Answer sheet of the advisor',
    ...objectOf(
      {
        answers: objectOf(
          Object.fromEntries(answers),
          answers.map(([id]) => id),
        ),
        people: { type: 'array', maxItems: 100, items: { anyOf: [line, person] } },
        preference: {
          anyOf: [objectOf({ paradigm: oneOf(paradigms), why: line }, ['why']), { type: 'null' }],
        },
      },
      ['answers', 'people', 'preference'],
    ),
  };
}
