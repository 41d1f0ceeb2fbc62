/** JSON Schema (draft 2020-12) as data: what is looked at of it, and how its values are compared. */

/** A JSON Schema: `true` takes everything, `false` nothing. */
export type JsonSchema = boolean | PlainSchema;

/** A JSON Schema with keywords. */
export type PlainSchema = Readonly<Record<string, unknown>>;

/** Whether a value can be a schema. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || isPlain(value);
}

/** Whether a value is a JSON object. */
export function isPlain(value: unknown): value is PlainSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A keyword whose value is a number; undefined if it is absent or malformed. */
export function numberIn(schema: PlainSchema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

/** A keyword whose value is a schema. */
export function schemaIn(schema: PlainSchema, keyword: string): JsonSchema | undefined {
  const value = schema[keyword];
  return isSchema(value) ? value : undefined;
}

/** A keyword whose value is a list of schemas; empty if it is absent or malformed. */
export function schemasIn(schema: PlainSchema, keyword: string): readonly JsonSchema[] {
  const value = schema[keyword];
  return Array.isArray(value) && value.every(isSchema) ? value : [];
}

/** A keyword whose value is schemas by name. */
export function schemaMapIn(schema: PlainSchema, keyword: string): Readonly<Record<string, JsonSchema>> {
  const value = schema[keyword];
  return isPlain(value) && Object.values(value).every(isSchema)
    ? (value as Readonly<Record<string, JsonSchema>>)
    : {};
}

/** A keyword whose value is a list of texts. */
export function textsIn(schema: PlainSchema, keyword: string): readonly string[] {
  const value = schema[keyword];
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : [];
}

/** The member of this name, if the object itself has it: a schema may well speak of a property `constructor`. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Schemas are compared again and again, and never changed. */
const texts = new WeakMap<object, string>();

/** JSON with sorted names: the same text exactly for the same value. */
export function canonicalText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = Array.isArray(value)
    ? `[${value.map(canonicalText).join(',')}]`
    : membersText(value as PlainSchema);
  texts.set(value, text);
  return text;
}

function membersText(value: PlainSchema): string {
  const members = Object.keys(value)
    .toSorted()
    .filter((name) => value[name] !== undefined)
    .map((name) => `${JSON.stringify(name)}:${canonicalText(value[name])}`);
  return `{${members.join(',')}}`;
}

/** Whether two JSON values are the same; -0 and 0 are. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return one === other || canonicalText(one) === canonicalText(other);
}

/** What must hold of every schema that meets both; of none, everything. */
export function both(schemas: readonly JsonSchema[]): JsonSchema {
  const seen = new Map(schemas.map((schema) => [canonicalText(schema), schema]));
  seen.delete('true');
  seen.delete('{}');
  if (seen.has('false')) return false;
  const [first, second] = seen.values();
  if (first === undefined) return true;
  return second === undefined ? first : { allOf: [...seen.values()] };
}

/** A regular expression as JSON Schema means it; null if it is none. */
export function patternOf(text: string): RegExp | null {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(text, flags);
    } catch {
      // Some libraries write escapes that only the older syntax knows.
    }
  }
  return null;
}
