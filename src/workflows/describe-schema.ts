import type { StandardSchema } from '../base/standard-schema.ts';

/** The JSON Schema of a schema that can describe itself (Standard JSON Schema), else null. */
export function describeSchema(schema: StandardSchema | undefined): unknown {
  if (schema === undefined) return null;
  const standard = schema['~standard'] as {
    readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
  };
  try {
    return standard.jsonSchema?.input?.({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // A schema with parts that JSON Schema cannot say (a transform, a custom check) still validates.
    return null;
  }
}
