import { canonicalText, isPlain, isSchema, type PlainSchema } from './json-schema.ts';

type Form = (value: unknown) => boolean;

const isNumber: Form = (value) => typeof value === 'number';
const isCount: Form = (value) => Number.isInteger(value) && Number(value) >= 0;
const isText: Form = (value) => typeof value === 'string';
const isTexts: Form = (value) => Array.isArray(value) && value.every(isText);
const isSchemas: Form = (value) => Array.isArray(value) && value.length > 0 && value.every(isSchema);
const isSchemaMap: Form = (value) => isPlain(value) && Object.values(value).every(isSchema);
const isTrueOrFalse: Form = (value) => typeof value === 'boolean';

/**
 * The keywords that demand something of a value, and the form a comparison understands. Every other keyword is a remark: draft
 * 2020-12, section 6.5 of the core specification, has unknown ones ignored.
 */
const demanding: Readonly<Record<string, Form>> = {
  type: (value) => isText(value) || isTexts(value),
  enum: Array.isArray,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minLength: isCount,
  maxLength: isCount,
  pattern: isText,
  format: isText,
  items: isSchema,
  prefixItems: isSchemas,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: isTrueOrFalse,
  properties: isSchemaMap,
  patternProperties: isSchemaMap,
  additionalProperties: isSchema,
  propertyNames: isSchema,
  required: isTexts,
  minProperties: isCount,
  maxProperties: isCount,
  dependentRequired: (value) => isPlain(value) && Object.values(value).every(isTexts),
  not: isSchema,
  allOf: isSchemas,
  anyOf: isSchemas,
  oneOf: isSchemas,
  $ref: isText,
};

/** Those that demand something too, and are not understood. */
const foreign: ReadonlySet<string> = new Set([
  ...['contains', 'minContains', 'maxContains', 'if', 'then', 'else', 'dependentSchemas', 'dependencies'],
  ...['additionalItems', 'unevaluatedItems', 'unevaluatedProperties', '$dynamicRef', '$recursiveRef'],
  ...['disallow', 'extends', 'divisibleBy'],
]);

/** Keywords whose meaning lies in what stands beside them. */
const dependent: ReadonlySet<string> = new Set([
  ...[
    'additionalItems',
    'unevaluatedItems',
    'unevaluatedProperties',
    '$dynamicRef',
    '$recursiveRef',
    'extends',
  ],
]);

/** Keywords of a schema that demand something, and what is not understood. */
export function strangeKeywords(schema: PlainSchema): readonly string[] {
  return Object.keys(schema).filter((keyword) => {
    if (foreign.has(keyword)) return true;
    const form = Object.hasOwn(demanding, keyword) ? demanding[keyword] : undefined;
    return form !== undefined && !form(schema[keyword]);
  });
}

/** Whether one of the parts demands the same by these keywords, whatever that is. */
export function demandsSame(
  parts: readonly PlainSchema[],
  keywords: readonly string[],
  schema: PlainSchema,
): boolean {
  if (keywords.some((keyword) => dependent.has(keyword))) return false;
  const texts = keywords.map((keyword) => canonicalText(schema[keyword]));
  if (texts.some((text) => text.includes('"$'))) return false;
  return parts.some((part) =>
    keywords.every((keyword, index) => {
      return Object.hasOwn(part, keyword) && canonicalText(part[keyword]) === texts[index];
    }),
  );
}
