import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compareSchemas } from './compare-schemas.ts';
import type { JsonSchema } from './json-schema.ts';

const text: JsonSchema = { type: 'string' };
const number: JsonSchema = { type: 'number' };

function object(properties: Record<string, JsonSchema>, more: object = {}): JsonSchema {
  return { type: 'object', properties, ...more };
}

const closed = { additionalProperties: false };

/** What each change is called, the rule that it breaks at this path; null where the reader takes everything. */
const changes: readonly (readonly [
  name: string,
  writer: JsonSchema,
  reader: JsonSchema,
  breaks: readonly [rule: string, path: string] | null,
])[] = [
  ['anything to anything', {}, {}, null],
  ['something to anything', text, {}, null],
  ['anything to something', {}, text, ['typeNarrowed', 'data']],
  ['nothing to something', false, text, null],
  ['something to nothing', text, false, ['notAccepted', 'data']],
  ['never to something', { not: {} }, number, ['typeNarrowed', 'data']],
  ['type changed', text, number, ['typeNarrowed', 'data']],
  ['integer to number', { type: 'integer' }, number, null],
  ['number to integer', number, { type: 'integer' }, ['typeNarrowed', 'data']],
  ['whole multiples to integer', { type: 'number', multipleOf: 5 }, { type: 'integer' }, null],
  ['type made nullable', text, { type: ['string', 'null'] }, null],
  ['nullable no longer', { type: ['string', 'null'] }, text, ['typeNarrowed', 'data']],
  [
    'nullable by union to nullable by types',
    { anyOf: [text, { type: 'null' }] },
    { type: ['string', 'null'] },
    null,
  ],
  [
    'nullable by types to nullable by union',
    { type: ['string', 'null'] },
    { anyOf: [text, { type: 'null' }] },
    null,
  ],
  ['value added to an enum', { enum: ['a'] }, { enum: ['a', 'b'] }, null],
  ['value removed from an enum', { enum: ['a', 'b'] }, { enum: ['a'] }, ['valuesNarrowed', 'data']],
  ['constant to enum', { const: 1 }, { enum: [1, 2] }, null],
  ['enum to its type', { enum: ['a', 'b'] }, text, null],
  ['type to enum', text, { enum: ['a', 'b'] }, ['valuesNarrowed', 'data']],
  ['true and false to boolean', { enum: [true, false] }, { type: 'boolean' }, null],
  ['boolean to true and false', { type: 'boolean' }, { enum: [true, false] }, null],
  ['enum to a pattern that all fit', { enum: ['ab', 'ac'] }, { type: 'string', pattern: '^a' }, null],
  [
    'enum to a pattern that one does not fit',
    { enum: ['ab', 'b'] },
    { type: 'string', pattern: '^a' },
    ['patternChanged', 'data'],
  ],
  [
    'constant object to its schema',
    { const: { a: [1, 'x'] } },
    object({ a: { type: 'array' } }, { required: ['a'] }),
    null,
  ],
  [
    'constant object to another schema',
    { const: { a: [1, 'x'] } },
    object({ a: { items: number } }),
    ['typeNarrowed', 'data.a[1]'],
  ],
  ['minimum lowered', { type: 'number', minimum: 2 }, { type: 'number', minimum: 1 }, null],
  [
    'minimum raised',
    { type: 'number', minimum: 1 },
    { type: 'number', minimum: 2 },
    ['rangeNarrowed', 'data'],
  ],
  [
    'minimum made exclusive',
    { type: 'number', minimum: 1 },
    { type: 'number', exclusiveMinimum: 1 },
    ['rangeNarrowed', 'data'],
  ],
  [
    'exclusive minimum of integers',
    { type: 'integer', exclusiveMinimum: 1 },
    { type: 'integer', minimum: 2 },
    null,
  ],
  ['maximum added', number, { type: 'number', maximum: 9 }, ['rangeNarrowed', 'data']],
  ['multiple of a factor', { type: 'integer', multipleOf: 6 }, { type: 'integer', multipleOf: 3 }, null],
  [
    'multiple of something else',
    { type: 'integer', multipleOf: 3 },
    { type: 'integer', multipleOf: 6 },
    ['multipleOfChanged', 'data'],
  ],
  [
    'length widened',
    { type: 'string', minLength: 2, maxLength: 3 },
    { type: 'string', minLength: 1, maxLength: 4 },
    null,
  ],
  [
    'length narrowed',
    { type: 'string', maxLength: 4 },
    { type: 'string', maxLength: 3 },
    ['lengthNarrowed', 'data'],
  ],
  ['pattern kept', { type: 'string', pattern: '^a', minLength: 1 }, { type: 'string', pattern: '^a' }, null],
  ['pattern added', text, { type: 'string', pattern: '^a' }, ['patternChanged', 'data']],
  ['format added', text, { type: 'string', format: 'email' }, ['formatChanged', 'data']],
  ['format removed', { type: 'string', format: 'email' }, text, null],
  ['property added to an open object', object({}), object({ a: text }), ['typeNarrowed', 'data.a']],
  ['property without demands added to an open object', object({}), object({ a: {} }), null],
  ['property added to a closed object', object({}, closed), object({ a: text }), null],
  [
    'required property added to a closed object',
    object({}, closed),
    object({ a: text }, { required: ['a'] }),
    ['propertyRequired', 'data.a'],
  ],
  ['property removed from an open object', object({ a: text }), object({}), null],
  [
    'property removed from a closed object',
    object({ a: text }, closed),
    object({}, closed),
    ['propertyClosed', 'data.a'],
  ],
  [
    'impossible property removed from a closed object',
    object({ a: false }),
    object({}, closed),
    ['propertyClosed', 'data.*'],
  ],
  ['object opened', object({}, closed), object({}), null],
  ['object closed', object({}), object({}, closed), ['propertyClosed', 'data.*']],
  [
    'property covered by the rest that is read',
    object({ a: text }, closed),
    object({}, { additionalProperties: text }),
    null,
  ],
  [
    'property not covered by the rest that is read',
    object({ a: number }, closed),
    object({}, { additionalProperties: text }),
    ['typeNarrowed', 'data.a'],
  ],
  [
    'property covered by the rest that is written',
    object({}, { additionalProperties: text }),
    object({ a: text }),
    null,
  ],
  [
    'property not covered by the rest that is written',
    object({}, { additionalProperties: text }),
    object({ a: number }),
    ['typeNarrowed', 'data.a'],
  ],
  ['property made optional', object({ a: text }, { required: ['a'] }), object({ a: text }), null],
  [
    'property made required',
    object({ a: text }),
    object({ a: text }, { required: ['a'] }),
    ['propertyRequired', 'data.a'],
  ],
  [
    'a default stands in for nothing',
    object({}, closed),
    object({ a: { type: 'string', default: '' } }, { required: ['a'] }),
    ['propertyRequired', 'data.a'],
  ],
  ['pattern of names kept', { patternProperties: { '^x': text } }, { patternProperties: { '^x': {} } }, null],
  [
    'pattern of names kept in a closed object',
    { type: 'object', patternProperties: { '^x': text }, ...closed },
    { patternProperties: { '^x': text }, ...closed },
    null,
  ],
  [
    'pattern of names added',
    { type: 'object' },
    { patternProperties: { '^x': text } },
    ['typeNarrowed', 'data.*'],
  ],
  [
    'named property beside a pattern',
    object({ xy: number }, closed),
    { patternProperties: { '^x': text } },
    ['typeNarrowed', 'data.xy'],
  ],
  [
    'names narrowed',
    object({ abc: text }, closed),
    { propertyNames: { maxLength: 2 } },
    ['lengthNarrowed', 'data (names)'],
  ],
  [
    'names as texts',
    object({}, { additionalProperties: number }),
    { propertyNames: text, additionalProperties: number },
    null,
  ],
  [
    'fewer properties allowed',
    { type: 'object', maxProperties: 3 },
    { maxProperties: 2 },
    ['propertyCountNarrowed', 'data'],
  ],
  ['as many properties as there can be', object({ a: text, b: text }, closed), { maxProperties: 2 }, null],
  [
    'dependency added',
    object({ a: text, b: text }),
    { dependentRequired: { a: ['b'] } },
    ['dependencyAdded', 'data.a'],
  ],
  [
    'dependency on what is there',
    object({ a: text, b: text }, { required: ['b'] }),
    { dependentRequired: { a: ['b'] } },
    null,
  ],
  ['property called constructor', object({}, closed), object({ constructor: text }), null],
  ['items widened', { type: 'array', items: { type: 'integer' } }, { type: 'array', items: number }, null],
  [
    'items narrowed',
    { type: 'array', items: number },
    { type: 'array', items: text },
    ['typeNarrowed', 'data[]'],
  ],
  [
    'fewer items allowed',
    { type: 'array', maxItems: 3 },
    { type: 'array', maxItems: 2 },
    ['itemCountNarrowed', 'data'],
  ],
  [
    'tuple to list',
    { type: 'array', prefixItems: [text, text], items: false },
    { type: 'array', items: text, maxItems: 2 },
    null,
  ],
  [
    'list to tuple',
    { type: 'array', items: text },
    { prefixItems: [text, number] },
    ['typeNarrowed', 'data[1]'],
  ],
  [
    'tuple made longer',
    { type: 'array', prefixItems: [text], items: false },
    { prefixItems: [text, number], items: false },
    null,
  ],
  ['each item once', { type: 'array' }, { uniqueItems: true }, ['uniqueItemsAdded', 'data']],
  ['alternative added', { anyOf: [text] }, { anyOf: [text, number] }, null],
  ['alternative removed', { anyOf: [text, number] }, { anyOf: [text] }, ['typeNarrowed', 'data']],
  ['all of two to one of them', { allOf: [text, { minLength: 2 }] }, text, null],
  ['one to all of two', text, { allOf: [text, { minLength: 2 }] }, ['lengthNarrowed', 'data']],
  ['exactly one of what excludes each other', { oneOf: [text] }, { oneOf: [text, number] }, null],
  [
    'exactly one of what overlaps',
    { const: 5 },
    { oneOf: [number, { minimum: 3 }] },
    ['alternativesOverlap', 'data'],
  ],
  ['exclusion of another type', text, { not: number }, null],
  ['exclusion of something', text, { not: { const: 'a' } }, ['exclusionAdded', 'data']],
  ['reference followed', { $ref: '#/$defs/t', $defs: { t: text } }, text, null],
  ['reference to elsewhere', text, { $ref: 'https://example.com/t' }, ['referenceUnresolved', 'data']],
  ['keyword that is not understood', { type: 'array' }, { contains: text }, ['keywordUnknown', 'data']],
  ['keyword that is not understood, kept', { type: 'array', contains: text }, { contains: text }, null],
  ['keyword of somebody', text, { type: 'string', 'x-label': 'Name' }, null],
  ['description changed', { type: 'string', description: 'a' }, { type: 'string', title: 'b' }, null],
  ['keyword of another form', text, { type: 'string', minLength: '2' }, ['keywordUnknown', 'data']],
];

