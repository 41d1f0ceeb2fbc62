import { countsOf, type CountRange } from './counts.ts';
import {
  both,
  own,
  patternOf,
  schemaIn,
  schemaMapIn,
  textsIn,
  type JsonSchema,
  type PlainSchema,
} from './json-schema.ts';

/** What one part says of properties that no part names. */
interface RestRule {
  /** The pattern of their names; null for those that no pattern of the part fits. */
  readonly pattern: string | null;
  readonly schema: JsonSchema;
}

/** What some schemas say together of an object. */
export interface ObjectFacts {
  readonly required: ReadonlySet<string>;
  /** Every name that is spoken of. */
  readonly names: ReadonlySet<string>;
  readonly count: CountRange;
  /** What must hold of the property of this name, if it is there. `false`: it cannot be there. */
  property(name: string): JsonSchema;
  /**
   * For each part: what holds of properties that no part names. Such a property meets, of every part, at least one of the rules.
   * Never empty; a part that says nothing has one rule that takes everything.
   */
  readonly rest: readonly (readonly RestRule[])[];
  /** Whether there can be properties that no part names. */
  readonly isClosed: boolean;
}

/** See {@link ObjectFacts}. */
export function objectFactsOf(parts: readonly PlainSchema[]): ObjectFacts {
  const required = new Set(parts.flatMap((part) => textsIn(part, 'required')));
  const named = parts.flatMap((part) => Object.keys(schemaMapIn(part, 'properties')));
  const names = new Set([...required, ...named]);
  const property = (name: string): JsonSchema => both(parts.map((part) => propertyOf(part, name)));
  const rest = parts.length === 0 ? [[{ pattern: null, schema: true }]] : parts.map(restRulesOf);
  const isClosed = rest.some((rules) => rules.every(({ schema }) => schema === false));
  const given = countsOf(parts, 'minProperties', 'maxProperties');
  const possible = isClosed
    ? [...names].filter((name) => property(name) !== false).length
    : Number.POSITIVE_INFINITY;
  const count = { least: Math.max(given.least, required.size), most: Math.min(given.most, possible) };
  return { required, names, count, property, rest, isClosed };
}

/** What one schema says of the property of a name. A pattern that is none is left out of account. */
export function propertyOf(part: PlainSchema, name: string): JsonSchema {
  const direct = own(schemaMapIn(part, 'properties'), name);
  const matching = Object.entries(schemaMapIn(part, 'patternProperties')).filter(
    ([pattern]) => patternOf(pattern)?.test(name) === true,
  );
  const hasBroken = Object.keys(schemaMapIn(part, 'patternProperties')).some(
    (text) => patternOf(text) === null,
  );
  const found = [...(direct === undefined ? [] : [direct]), ...matching.map(([, schema]) => schema)];
  if (found.length > 0) return both(found);
  return hasBroken ? true : (schemaIn(part, 'additionalProperties') ?? true);
}

function restRulesOf(part: PlainSchema): readonly RestRule[] {
  const patterns = Object.entries(schemaMapIn(part, 'patternProperties'));
  const other: RestRule = { pattern: null, schema: schemaIn(part, 'additionalProperties') ?? true };
  return [other, ...patterns.map(([pattern, schema]): RestRule => ({ pattern, schema }))];
}
