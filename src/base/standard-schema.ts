import { TuttiError } from './tutti-error.ts';

/**
 * What zod, valibot, arktype and others agree on, version 1 of https://standardschema.dev: one property `~standard`
 * through which any library's schema can be asked to check a value. Tutti depends on this shape alone.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProperties<Input, Output>;
}

/** The content of the `~standard` property. */
export interface StandardSchemaProperties<Input = unknown, Output = Input> {
  readonly version: 1;
  /** The library that made the schema. */
  readonly vendor: string;
  /** Checks and converts a value; may be asynchronous. */
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** Exists for the type checker only. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** Either the converted value, or what is wrong with it. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One thing wrong with a value, and where. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type a schema accepts. */
export type InferInput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input'];

/** The type a schema gives back. */
export type InferOutput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];

/**
 * The value as the schema converts it. `what` names it in the error, for instance `"the input of workflow 'pay'"`.
 *
 * @throws TUTTI_INPUT_INVALID listing every issue with its path.
 */
export async function validate<Schema extends StandardSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): Promise<InferOutput<Schema>> {
  return accepted(await schema['~standard'].validate(value), what);
}

/**
 * {@link validate} for places that cannot wait, such as a signal handler.
 *
 * @throws TUTTI_INPUT_INVALID listing every issue with its path.
 * @throws TUTTI_DEFINITION_INVALID when the schema can only check asynchronously.
 */
export function validateSync<Schema extends StandardSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): InferOutput<Schema> {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    // The answer is not wanted any more; without a handler its failure would end the process.
    result.catch(() => undefined);
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `the schema for ${what} checks asynchronously, which is not possible here`,
    );
  }
  return accepted(result, what);
}

/** How many issues the message spells out; the details carry all. */
const issuesShownMax = 10;

/**
 * What a schema answered: the converted value. `what` names it in the error.
 *
 * @throws TUTTI_INPUT_INVALID listing every issue with its path.
 */
export function accepted<Output>(result: StandardResult<Output>, what: string): Output {
  if (result.issues === undefined) return result.value;
  const issues = result.issues.map((issue) => ({ path: formatPath(issue), message: issue.message }));
  const shown = issues
    .slice(0, issuesShownMax)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const rest = issues.length > issuesShownMax ? `; and ${issues.length - issuesShownMax} more` : '';
  throw new TuttiError('TUTTI_INPUT_INVALID', `${what} does not fit its schema: ${shown.join('; ')}${rest}`, {
    details: { issues },
  });
}

function formatPath(issue: StandardIssue): string {
  let text = '';
  for (const segment of issue.path ?? []) {
    const key = typeof segment === 'object' ? segment.key : segment;
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/**
 * The JSON Schema of a schema that can describe itself (Standard JSON Schema), else null: of what it takes (`input`, the
 * default) or of what it gives.
 */
export function describeSchema(
  schema: StandardSchema | undefined,
  side: 'input' | 'output' = 'input',
): unknown {
  if (schema === undefined) return null;
  const standard = schema['~standard'] as {
    readonly jsonSchema?: Partial<Record<typeof side, (options: { readonly target: string }) => unknown>>;
  };
  try {
    return standard.jsonSchema?.[side]?.({ target: 'draft-2020-12' }) ?? null;
  } catch {
    // A schema with parts that JSON Schema cannot say (a transform, a custom check) still validates.
    return null;
  }
}
