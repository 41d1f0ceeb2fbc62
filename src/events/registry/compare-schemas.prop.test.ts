/** Without a difference nothing that is valid for the writer is refused by the reader; ajv is the judge. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareSchemas } from './compare-schemas.ts';
import type { JsonSchema, PlainSchema } from './json-schema.ts';

/** `TUTTI_SCHEMA_RUNS=50000` looks longer. */
const runs = Number(process.env['TUTTI_SCHEMA_RUNS'] ?? 400);

/** Few names and values, so that schemas and documents meet often. */
const names = ['a', 'b', 'xc'] as const;
const scalars = [null, true, false, -1, 0, 1, 2, 2.5, 6, '', 'a', 'ab', 'abc', 'b1'] as const;

const name = fc.constantFrom(...names);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: fc.constantFrom(...scalars), weight: 3 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.dictionary(name, tie('value'), { maxKeys: 3 }), weight: 2 },
  ),
})).value;

/** Made once: it is the schemas that differ from try to try. */
const documents = fc.sample(value, 400);

const limit = fc.constantFrom(-1, 0, 1, 2, 3);
const count = fc.constantFrom(0, 1, 2, 3);
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');

const { schema } = fc.letrec<{ schema: JsonSchema; keywords: PlainSchema }>((tie) => {
  const list = fc.array(tie('schema'), { minLength: 1, maxLength: 3 });
  const byName = fc.dictionary(name, tie('schema'), { maxKeys: 3 });
  const some = <T>(keyword: string, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<PlainSchema> =>
    arbitrary.map((given) => ({ [keyword]: given }));
  const scalar = fc.oneof(
    some('type', fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 }))),
    some(
      'enum',
      fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify(one) }),
    ),
    some('const', value),
    ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((keyword) => some(keyword, limit)),
    some('multipleOf', fc.constantFrom(1, 2, 3, 0.5)),
    ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map((keyword) =>
      some(keyword, count),
    ),
    some('pattern', fc.constantFrom('^a', 'b', '^ab?$')),
    some('uniqueItems', fc.boolean()),
    some('required', fc.uniqueArray(name, { maxLength: 2 })),
    some('dependentRequired', fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { maxKeys: 2 })),
  );
  const nested = fc.oneof(
    some('properties', byName),
    some('patternProperties', fc.dictionary(fc.constantFrom('^x', 'a'), tie('schema'), { maxKeys: 2 })),
    some('additionalProperties', tie('schema')),
    some('propertyNames', tie('schema')),
    some('prefixItems', list),
    some('items', tie('schema')),
    some('contains', tie('schema')),
    some('not', tie('schema')),
    ...['allOf', 'anyOf', 'oneOf'].map((keyword) => some(keyword, list)),
    some('$ref', fc.constantFrom('#/$defs/one', '#/$defs/two')),
  );
  return {
    keywords: fc
      .array(fc.oneof({ arbitrary: scalar, weight: 2 }, { arbitrary: nested, weight: 2 }), { maxLength: 4 })
      .map((parts) => Object.assign({}, ...parts) as PlainSchema),
    schema: fc.oneof(
      { maxDepth: 3 },
      {
        arbitrary: fc.constantFrom<JsonSchema>(true, false, { type: 'string' }, { type: 'number' }),
        weight: 1,
      },
      { arbitrary: tie('keywords'), weight: 4 },
    ),
  };
});

/** References lead to schemas that themselves lead nowhere but deeper. */
const definitions = fc.record({
  one: fc.constantFrom<JsonSchema>({ type: 'string' }, { enum: ['a', 1] }),
  two: fc.constantFrom<JsonSchema>({ properties: { a: { $ref: '#' } } }, { items: { $ref: '#/$defs/two' } }),
});
const document = fc
  .tuple(schema, definitions)
  .map(([root, $defs]): JsonSchema => (typeof root === 'boolean' ? root : { ...root, $defs }));

/** Random schemas rarely fit each other; one that was made from the other by a few edits does, or nearly. */
const edit = fc.record({ at: fc.nat(40), how: fc.nat(6), name, count, other: schema });
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(root: JsonSchema, edits: readonly Edit[]): JsonSchema {
  const copy = cleaned(root);
  for (const one of edits) {
    const inside: PlainSchema[] = [];
    collect(copy, inside);
    const target = inside[one.at % Math.max(1, inside.length)];
    if (target !== undefined) apply(target, one);
  }
  return copy;
}

function collect(given: unknown, into: PlainSchema[]): void {
  if (typeof given !== 'object' || given === null) return;
  if (!Array.isArray(given)) into.push(given as PlainSchema);
  for (const [key, member] of Object.entries(given)) {
    if (['const', 'enum', 'required', 'dependentRequired', 'type', '$ref'].includes(key)) continue;
    collect(member, into);
  }
}

