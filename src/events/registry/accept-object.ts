import type { CompareDeeper } from './accept-array.ts';
import { countsOf, shownCounts } from './counts.ts';
import {
  isPlain,
  patternOf,
  schemaIn,
  schemaMapIn,
  textsIn,
  type JsonSchema,
  type PlainSchema,
} from './json-schema.ts';
import { objectFactsOf, propertyOf, type ObjectFacts } from './object-facts.ts';
import { breaks, propertyPath, shownValue, undecided, type SchemaDifference } from './schema-difference.ts';

/** What is compared: objects that are written, and one part of what the reader demands. */
interface ObjectPair {
  readonly parts: readonly PlainSchema[];
  readonly written: ObjectFacts;
  readonly part: PlainSchema;
  readonly path: string;
  readonly deeper: CompareDeeper;
}

/** What a reader's part refuses of the objects that some parts allow. */
export function refusedObjects(
  parts: readonly PlainSchema[],
  part: PlainSchema,
  place: { readonly path: string; readonly deeper: CompareDeeper },
): readonly SchemaDifference[] {
  const pair: ObjectPair = { parts, written: objectFactsOf(parts), part, ...place };
  const broken = Object.keys(schemaMapIn(part, 'patternProperties')).filter(
    (text) => patternOf(text) === null,
  );
  return [
    ...broken.map((text) =>
      undecided(
        place.path,
        'patternChanged',
        `The reader's pattern ${shownValue(text)} is no regular expression.`,
      ),
    ),
    ...refusedAbsences(pair),
    ...refusedCount(pair),
    ...refusedProperties(pair),
    ...refusedRest(pair),
    ...refusedNames(pair),
  ];
}

function refusedAbsences({ written, part, path, parts }: ObjectPair): readonly SchemaDifference[] {
  const missing = textsIn(part, 'required').filter((name) => !written.required.has(name));
  const found = missing.map((name) =>
    breaks(propertyPath(path, name), 'propertyRequired', 'An event may lack it; the reader requires it.'),
  );
  const { dependentRequired } = part;
  if (!isPlain(dependentRequired)) return found;
  for (const name of Object.keys(dependentRequired)) {
    const needed = textsIn(dependentRequired, name);
    const isSame = parts.some((one) => {
      const given = one['dependentRequired'];
      return isPlain(given) && needed.every((text) => textsIn(given, name).includes(text));
    });
    if (isSame || written.property(name) === false || needed.every((text) => written.required.has(text)))
      continue;
    const text = `The reader requires ${needed.join(', ')} beside it, which an event may lack.`;
    found.push(breaks(propertyPath(path, name), 'dependencyAdded', text));
  }
  return found;
}

function refusedCount({ written, part, path }: ObjectPair): readonly SchemaDifference[] {
  const { least, most } = countsOf([part], 'minProperties', 'maxProperties');
  const { count } = written;
  if (count.least >= least && count.most <= most) return [];
  const text = `An event may have ${shownCounts(count, 'properties')} here; the reader takes ${shownCounts({ least, most }, 'properties')}.`;
  return [breaks(path, 'propertyCountNarrowed', text)];
}

/** Properties that either side names. */
function refusedProperties({ written, part, path, deeper }: ObjectPair): readonly SchemaDifference[] {
  const named = new Set([...written.names, ...Object.keys(schemaMapIn(part, 'properties'))]);
  return [...named].flatMap((name) => {
    const at = propertyPath(path, name);
    const read = propertyOf(part, name);
    if (read === true) return [];
    if (!written.names.has(name)) return fromRest(written, read, at, deeper);
    const schema = written.property(name);
    if (schema === false) return [];
    if (read !== false) return deeper(schema, read, at);
    return [breaks(at, 'propertyClosed', 'An event may have it; the reader takes no such property.')];
  });
}

/** Properties that neither side names. */
function refusedRest({ written, part, path, deeper }: ObjectPair): readonly SchemaDifference[] {
  const patterns = schemaMapIn(part, 'patternProperties');
  const found = Object.entries(patterns).flatMap(([pattern, schema]) => {
    // A property that fits the pattern meets every rule of this pattern on the other side.
    const isCovered = written.rest.some((rules) =>
      rules.some((rule) => rule.pattern === pattern && deeper(rule.schema, schema, '').length === 0),
    );
    return isCovered ? [] : fromRest(written, schema, `${path}.*`, deeper);
  });
  const additional = schemaIn(part, 'additionalProperties');
  if (additional === undefined || additional === true) return found;
  const others = written.rest.map((rules) =>
    rules.filter(({ pattern }) => pattern === null || !Object.hasOwn(patterns, pattern)),
  );
  return [...found, ...fromRest({ ...written, rest: others }, additional, `${path}.*`, deeper)];
}

/** A property that the writer does not name meets a rule of each part: it is enough if one part's rules all fit. */
function fromRest(
  written: Pick<ObjectFacts, 'rest'>,
  read: JsonSchema,
  path: string,
  deeper: CompareDeeper,
): readonly SchemaDifference[] {
  let fewest: readonly SchemaDifference[] | null = null;
  for (const rules of written.rest) {
    const possible = rules.filter(({ schema }) => schema !== false);
    const found = possible.flatMap(({ schema }) =>
      read === false
        ? [
            breaks(
              path,
              'propertyClosed',
              'An event may have properties that are not described; the reader takes none here.',
            ),
          ]
        : deeper(schema, read, path),
    );
    if (found.length === 0) return [];
    if (fewest === null || found.length < fewest.length) fewest = found;
  }
  return fewest ?? [];
}

function refusedNames({ written, part, parts, path, deeper }: ObjectPair): readonly SchemaDifference[] {
  const read = schemaIn(part, 'propertyNames');
  if (read === undefined || read === true) return [];
  const at = `${path} (names)`;
  const possible = [...written.names].filter((name) => written.property(name) !== false);
  const found = possible.flatMap((name) => deeper({ const: name }, read, at));
  if (written.isClosed) return found;
  const demanded = parts.map((one) => schemaIn(one, 'propertyNames') ?? true);
  return [...found, ...deeper({ allOf: [{ type: 'string' }, ...demanded] }, read, at)];
}
