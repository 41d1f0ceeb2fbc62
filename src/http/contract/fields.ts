import { nearestName } from '../../base/nearest.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { TuttiError } from '../../base/tutti-error.ts';

/** One field of a query or a body. */
export interface FieldSpec {
  /** `value`: anything the codec can carry; `list`: texts, repeated or separated by commas in a query. */
  readonly type: 'text' | 'integer' | 'boolean' | 'list' | 'value';
  /** For people: what it means, its unit and its default. */
  readonly summary: string;
  /** Default false. */
  readonly required?: boolean;
  /** The only texts allowed, for `text` and `list`. Default: any. */
  readonly values?: readonly string[];
  /** JSON Schema of a `value`, for the OpenAPI document. Default: anything. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** The fields of a query or a body by name. */
export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

/** Fields that were checked against their specs. Absent ones are undefined. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** A field of type `text`. */
  text(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  /** A required field of type `text`. */
  requiredText(name: string): string {
    return this.#values[name] as string;
  }

  /** A field of type `integer`. */
  integer(name: string): number | undefined {
    return this.#values[name] as number | undefined;
  }

  /** A field of type `boolean`. */
  boolean(name: string): boolean | undefined {
    return this.#values[name] as boolean | undefined;
  }

  /** A field of type `list`. */
  list(name: string): readonly string[] | undefined {
    return this.#values[name] as readonly string[] | undefined;
  }

  /** A field of type `value`. */
  value(name: string): unknown {
    return this.#values[name];
  }
}

/**
 * Checks a query, whose fields arrive as texts.
 *
 * @throws TUTTI_OPTION_UNKNOWN with the nearest name, TUTTI_OPTION_INVALID for a wrong or missing value.
 */
export function checkQuery(
  given: Readonly<Record<string, readonly string[]>>,
  specs: FieldSpecs,
  what: string,
): Fields {
  refuseUnknownOptions(given, Object.keys(specs), what);
  const values: Record<string, unknown> = {};
  for (const [name, texts] of Object.entries(given)) {
    const spec = specs[name];
    if (spec === undefined) continue;
    if (texts.length > 1 && spec.type !== 'list') refuse(what, name, 'is given more than once');
    values[name] = fromText(spec, texts, name, what);
  }
  return complete(values, specs, what);
}

function fromText(spec: FieldSpec, texts: readonly string[], name: string, what: string): unknown {
  const text = texts[0] ?? '';
  switch (spec.type) {
    case 'integer':
      return checkInteger(/^-?\d{1,16}$/.test(text) ? Number(text) : text, name, what);
    case 'boolean':
      if (text !== 'true' && text !== 'false') refuse(what, name, `is '${text}', expected true or false`);
      return text === 'true';
    case 'list':
      return texts.flatMap((item) => item.split(',')).map((item) => checkAllowed(spec, item, name, what));
    default:
      return checkAllowed(spec, text, name, what);
  }
}

/**
 * Checks a body, whose fields arrive as decoded values.
 *
 * @throws TUTTI_OPTION_UNKNOWN with the nearest name, TUTTI_OPTION_INVALID for a wrong or missing value.
 */
export function checkBody(given: unknown, specs: FieldSpecs, what: string): Fields {
  if (typeof given !== 'object' || given === null || Object.getPrototypeOf(given) !== Object.prototype) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `${what} must be a JSON object with the fields ${nameAll(specs)}`,
    );
  }
  refuseUnknownOptions(given, Object.keys(specs), what);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const spec = specs[name];
    if (spec !== undefined && value !== undefined) values[name] = fromValue(spec, value, name, what);
  }
  return complete(values, specs, what);
}

function fromValue(spec: FieldSpec, value: unknown, name: string, what: string): unknown {
  switch (spec.type) {
    case 'integer':
      return checkInteger(value, name, what);
    case 'boolean':
      if (typeof value !== 'boolean') refuse(what, name, `is a ${typeof value}, expected true or false`);
      return value;
    case 'text':
      if (typeof value !== 'string') return refuse(what, name, `is a ${typeof value}, expected a text`);
      return checkAllowed(spec, value, name, what);
    case 'list':
      if (!Array.isArray(value)) return refuse(what, name, `is a ${typeof value}, expected a list of texts`);
      return value.map((item) => checkAllowed(spec, String(item), name, what));
    default:
      return value;
  }
}

function checkInteger(value: unknown, name: string, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  return refuse(what, name, `is ${JSON.stringify(value)}, expected a whole number of at least 0`);
}

function checkAllowed(spec: FieldSpec, text: string, name: string, what: string): string {
  if (spec.values === undefined || spec.values.includes(text)) return text;
  const nearest = nearestName(text, spec.values);
  const hint =
    nearest === undefined ? `expected one of ${spec.values.join(', ')}` : `did you mean '${nearest}'?`;
  return refuse(what, name, `is '${text}'; ${hint}`);
}

function complete(values: Record<string, unknown>, specs: FieldSpecs, what: string): Fields {
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.required === true && values[name] === undefined) refuse(what, name, 'is missing');
  }
  return new Fields(values);
}

function nameAll(specs: FieldSpecs): string {
  return Object.keys(specs).join(', ');
}

function refuse(what: string, name: string, fault: string): never {
  throw new TuttiError('TUTTI_OPTION_INVALID', `${what}: field '${name}' ${fault}`, {
    details: { field: name },
  });
}