/** Only a part that is a schema, or schemas by name, is there to be edited; what a name takes is a schema as well. */
function apply(target: Record<string, unknown>, { how, name: key, count: given, other: shared }: Edit): void {
  const other = cleaned(shared);
  const isNamed = names.some((one) => one in target) || '^x' in target || 'one' in target;
  if (isNamed) {
    target[key] = other;
    return;
  }
  const keywords = Object.keys(target).filter((one) => one !== '$defs');
  const chosen = keywords[given % Math.max(1, keywords.length)];
  if (how === 0 && chosen !== undefined) delete target[chosen];
  else if (how === 1) target['minimum'] = given;
  else if (how === 2) target['required'] = [key];
  else if (how === 3) target['additionalProperties'] = other;
  else if (how === 4) target['anyOf'] = [cleaned({ ...target, $defs: undefined }), other];
  else if (how === 5) target['maxLength'] = given;
}

function cleaned(root: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(root)) as JsonSchema;
}

const pair = fc
  .tuple(document, document, fc.array(edit, { maxLength: 3 }))
  .chain(([writer, other, edits]) =>
    fc.constantFrom(
      [writer, edited(writer, edits)] as const,
      [edited(writer, edits), writer] as const,
      [writer, other] as const,
    ),
  );

const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, logger: false });

function validator(root: JsonSchema): ((given: unknown) => boolean | null) | null {
  try {
    const check = ajv.compile(root as object);
    return (given) => {
      try {
        return check(given);
      } catch {
        // ajv stumbles over patterns of names beside unions; it judges nothing then.
        return null;
      }
    };
  } catch {
    return null;
  }
}

describe('a comparison of schemas', () => {
  it('claims nothing that a document disproves', () => {
    let proofs = 0;
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const [writer, reader] = [cleaned(first), cleaned(second)];
        if (compareSchemas(writer, reader).length > 0) return;
        const [isWritten, isRead] = [validator(writer), validator(reader)];
        if (isWritten === null || isRead === null) return;
        for (const given of documents) {
          if (isWritten(given) !== true) continue;
          const answer = isRead(given);
          if (answer === null) continue;
          proofs += 1;
          expect(answer, `${JSON.stringify(given)} is written and not read`).toBe(true);
        }
      }),
      { numRuns: runs },
    );
    expect(proofs).toBeGreaterThan(runs / 4);
  });

  it('finds nothing between a schema and itself, and nothing when alternatives are added', () => {
    fc.assert(
      fc.property(document, schema, (root, other) => {
        expect(compareSchemas(root, root)).toEqual([]);
        const hasReference = JSON.stringify(root).includes('"$ref"');
        if (!hasReference) expect(compareSchemas(root, { anyOf: [other, root] })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

const objects = fc.sample(fc.dictionary(name, value), 200);

const field = fc.constantFrom(
  ...[
    z.string(),
    z.string().optional(),
    z.string().default('q'),
    z.string().nullable(),
    z.number(),
    z.int(),
    z.boolean(),
  ],
  ...[
    z.enum(['a', 'ab']),
    z.literal('a'),
    z.array(z.string()),
    z.union([z.string(), z.number()]),
    z.string().min(2),
  ],
  ...[
    z.object({ a: z.string() }),
    z.object({ a: z.string().optional() }),
    z.record(z.string(), z.number()),
    z.unknown(),
  ],
);
const model = fc.tuple(
  fc.dictionary(name, field, { maxKeys: 3 }),
  fc.constantFrom('object', 'strict', 'loose'),
);

function zodOf([fields, kind]: readonly [Record<string, z.ZodType>, string]): z.ZodType {
  if (kind === 'strict') return z.strictObject(fields);
  return kind === 'loose' ? z.looseObject(fields) : z.object(fields);
}

describe('a comparison of what zod gives with what zod takes', () => {
  it('claims nothing that an event disproves', () => {
    let proofs = 0;
    fc.assert(
      fc.property(
        model,
        model,

        (before, after) => {
          const [writer, reader] = [zodOf(before), zodOf(after)];
          const gives = z.toJSONSchema(writer, { io: 'output' }) as JsonSchema;
          const takes = z.toJSONSchema(reader, { io: 'input' }) as JsonSchema;
          if (compareSchemas(gives, takes).length > 0) return;
          for (const event of objects) {
            const stored = writer.safeParse(event);
            if (!stored.success) continue;
            proofs += 1;
            expect(reader.safeParse(JSON.parse(JSON.stringify(stored.data))).success).toBe(true);
          }
        },
      ),
      { numRuns: runs },
    );
    expect(proofs).toBeGreaterThan(runs / 10);
  });
});
