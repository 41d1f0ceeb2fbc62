import {
  canonicalText,
  isPlain,
  isSchema,
  own,
  schemasIn,
  type JsonSchema,
  type PlainSchema,
} from './json-schema.ts';

/** A schema taken apart: everything in it must hold together. */
export interface Conjuncts {
  /** Schemas without references and combinations: `allOf` and `$ref` were followed. */
  readonly plain: readonly PlainSchema[];
  /** Of each list at least one must hold. */
  readonly anyOf: readonly (readonly JsonSchema[])[];
  /** Of each list exactly one must hold. */
  readonly oneOf: readonly (readonly JsonSchema[])[];
  /** Nothing can hold. */
  readonly isNever: boolean;
  /** References that lead nowhere known; what they demand is not in the parts. */
  readonly unresolved: readonly string[];
}

const combining: ReadonlySet<string> = new Set(['$ref', 'allOf', 'anyOf', 'oneOf']);

/** A whole JSON Schema, in which references are looked up. */
export class SchemaDocument {
  readonly root: JsonSchema;
  readonly text: string;

  constructor(root: JsonSchema) {
    this.root = root;
    this.text = canonicalText(root);
  }

  /** Takes a schema of this document apart. */
  conjuncts(schema: JsonSchema): Conjuncts {
    const found = {
      plain: [] as PlainSchema[],
      anyOf: [] as (readonly JsonSchema[])[],
      oneOf: [] as (readonly JsonSchema[])[],
      isNever: false,
      unresolved: [] as string[],
    };
    const seen = new Set<string>();
    const visit = (part: JsonSchema): void => {
      if (part === false) found.isNever = true;
      if (typeof part === 'boolean') return;
      const text = canonicalText(part);
      // What demands itself demands nothing more.
      if (seen.has(text)) return;
      seen.add(text);
      if (part !== this.root && part['$id'] !== undefined) {
        // Inside of it references mean something else.
        found.unresolved.push(canonicalText(part['$id']));
        return;
      }
      const rest = Object.fromEntries(Object.entries(part).filter(([keyword]) => !combining.has(keyword)));
      if (Object.keys(rest).length > 0) found.plain.push(rest);
      const all = schemasIn(part, 'allOf');
      if (part['allOf'] !== undefined && all.length === 0) found.unresolved.push('allOf');
      for (const member of all) visit(member);
      if (part['anyOf'] !== undefined) found.anyOf.push(schemasIn(part, 'anyOf'));
      if (part['oneOf'] !== undefined) found.oneOf.push(schemasIn(part, 'oneOf'));
      const reference = part['$ref'];
      if (reference === undefined) return;
      const target = this.#resolve(reference);
      if (target === null) found.unresolved.push(canonicalText(reference));
      else visit(target);
    };
    visit(schema);
    return found;
  }

  /** The schema at a JSON pointer (RFC 6901) within the document; null for every other reference. */
  #resolve(reference: unknown): JsonSchema | null {
    if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return null;
    let at: unknown = this.root;
    for (const token of reference.slice(1).split('/').slice(1)) {
      const name = decode(token).replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(at)) at = at[Number(name)];
      else at = isPlain(at) ? own(at, name) : undefined;
      if (isPlain(at) && at['$id'] !== undefined) return null;
    }
    return isSchema(at) ? at : null;
  }
}

function decode(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
