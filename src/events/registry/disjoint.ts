/**
 * Whether two schemas have no value in common. "No" may mean that it cannot be shown: what is too hard is left out, which
 * lets each schema take more than it does.
 */
import { isScalarRefused } from './accept-scalar.ts';
import { arrayFactsOf } from './array-facts.ts';
import { countsApart, countsOf } from './counts.ts';
import { isSameJson, type JsonSchema, type PlainSchema } from './json-schema.ts';
import { areApart, rangeOf } from './number-range.ts';
import { objectFactsOf } from './object-facts.ts';
import type { SchemaDocument } from './schema-document.ts';
import { shapeOfValue, shapesOf, typeOf, type Shape, type TypeShape } from './shape.ts';

/** The documents in which references of the one and of the other are looked up. */
export interface Documents {
  readonly one: SchemaDocument;
  readonly other: SchemaDocument;
}

/** How deep it is looked for something that cannot be the same. */
const depthMax = 4;

/** Whether no value of the shape meets the schema. */
export function isApart(documents: Documents, shape: Shape, schema: JsonSchema): boolean {
  return shapesOf(documents.other, schema).every((other) => areShapesApart(documents, shape, other, 0));
}

function areSchemasApart(documents: Documents, one: JsonSchema, other: JsonSchema, depth: number): boolean {
  if (one === false || other === false) return true;
  if (depth >= depthMax) return false;
  const others = shapesOf(documents.other, other);
  return shapesOf(documents.one, one).every((shape) =>
    others.every((otherShape) => areShapesApart(documents, shape, otherShape, depth + 1)),
  );
}

function areShapesApart(documents: Documents, one: Shape, other: Shape, depth: number): boolean {
  if (one.kind === 'value') {
    if (other.kind === 'value') return !isSameJson(one.value, other.value);
    return isValueApart(one.value, other) ?? areShapesApart(documents, whole(one.value), other, depth);
  }
  if (other.kind === 'value')
    return isValueApart(other.value, one) ?? areShapesApart(documents, one, whole(other.value), depth);
  if (one.kind !== other.kind) return true;
  switch (one.kind) {
    case 'number':
      return areApart(rangeOf(one.parts, one.isInteger), rangeOf(other.parts, other.isInteger));
    case 'string':
      return countsApart(lengthsOf(one.parts), lengthsOf(other.parts));
    case 'array':
      return areArraysApart(documents, one.parts, other.parts, depth);
    default:
      return areObjectsApart(documents, one.parts, other.parts, depth);
  }
}

/** Undefined for arrays and objects of the type, which are looked into. */
function isValueApart(value: unknown, shape: TypeShape): boolean | undefined {
  if (typeOf(value) !== shape.kind) return true;
  return typeof value === 'object' ? undefined : isScalarRefused(value, shape.parts);
}

function whole(value: unknown): Shape {
  return shapeOfValue(value as object);
}

function lengthsOf(parts: readonly PlainSchema[]): ReturnType<typeof countsOf> {
  return countsOf(parts, 'minLength', 'maxLength');
}

function areArraysApart(
  documents: Documents,
  one: readonly PlainSchema[],
  other: readonly PlainSchema[],
  depth: number,
): boolean {
  const [first, second] = [arrayFactsOf(one), arrayFactsOf(other)];
  if (countsApart(first.count, second.count)) return true;
  const sure = Math.min(
    Math.max(first.count.least, second.count.least),
    Math.max(first.prefix, second.prefix) + 1,
  );
  for (let index = 0; index < sure; index += 1)
    if (areSchemasApart(documents, first.item(index), second.item(index), depth)) return true;
  return false;
}

function areObjectsApart(
  documents: Documents,
  one: readonly PlainSchema[],
  other: readonly PlainSchema[],
  depth: number,
): boolean {
  const [first, second] = [objectFactsOf(one), objectFactsOf(other)];
  if (countsApart(first.count, second.count)) return true;
  // A property that one side requires is there in every common value, and meets both.
  return [...new Set([...first.required, ...second.required])].some((name) =>
    areSchemasApart(documents, first.property(name), second.property(name), depth),
  );
}