describe('a change of a schema', () => {
  it.each(changes)('%s', (_, writer, reader, breaks) => {
    const [first] = compareSchemas(writer, reader);
    expect(first === undefined ? null : [first.rule, first.path]).toEqual(breaks);
  });

  it('is told in a sentence, with what is read and what may be written', () => {
    const lines = (sku: JsonSchema): JsonSchema =>
      object({ lines: { type: 'array', items: object({ sku }) } });
    expect(compareSchemas(lines(text), lines({ type: 'string', minLength: 3 }))).toEqual([
      {
        path: 'data.lines[].sku',
        rule: 'lengthNarrowed',
        text: 'An event may have any number of characters here; the reader takes at least 3 characters.',
        isCertain: true,
      },
    ]);
  });

  it('is not certain where it cannot be decided', () => {
    expect(
      compareSchemas({ type: 'string', pattern: '^ab' }, { type: 'string', pattern: '^a' }),
    ).toMatchObject([{ rule: 'patternChanged', isCertain: false }]);
  });
});

describe('schemas that contain themselves', () => {
  const tree = (value: JsonSchema): JsonSchema => ({
    $defs: { node: object({ value, kids: { type: 'array', items: { $ref: '#/$defs/node' } } }) },
    $ref: '#/$defs/node',
  });

  it('are compared to the end', () => {
    expect(compareSchemas(tree({ type: 'integer' }), tree(number))).toEqual([]);
    expect(compareSchemas(tree(number), tree({ type: 'integer' }))).toMatchObject([
      { path: 'data.value', rule: 'typeNarrowed' },
      { path: 'data.kids[].value', rule: 'typeNarrowed' },
    ]);
  });

  it('prove nothing by themselves on one level', () => {
    const loop: JsonSchema = { $defs: { a: { anyOf: [{ $ref: '#/$defs/a' }, text] } }, $ref: '#/$defs/a' };
    expect(compareSchemas(number, loop)).not.toEqual([]);
    expect(compareSchemas(loop, number)).not.toEqual([]);
  });
});

