type Schema = Readonly<Record<string, unknown>>;

const nestingMax = 6;

/** A value in the shape of a JSON Schema, as a start for someone who has to write one; null where the schema does not say. */
export function sampleOf(schema: unknown, depth = 0): unknown {
  if (!isSchema(schema) || depth > nestingMax) return null;
  if ('default' in schema) return schema['default'];
  if ('const' in schema) return schema['const'];
  const { enum: values, anyOf, oneOf } = schema;
  if (Array.isArray(values)) return values[0];
  const choice = [anyOf, oneOf].find((list) => Array.isArray(list)) as readonly unknown[] | undefined;
  return choice === undefined ? sampleOfType(schema, depth) : sampleOf(choice[0], depth + 1);
}

function sampleOfType(schema: Schema, depth: number): unknown {
  const { items, properties, required, minimum } = schema;
  switch (schema['type']) {
    case 'object':
      return isSchema(properties) ? sampleObject(properties, required, depth) : {};
    case 'array':
      return isSchema(items) ? [sampleOf(items, depth + 1)] : [];
    case 'string':
      return schema['format'] === 'email' ? 'someone@example.com' : 'text';
    case 'number':
    case 'integer':
      return typeof minimum === 'number' && minimum > 0 ? minimum : 0;
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function sampleObject(properties: Schema, required: unknown, depth: number): unknown {
  const names = Array.isArray(required) ? required : Object.keys(properties);
  const entries = Object.entries(properties).filter(([name]) => names.includes(name));
  return Object.fromEntries(entries.map(([name, member]) => [name, sampleOf(member, depth + 1)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
