import { dimensions } from '../question.ts';
import { paradigms } from '../paradigm.ts';
import { listOf, number, objectOf, oneOf, text, type JsonSchema } from './schema-parts.ts';

const cell: JsonSchema = {
  type: 'array',
  minItems: 2,
  maxItems: 2,
  prefixItems: [{ type: 'integer', minimum: -2, maximum: 2 }, text],
};

/** The JSON Schema (draft 2020-12) of the question table: what `GET /api/advice/questions` answers under `table`. */
export const questionTableSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:tutti:questions:1',
  title: 'Questions of the advisor',
  ...objectOf({
    version: text,
    questions: listOf(
      objectOf({
        id: text,
        role: oneOf(['score', 'gate', 'parts']),
        dimension: oneOf(dimensions),
        weight: { type: 'number', minimum: 0, maximum: 5 },
        isQuick: { type: 'boolean' },
        text,
        help: text,
        example: text,
        options: listOf(
          objectOf(
            {
              id: text,
              label: text,
              cells: objectOf(Object.fromEntries(paradigms.map((name) => [name, cell]))),
              from: number,
              to: number,
            },
            ['from', 'to'],
          ),
        ),
      }),
    ),
  }),
};