/** The JSON Schemas of a zod schema: what it gives, and what it takes. */
function sidesOf(schema: z.ZodType): { readonly gives: JsonSchema; readonly takes: JsonSchema } {
  const of = (io: 'input' | 'output'): JsonSchema => z.toJSONSchema(schema, { io });
  return { gives: of('output'), takes: of('input') };
}

describe('a change of a zod schema', () => {
  const before = z.object({ id: z.string(), total: z.number() });
  const rules = (writer: z.ZodType, reader: z.ZodType): readonly string[] =>
    compareSchemas(sidesOf(writer).gives, sidesOf(reader).takes).map(({ rule, path }) => `${rule} ${path}`);

  it.each<readonly [string, z.ZodType, readonly string[]]>([
    ['an optional field is added', before.extend({ note: z.string().optional() }), []],
    ['a field with a default is added', before.extend({ note: z.string().default('') }), []],
    ['a field is added', before.extend({ note: z.string() }), ['propertyRequired data.note']],
    ['a field is removed', before.omit({ total: true }), []],
    [
      'a field is removed from a strict object',
      z.strictObject({ id: z.string() }),
      ['propertyClosed data.total'],
    ],
    ['a field is made nullable', before.extend({ id: z.string().nullable() }), []],
    ['a field becomes one of a union', before.extend({ id: z.union([z.number(), z.string()]) }), []],
    ['a field becomes a whole number', before.extend({ total: z.int() }), ['typeNarrowed data.total']],
    [
      'a field becomes an email',
      before.extend({ id: z.email() }),
      ['patternChanged data.id', 'formatChanged data.id'],
    ],
  ])('%s', (_, after, expected) => {
    expect(rules(before, after)).toEqual(expected);
  });

  it('an alternative is added to a discriminated union, and one is changed', () => {
    const card = z.object({ by: z.literal('card'), last4: z.string() });
    const cash = z.object({ by: z.literal('cash') });
    const wire = z.object({ by: z.literal('wire'), iban: z.string() });
    const of = (...members: readonly [typeof card, ...z.ZodObject[]]): z.ZodType =>
      z.object({ paid: z.discriminatedUnion('by', members as never) });
    expect(rules(of(card, cash), of(card, cash, wire))).toEqual([]);
    expect(rules(of(card, cash, wire), of(card, cash))).toEqual(['noAlternative data.paid']);
  });
});
