/**
 * What a schema allows, as a list of shapes: each a single value, or the values of one type that meet some schemas together.
 *
 * The shapes may allow more than the schema does, never less: what is too hard to take into account is left out. So whatever holds
 * for every shape holds for everything the schema allows.
 */
import { isSameJson, type JsonSchema, type PlainSchema } from './json-schema.ts';
import type { SchemaDocument } from './schema-document.ts';

/** The types whose values are not listed one by one. */
type ShapeType = 'number' | 'string' | 'array' | 'object';

/** See the top of the file. */
export type Shape = { readonly kind: 'value'; readonly value: unknown } | TypeShape;

/** The values of one type that meet some schemas. */
export interface TypeShape {
  readonly kind: ShapeType;
  /** All of them hold. */
  readonly parts: readonly PlainSchema[];
  /** For numbers: whole ones only. */
  readonly isInteger: boolean;
}

/** Alternatives of alternatives multiply; beyond this many, unions are left out of account. */
const alternativesMax = 256;
const depthMax = 8;

const anyType: readonly string[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** The shapes of a schema of the document. */
export function shapesOf(document: SchemaDocument, schema: JsonSchema): readonly Shape[] {
  const alternatives = alternativesOf(document, schema, 0);
  return alternatives.flatMap(shapesOfParts);
}

/** Lists of schemas without combinations; the schema allows what meets all of one list. */
function alternativesOf(
  document: SchemaDocument,
  schema: JsonSchema,
  depth: number,
): readonly (readonly PlainSchema[])[] {
  const { plain, anyOf, oneOf, isNever } = document.conjuncts(schema);
  if (isNever) return [];
  let alternatives: readonly (readonly PlainSchema[])[] = [plain];
  if (depth >= depthMax) return alternatives;
  for (const union of [...anyOf, ...oneOf]) {
    // A list that is empty or malformed says nothing that could be relied on.
    if (union.length === 0) continue;
    const branches = union.flatMap((branch) => alternativesOf(document, branch, depth + 1));
    if (alternatives.length * branches.length > alternativesMax) continue;
    alternatives = alternatives.flatMap((one) => branches.map((branch) => [...one, ...branch]));
  }
  return alternatives;
}

function shapesOfParts(parts: readonly PlainSchema[]): readonly Shape[] {
  let types = anyType;
  let isInteger = false;
  for (const part of parts) {
    if (Number.isSafeInteger(part['multipleOf'])) isInteger = true;
    const given = typesIn(part);
    if (given === null) continue;
    if (given.includes('integer') && !given.includes('number')) isInteger = true;
    const meant = given.map((type) => (type === 'integer' ? 'number' : type));
    types = types.filter((type) => meant.includes(type));
  }
  const values = valuesOf(parts);
  if (values !== null) {
    return values
      .filter((value) => types.includes(typeOf(value)) && !(isInteger && isFraction(value)))
      .map((value) => ({ kind: 'value', value }));
  }
  return types.flatMap((type): readonly Shape[] => {
    if (type === 'null') return [{ kind: 'value', value: null }];
    if (type === 'boolean') return [true, false].map((value) => ({ kind: 'value', value }));
    return [{ kind: type as ShapeType, parts, isInteger }];
  });
}

/** The `type` of a schema as a list; null if it says none. */
export function typesIn(schema: PlainSchema): readonly string[] | null {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.map(String) : null;
}

/** The values that `const` and `enum` of all parts leave; null if none of them has such a keyword. */
function valuesOf(parts: readonly PlainSchema[]): readonly unknown[] | null {
  let values: readonly unknown[] | null = null;
  for (const part of parts) {
    const lists = [
      ...(Object.hasOwn(part, 'const') ? [[part['const']]] : []),
      ...(Array.isArray(part['enum']) ? [part['enum'] as readonly unknown[]] : []),
    ];
    for (const list of lists)
      values = values === null ? list : values.filter((value) => list.some((one) => isSameJson(one, value)));
  }
  return values;
}

/** The JSON type of a value. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isFraction(value: unknown): boolean {
  return typeof value === 'number' && !Number.isInteger(value);
}

/** An array or object of a `const` or `enum`, told as a schema that allows it alone. */
export function shapeOfValue(value: object): TypeShape {
  const part: PlainSchema = Array.isArray(value)
    ? {
        prefixItems: value.map((item: unknown) => ({ const: item })),
        items: false,
        minItems: value.length,
      }
    : {
        properties: Object.fromEntries(
          Object.entries(value).map(([name, member]) => [name, { const: member }]),
        ),
        required: Object.keys(value),
        additionalProperties: false,
      };
  return { kind: Array.isArray(value) ? 'array' : 'object', parts: [part], isInteger: false };
}
