/** What can keep a reader from taking what a writer may write. */
export type SchemaRule =
  | 'typeNarrowed'
  | 'valuesNarrowed'
  | 'rangeNarrowed'
  | 'multipleOfChanged'
  | 'lengthNarrowed'
  | 'patternChanged'
  | 'formatChanged'
  | 'itemCountNarrowed'
  | 'uniqueItemsAdded'
  | 'propertyRequired'
  | 'propertyClosed'
  | 'propertyCountNarrowed'
  | 'dependencyAdded'
  | 'notAccepted'
  | 'noAlternative'
  | 'alternativesOverlap'
  | 'exclusionAdded'
  | 'keywordUnknown'
  | 'referenceUnresolved'
  | 'tooComplex'
  | 'versionNewer';

/** One reason why a reader may not take what a writer writes. */
export interface SchemaDifference {
  /** Where in the data: `data.lines[].sku`; `*` stands for properties without a name of their own. */
  readonly path: string;
  readonly rule: SchemaRule;
  /** A sentence: what an event may be there, and what the reader takes. */
  readonly text: string;
  /** False where it may be that no event is refused, and it cannot be proved. */
  readonly isCertain: boolean;
}

/** A difference that is known to refuse something, unless nothing of the kind is ever written. */
export function breaks(path: string, rule: SchemaRule, text: string): SchemaDifference {
  return { path, rule, text, isCertain: true };
}

/** A difference of which it cannot be said whether it refuses anything. */
export function undecided(path: string, rule: SchemaRule, text: string): SchemaDifference {
  return { path, rule, text, isCertain: false };
}

/** The path of a property. */
export function propertyPath(path: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

const shownMax = 60;

/** A JSON value in a sentence. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= shownMax ? text : `${text.slice(0, shownMax - 1)}…`;
}

/** Several of them. */
export function shownValues(values: readonly unknown[]): string {
  const shown = values.slice(0, 5).map(shownValue);
  return values.length <= 5 ? shown.join(', ') : `${shown.join(', ')} and ${values.length - 5} more`;
}
