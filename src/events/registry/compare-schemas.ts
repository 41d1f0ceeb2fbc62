/**
 * Whether everything that a writer's schema allows is taken by a reader's, and if not, why.
 *
 * Sound: without a difference, every document that is valid for the writer is valid for the reader. Of the writer things may be left
 * out of account, which lets it write more; of the reader nothing may: what is not understood is a difference that is not certain.
 * The rules are those of Confluent's registry for JSON Schema with one exception: a default does not stand in for a required property.
 */
import { refusedArrays } from './accept-array.ts';
import { refusedObjects } from './accept-object.ts';
import { refusedNumbers, refusedScalar, refusedTexts } from './accept-scalar.ts';
import { isApart } from './disjoint.ts';
import { canonicalText, isSameJson, type JsonSchema, type PlainSchema } from './json-schema.ts';
import { demandsSame, strangeKeywords } from './keywords.ts';
import { SchemaDocument, type Conjuncts } from './schema-document.ts';
import { breaks, shownValue, shownValues, undecided, type SchemaDifference } from './schema-difference.ts';
import { shapeOfValue, shapesOf, typeOf, typesIn, type Shape, type TypeShape } from './shape.ts';

type Differences = readonly SchemaDifference[];

/** How many pairs of schemas are compared at most, and how deep. */
const stepsMax = 20_000;
const depthMax = 64;
/** How many unions may lie in each other on one level of the data. */
const nestingMax = 16;
/** How many differences are told. */
const differencesMax = 50;

/**
 * Why a reader may not take everything that a writer may write; nothing if it takes all of it.
 *
 * @param writer JSON Schema (draft 2020-12) of what is written.
 * @param reader JSON Schema of what is read.
 */
export function compareSchemas(writer: JsonSchema, reader: JsonSchema): Differences {
  const found = new Comparison(writer, reader).compare();
  const byText = new Map(found.map((one) => [`${one.path}\n${one.text}`, one]));
  return [...byText.values()].slice(0, differencesMax);
}

class Comparison {
  readonly #writer: SchemaDocument;
  readonly #reader: SchemaDocument;
  readonly #areSame: boolean;
  /** Pairs that are being compared, and how deep in the data that began. */
  readonly #open = new Map<string, number>();
  #depth = 0;
  #nesting = 0;
  #steps = 0;

  constructor(writer: JsonSchema, reader: JsonSchema) {
    this.#writer = new SchemaDocument(writer);
    this.#reader = new SchemaDocument(reader);
    this.#areSame = this.#writer.text === this.#reader.text;
  }

  compare(): Differences {
    return this.#covers(this.#writer.root, this.#reader.root, 'data');
  }

