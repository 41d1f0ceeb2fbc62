/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** An object with exactly these members, all required but those named optional. */
export function objectOf(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

/** A list. */
export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** The value, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** One of the texts. */
export function oneOf(texts: readonly string[]): JsonSchema {
  return { enum: texts };
}

/** Any text. */
export const text: JsonSchema = { type: 'string' };
/** Any number. */
export const number: JsonSchema = { type: 'number' };
/** A number from 0 to 1. */
export const share: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };
/** A number from 0 to 100. */
export const fit: JsonSchema = { type: 'number', minimum: 0, maximum: 100 };
/** A day such as 2026-05-24. */
export const day: JsonSchema = { type: 'string', pattern: String.raw`^\d{4}-\d{2}-\d{2}$` };