  /** One level deeper in the data. */
  readonly #deeper = (written: JsonSchema, read: JsonSchema, path: string): Differences => {
    const nesting = this.#nesting;
    this.#depth += 1;
    this.#nesting = 0;
    try {
      return this.#covers(written, read, path);
    } finally {
      this.#depth -= 1;
      this.#nesting = nesting;
    }
  };

  #covers(written: JsonSchema, read: JsonSchema, path: string): Differences {
    if (written === false || read === true) return [];
    if (this.#mean(written, read)) return [];
    const pair = `${canonicalText(written)}\n${canonicalText(read)}`;
    const begun = this.#open.get(pair);
    // Schemas that contain themselves: what lies deeper fits if all that is above does. On one level nothing is proved by it.
    if (begun !== undefined && begun < this.#depth) return [];
    this.#steps += 1;
    if (begun !== undefined || this.#steps > stepsMax || this.#depth > depthMax) return [tooComplex(path)];
    this.#open.set(pair, this.#depth);
    try {
      return shapesOf(this.#writer, written).flatMap((shape) => this.#refused(shape, read, path));
    } finally {
      this.#open.delete(pair);
    }
  }

  /** Whether both are the same text, and mean the same: references do so only in documents that are the same. */
  #mean(written: JsonSchema, read: JsonSchema): boolean {
    const text = canonicalText(written);
    return (
      text === canonicalText(read) && (this.#areSame || !/"\$(ref|dynamicRef|recursiveRef|id)":/.test(text))
    );
  }

  /** What a reader's schema refuses of a shape. */
  #refused(shape: Shape, read: JsonSchema, path: string): Differences {
    if (read === true) return [];
    this.#steps += 1;
    if (this.#nesting >= nestingMax || this.#steps > stepsMax) return [tooComplex(path)];
    this.#nesting += 1;
    try {
      return this.#refusedByAll(shape, this.#reader.conjuncts(read), path);
    } finally {
      this.#nesting -= 1;
    }
  }

  #refusedByAll(shape: Shape, read: Conjuncts, path: string): Differences {
    if (read.isNever) {
      return [
        breaks(path, 'notAccepted', `An event may have ${shownShape(shape)} here; the reader takes nothing.`),
      ];
    }
    return [
      ...read.unresolved.map((reference) =>
        undecided(path, 'referenceUnresolved', `The reader's reference ${reference} cannot be followed.`),
      ),
      ...read.plain.flatMap((part) => this.#refusedBy(shape, part, path)),
      ...read.anyOf.flatMap((branches) => this.#refusedByAny(shape, branches, path)),
      ...read.oneOf.flatMap((branches) => this.#refusedByOne(shape, branches, path)),
    ];
  }

  #refusedBy(shape: Shape, part: PlainSchema, path: string): Differences {
    const parts = shape.kind === 'value' ? [] : shape.parts;
    const strange = strangeKeywords(part);
    const isStrange = strange.length > 0 && !demandsSame(parts, strange, part);
    return [
      ...(isStrange
        ? [undecided(path, 'keywordUnknown', `The reader's ${strange.join(', ')} cannot be compared.`)]
        : []),
      ...this.#excluded(shape, part, path),
      ...(refusedType(shape, part, path) ?? this.#refusedContent(shape, part, path)),
    ];
  }

  #excluded(shape: Shape, part: PlainSchema, path: string): Differences {
    const { not } = part;
    if (not === undefined || strangeKeywords(part).includes('not')) return [];
    if (shape.kind !== 'value' && demandsSame(shape.parts, ['not'], part)) return [];
    if (isApart({ one: this.#writer, other: this.#reader }, shape, not as JsonSchema)) return [];
    const isAll = not === true || isSameJson(not, {});
    const text = `An event may have ${shownShape(shape)} here; the reader excludes ${isAll ? 'everything' : 'some of that'}.`;
    return [isAll ? breaks(path, 'exclusionAdded', text) : undecided(path, 'exclusionAdded', text)];
  }

  /** What is refused of a shape whose type is taken. */
  #refusedContent(shape: Shape, part: PlainSchema, path: string): Differences {
    const place = { path, deeper: this.#deeper };
    const values = valuesIn(part);
    if (shape.kind === 'value') {
      const { value } = shape;
      if (values !== null && !values.some((one) => isSameJson(one, value))) {
        const text = `An event may be ${shownValue(value)} here; the reader takes only ${shownValues(values)}.`;
        return [breaks(path, 'valuesNarrowed', text)];
      }
      if (typeof value === 'object' && value !== null) {
        return contentOf(shapeOfValue(value), part, place);
      }
      return refusedScalar(value, part, path);
    }
    if (values === null) return contentOf(shape, part, place);
    const text = `An event may have ${shownShape(shape)} here; the reader takes only ${shownValues(values)}.`;
    return [breaks(path, 'valuesNarrowed', text)];
  }

  #refusedByAny(shape: Shape, branches: readonly JsonSchema[], path: string): Differences {
    const tried: Differences[] = [];
    for (const branch of branches) {
      const found = this.#refused(shape, branch, path);
      if (found.length === 0) return [];
      tried.push(found);
    }
    return noAlternative(shape, tried, path);
  }

  #refusedByOne(shape: Shape, branches: readonly JsonSchema[], path: string): Differences {
    const tried = branches.map((branch) => this.#refused(shape, branch, path));
    const fitting = tried.findIndex((found) => found.length === 0);
    if (fitting === -1) return noAlternative(shape, tried, path);
    const documents = { one: this.#writer, other: this.#reader };
    const others = branches.filter((_, index) => index !== fitting);
    if (others.every((branch) => isApart(documents, shape, branch))) return [];
    const text = `The reader takes exactly one of its alternatives, and ${shownShape(shape)} of an event may fit several.`;
    return [undecided(path, 'alternativesOverlap', text)];
  }
}

function tooComplex(path: string): SchemaDifference {
  return undecided(path, 'tooComplex', 'The schemas are too deep or too large here to be compared.');
}

function noAlternative(shape: Shape, tried: readonly Differences[], path: string): Differences {
  const [nearest] = tried.toSorted((one, other) => one.length - other.length);
  // With one alternative left there is something more exact to say.
  if (nearest !== undefined && tried.length === 1) return nearest;
  const reason = nearest?.[0] === undefined ? '' : ` Nearest: ${nearest[0].path}: ${nearest[0].text}`;
  const text = `An event may have ${shownShape(shape)} here, which none of the reader's alternatives takes.${reason}`;
  const isCertain = tried.every((found) => found.some((one) => one.isCertain));
  return [isCertain ? breaks(path, 'noAlternative', text) : undecided(path, 'noAlternative', text)];
}

/** What is refused because of its type; null if the type is taken. */
function refusedType(shape: Shape, part: PlainSchema, path: string): Differences | null {
  const types = typesIn(part);
  if (types === null) return null;
  const type = shape.kind === 'value' ? typeOf(shape.value) : shape.kind;
  const isInteger = shape.kind === 'value' ? Number.isInteger(shape.value) : shape.isInteger;
  if (types.includes(type) || (type === 'number' && isInteger && types.includes('integer'))) return null;
  const text = `An event may have ${shownShape(shape)} here; the reader takes ${types.join(' or ')}.`;
  return [breaks(path, 'typeNarrowed', text)];
}

function contentOf(
  shape: TypeShape,
  part: PlainSchema,
  place: Parameters<typeof refusedArrays>[2],
): Differences {
  switch (shape.kind) {
    case 'number':
      return refusedNumbers(shape.parts, shape.isInteger, part, place.path);
    case 'string':
      return refusedTexts(shape.parts, part, place.path);
    case 'array':
      return refusedArrays(shape.parts, part, place);
    default:
      return refusedObjects(shape.parts, part, place);
  }
}

/** The values that `const` and `enum` of one schema leave; null without such a keyword. */
function valuesIn(part: PlainSchema): readonly unknown[] | null {
  const listed = Array.isArray(part['enum']) ? (part['enum'] as readonly unknown[]) : null;
  if (!Object.hasOwn(part, 'const')) return listed;
  return listed === null ? [part['const']] : listed.filter((value) => isSameJson(value, part['const']));
}

function shownShape(shape: Shape): string {
  if (shape.kind === 'value') return shownValue(shape.value);
  if (shape.kind === 'number') return shape.isInteger ? 'an integer' : 'a number';
  return shape.kind === 'string' ? 'a string' : `an ${shape.kind}`;
}
